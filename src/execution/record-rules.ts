import { exceeds, type Spent } from '../agreements/spending.js';
import type { Lot } from '../agreements/lot.js';
import { Invalid, Refused } from '../platform/errors.js';
import { addDays, addMonths, type Day, dayInFrench } from '../platform/working-days.js';
import type { AwardFacts } from './awarded.js';

/** DECP, schema 2.0: `id`, 1 to 16 characters without these signs (arrêté du 22 décembre 2022). */
export const CONTRACT_NUMBER = /^[^&"\\<\s,;]{1,16}$/;
export const NUMBER_SENTENCE = 'Le numéro a 16 caractères au plus, sans espace ni & " \\ < , ; : il est publié tel quel dans les données essentielles (art. R. 2196-1).';

export const PRICE_FORMS = { unit: 'Unitaire', 'lump-sum': 'Forfaitaire', mixed: 'Mixte' } as const;
export type PriceForm = keyof typeof PRICE_FORMS;

const ADVANCE_FROM_CENTS = 5_000_000;
const ADVANCE_FROM_MONTHS = 2;

export interface AdvanceTerms {
  /** Cents, excluding VAT. */
  amountCents: number;
  durationMonths: number;
  /** A small or medium-sized company: the buyer is the State. */
  sme: boolean;
  /** By the contractor, in writing. */
  refused: boolean;
  /** Whole percents; null: the least that is due. */
  percent: number | null;
}

/**
 * Advance, R2191-3: due above 50 000 € HT and two months, unless the contractor gives it up; R2191-7: 5 % at least, 30 % for an SME
 * under contract with the State, on twelve months at most.
 * @returns cents on the amount excluding VAT
 * @throws Invalid on `advancePercent`
 */
export function advanceOf({ amountCents, durationMonths, sme, refused, percent }: AdvanceTerms): { due: boolean; minPercent: number; percent: number; cents: number } {
  const due = amountCents > ADVANCE_FROM_CENTS && durationMonths > ADVANCE_FROM_MONTHS && !refused;
  const minPercent = due ? (sme ? 30 : 5) : 0;
  const rate = refused ? 0 : (percent ?? minPercent);
  if (rate < minPercent) throw Invalid.field('advancePercent', `L’avance est due : son taux est d’au moins ${minPercent} % ${sme ? 'pour une PME titulaire d’un marché de l’État ' : ''}(art. R. 2191-3 et R. 2191-7).`);
  const base = durationMonths > 12 ? Math.floor((amountCents * 12) / durationMonths) : amountCents;
  return { due, minPercent, percent: rate, cents: Math.floor((base * rate) / 100) };
}

export interface SignatureFacts {
  award: AwardFacts | null;
  /** On the buyer's clocks. */
  today: Day;
  frameworkEndsOn: Day;
  lot: Pick<Lot, 'number' | 'maxCents' | 'maxQuantity'>;
  /** By the contracts concluded before this one. */
  spent: Spent;
  record: { amountCents: number; maxQuantity: number | null; estimatedQuantity: number | null; priceForm: PriceForm; visaRequired: boolean; visaOn: Day | null; organisationId: string | null };
}

/** Why the contract cannot be signed today, each with its article; empty when it can. */
export function signatureReasons({ award, today, frameworkEndsOn, lot, spent, record }: SignatureFacts): { code: string; sentence: string }[] {
  const reasons: { code: string; sentence: string }[] = [];
  const no = (code: string, sentence: string) => void reasons.push({ code, sentence });
  if (!award) no('no-award', 'Aucune attribution n’est décidée : le marché ne peut pas être signé (art. R. 2181-1 et R. 2182-4).');
  else if (award.reversed) no('reversed', 'L’attribution a été rapportée : une autre décision doit être prise avant de signer.');
  else {
    if (award.blocked) no('suspended', 'Un référé précontractuel est en cours : le marché ne peut pas être signé avant la décision du juge (art. L. 551-4 du code de justice administrative).');
    if (award.signableFrom === null) no('not-informed', 'Les lettres aux candidats ne sont pas encore parties : le marché ne peut pas être signé (art. R. 2181-1).');
    else if (today < award.signableFrom) no('standstill', `Le délai de suspension court : le marché peut être signé à partir du ${dayInFrench(award.signableFrom)} (art. R. 2182-1).`);
    if (record.organisationId !== award.organisationId) no('other-winner', 'Le titulaire de la fiche n’est pas l’attributaire : reprenez la fiche du marché.');
    // The offer is not changed when it is put into form (R2152-13).
    else if (record.priceForm === 'lump-sum' && record.amountCents !== award.amountCents) no('other-amount', 'Un marché à prix forfaitaire se signe au montant attribué : la mise au point ne change pas l’offre (art. R. 2152-13).');
  }
  if (today > frameworkEndsOn) no('framework-ended', `L’accord-cadre a pris fin le ${dayInFrench(frameworkEndsOn)} : un marché subséquent se conclut pendant sa durée de validité (art. R. 2162-5).`);
  if (record.visaRequired && record.visaOn === null) no('no-visa', 'Le visa du contrôle budgétaire est requis et n’est pas enregistré.');
  if (exceeds(lot, { cents: spent.cents + record.amountCents, quantity: spent.quantity + (record.maxQuantity ?? record.estimatedQuantity ?? 0) })) no('lot-maximum', `Avec ce marché, le maximum du lot ${lot.number} serait dépassé (art. R. 2162-4).`);
  return reasons;
}

/** @throws Refused with every reason at once; its code is the first one's */
export function mustBeSignable(facts: SignatureFacts) {
  const reasons = signatureReasons(facts);
  const [first] = reasons;
  if (first) throw new Refused(first.code, reasons.map((one) => one.sentence).join(' '), { reasons: reasons.map((one) => one.code) });
}

/** Last day of the contract: `months` from its first day, that day included. */
export const endOf = (startsOn: Day, months: number): Day => addDays(addMonths(startsOn, months), -1);

/**
 * R2182-5: the contract takes effect when its notification is received, and nothing is executed before.
 * @throws Refused
 */
export function mustBeRunning(record: { receivedOn: Day | null; endsOn: Day | null; terminatedOn: Day | null }, on: Day, what = 'Rien ne s’exécute') {
  if (record.receivedOn === null) throw new Refused('not-notified', `${what} avant la notification : le marché prend effet à sa réception par le titulaire (art. R. 2182-4 et R. 2182-5).`);
  if (on < record.receivedOn) throw new Refused('before-notification', `${what} avant le ${dayInFrench(record.receivedOn)}, jour de réception de la notification (art. R. 2182-5).`);
  if (record.terminatedOn !== null && on > record.terminatedOn) throw new Refused('terminated', `Le marché est résilié depuis le ${dayInFrench(record.terminatedOn)}.`);
}

/** R2162-14: orders only while the contract is valid. */
export function mustBeOrderable(record: { receivedOn: Day | null; endsOn: Day | null; terminatedOn: Day | null }, on: Day) {
  mustBeRunning(record, on, 'Aucun bon de commande');
  if (record.endsOn !== null && on > record.endsOn) throw new Refused('ended', `Le marché a pris fin le ${dayInFrench(record.endsOn)} : un bon de commande ne s’émet que pendant sa durée de validité (art. R. 2162-13 et R. 2162-14).`);
}
