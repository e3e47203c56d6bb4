import { type FieldError, Invalid } from '../platform/errors.js';
import { inEuros } from '../platform/typed.js';
import { type Day, dayInFrench } from '../platform/working-days.js';

/** Cases in which a contract may be modified without a new competition. */
export const AMENDMENT_CASES = {
  'review-clause': { article: 'R. 2194-1', label: 'Clause de réexamen claire, précise et sans équivoque', each: null },
  additional: { article: 'R. 2194-2', label: 'Prestations supplémentaires devenues nécessaires, sans changement possible de titulaire', each: 50 },
  unforeseen: { article: 'R. 2194-5', label: 'Circonstances qu’un acheteur diligent ne pouvait pas prévoir', each: 50 },
  'new-holder': { article: 'R. 2194-6', label: 'Nouveau titulaire (clause, ou restructuration)', each: null },
  'not-substantial': { article: 'R. 2194-7', label: 'Modification non substantielle', each: null },
  small: { article: 'R. 2194-8', label: 'Modification de faible montant', each: null },
} as const;
export type AmendmentCase = keyof typeof AMENDMENT_CASES;
export const isAmendmentCase = (typed: string): typed is AmendmentCase => Object.hasOwn(AMENDMENT_CASES, typed);

/** European threshold for services of the State, cents excluding VAT: the row of the day on which the consultation was engaged. */
const STATE_THRESHOLDS: readonly (readonly [Day, number])[] = [['2026-01-01', 14_000_000], ['2024-01-01', 14_300_000], ['2022-01-01', 14_000_000], ['2020-01-01', 13_900_000]];
export const thresholdOn = (engagedOn: Day): number => STATE_THRESHOLDS.find(([from]) => engagedOn >= from)?.[1] ?? 13_900_000;

export interface AmendmentFacts {
  legalCase: AmendmentCase;
  /** Cents, excluding VAT; below zero for less. */
  deltaCents: number;
  /** As signed at first. */
  initialCents: number;
  /** With the amendments before it. */
  currentCents: number;
  /** Of the same contract, cancelled ones out. */
  before: readonly { legalCase: AmendmentCase; deltaCents: number }[];
  thresholdCents: number;
  justification: string;
  changesNature: boolean;
  /** New last day, or null. */
  endsOn: Day | null;
  frameworkEndsOn: Day;
  frameworkAnalysis: string;
  newContractor: string;
}

/** Cents in percents of another amount, in hundredths: 1 234 is 12,34 %. Rounded away from zero, so that a limit is never shown as kept when it is passed. */
export const shareOf = (cents: number, of: number): number => (of === 0 ? 0 : Math.sign(cents) * Math.ceil((Math.abs(cents) * 10_000) / of));
export const percentInFrench = (hundredths: number): string => `${hundredths < 0 ? '−' : ''}${String(Math.abs(hundredths) / 100).replace('.', ',')}\u00a0%`;

/** Net of the amendments of small amount, and of those alone (R2194-9). */
export const smallCumul = (facts: Pick<AmendmentFacts, 'legalCase' | 'deltaCents' | 'before'>): number =>
  facts.legalCase === 'small' ? facts.before.filter((one) => one.legalCase === 'small').reduce((sum, one) => sum + one.deltaCents, facts.deltaCents) : 0;

/**
 * Every rule of the modification at once.
 * @returns the cumulated cents of R2194-8, this one included
 * @throws Invalid beside each field, with the article
 */
export function mustBeLawful(facts: AmendmentFacts): { cumulCents: number } {
  const { legalCase, deltaCents, initialCents, thresholdCents, endsOn, frameworkEndsOn } = facts;
  const faults: FieldError[] = [];
  const no = (field: string, message: string) => void faults.push({ field, message });
  const { each, article } = AMENDMENT_CASES[legalCase];
  const cumulCents = smallCumul(facts);
  if (facts.changesNature) no('changesNature', 'Une modification ne change jamais la nature globale du marché : il faut une nouvelle consultation (art. L. 2194-1).');
  if (facts.justification.length < 20) no('justification', `Écrivez en quoi les conditions du cas choisi sont remplies (art. ${article}) : la justification est obligatoire.`);
  // Integers: 50 % of an odd amount is not rounded in anybody's favour.
  if (each !== null && Math.abs(deltaCents) * 100 > initialCents * each) no('delta', `Cette modification dépasse ${each} % du montant initial, ${inEuros(initialCents)} HT : ${percentInFrench(shareOf(deltaCents, initialCents))} (art. ${legalCase === 'additional' ? 'R. 2194-3' : 'R. 2194-5 et R. 2194-3'}).`);
  if (legalCase === 'small') {
    if (Math.abs(cumulCents) * 10 >= initialCents) no('delta', `Les modifications de faible montant atteindraient ensemble ${percentInFrench(shareOf(cumulCents, initialCents))} du montant initial, ${inEuros(initialCents)} HT : leur cumul reste inférieur à 10 % (art. R. 2194-8 et R. 2194-9).`);
    if (Math.abs(cumulCents) >= thresholdCents) no('delta', `Les modifications de faible montant atteindraient ensemble le seuil européen, ${inEuros(thresholdCents)} HT (art. R. 2194-8).`);
  }
  if (facts.currentCents + deltaCents < 0) no('delta', 'Le montant du marché deviendrait négatif.');
  if (legalCase === 'new-holder' && !facts.newContractor) no('newContractor', 'Indiquez le nouveau titulaire (art. R. 2194-6).');
  if (endsOn !== null && endsOn > frameworkEndsOn && facts.frameworkAnalysis.length < 20) {
    no(facts.frameworkAnalysis ? 'frameworkAnalysis' : 'endsOn', `Cette date passe la fin de l’accord-cadre, le ${dayInFrench(frameworkEndsOn)} : écrivez pourquoi la remise en concurrence périodique n’en souffre pas, ou choisissez une autre date (art. R. 2162-5).`);
  }
  if (deltaCents === 0 && endsOn === null && !facts.newContractor && legalCase === 'small') no('delta', 'Indiquez de combien le marché change.');
  if (faults.length > 0) throw new Invalid(faults);
  return { cumulCents };
}
