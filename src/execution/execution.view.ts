import { consumption, exceeds } from '../agreements/spending.js';
import { CONTRACT_WORDS } from '../contracts/contract.view.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { DEPARTMENTS } from '../people/departments.js';
import type { Actor } from '../platform/actor.js';
import { eurosTyped, inEuros } from '../platform/typed.js';
import { addMonths, dayInFrench, dayOf } from '../platform/working-days.js';
import type { SignedCopy } from './contract-record.js';
import { type Life, mayConclude, mayRun, territoryOf, timeZoneOf } from './life.js';
import { signatureSentence } from './pades.js';
import { advanceOf, PRICE_FORMS, signatureReasons } from './record-rules.js';
import type { RecordsService } from './records.service.js';
import type { SubContractorsService } from './sub-contractors.service.js';

/** R2196-1. */
const DATA_MONTHS = 2;

export const dayOrNull = (day: string | null) => (day ? dayInFrench(day) : null);
export const showCopy = (copy: SignedCopy | null, href: string) => copy && { href, name: copy.name, size: copy.size, sha256: copy.sha256, signature: signatureSentence(copy.signature) };

const TABS = [['', 'Fiche et signature'], ['/sous-traitants', 'Sous-traitants'], ['/prestations', 'Commandes et livrables'], ['/avenants', 'Avenants'], ['/suites', 'Pénalités, reconduction, fin']] as const;

/** What every page of the execution says first. */
export function headOf(life: Life, tab: (typeof TABS)[number][0]) {
  const base = `/marches/${life.id}/execution`;
  const { record } = life;
  return {
    contract: {
      id: life.id,
      title: life.title,
      declared: life.declared,
      departmentName: DEPARTMENTS.get(life.departmentCode)?.name ?? life.departmentCode,
      stage: CONTRACT_WORDS[life.status],
      number: record?.number ?? null,
      contractor: life.contractorName ?? record?.contractorName ?? null,
      amount: inEuros(life.amountCents ?? record?.amountCents ?? null),
      receivedOn: dayOrNull(record?.receivedOn ?? null),
      endsOn: dayOrNull(record?.endsOn ?? null),
      timeZone: timeZoneOf(life),
    },
    base,
    tabs: TABS.map(([path, label]) => ({ label, href: base + path, current: path === tab })),
    hasRecord: record !== null,
    running: record?.receivedOn != null && record.terminatedOn === null && life.live,
  };
}

/** The record, what keeps it from being signed, what its lot has used. */
export function showExecution({ life, award, actor, now }: Awaited<ReturnType<RecordsService['show']>>) {
  const { record, lot } = life;
  const today = dayOf(now, timeZoneOf(life));
  const agent = worksOn(actor, territoryOf(life)) || mayRun(actor, life);
  // Nobody but the buyer learns the winner before the letters.
  const known = award && (award.informed || agent) ? award : null;
  const advance = record && advanceOf({ ...record, refused: record.advanceRefused, percent: record.advancePercent });
  const base = `/marches/${life.id}/execution`;
  const waiting = record !== null && !record.signed && !life.declared;
  const after = record?.signed || !record ? life.spent : { cents: life.spent.cents + record.amountCents, quantity: life.spent.quantity + (record.maxQuantity ?? record.estimatedQuantity ?? 0) };
  const use = consumption(lot, after);
  return {
    ...headOf(life, ''),
    award: known && { operator: known.operator, amount: inEuros(known.amountCents), signableFrom: dayOrNull(known.signableFrom), blocked: known.blocked, reversed: known.reversed },
    noAward: award === null && !life.declared,
    record: record && {
      number: record.number,
      contractorName: record.contractorName,
      contractorSiret: record.contractorSiret,
      priceForm: PRICE_FORMS[record.priceForm],
      amount: inEuros(record.amountCents),
      volumes: [['minimum', record.minQuantity], ['estimation', record.estimatedQuantity], ['maximum', record.maxQuantity]].filter(([, one]) => one !== null).map(([label, one]) => `${label} ${one}`).join(', '),
      duration: `${record.durationMonths} mois${record.renewals > 0 ? `, reconductible ${record.renewals} fois ${record.renewalMonths} mois` : ''}`,
      startsOn: dayOrNull(record.startsOn),
      budgetLine: record.budgetLine,
      commitmentNumber: record.commitmentNumber,
      visa: record.visaOn ? `${record.visaReference}, le ${dayInFrench(record.visaOn)}` : record.visaRequired ? 'requis, pas encore enregistré' : 'non requis',
      advance: advance && (advance.percent > 0 ? `${advance.percent}\u00a0%, soit ${inEuros(advance.cents)} avant TVA${advance.due ? ' (due, art. R. 2191-3 et R. 2191-7)' : ''}` : record.advanceRefused ? 'le titulaire y renonce' : 'aucune, elle n’est pas due (art. R. 2191-3)'),
      holderSignatory: record.holderSignatory,
      holderSignedOn: dayOrNull(record.holderSignedOn),
      holderCopy: showCopy(record.holderCopy, `${base}/exemplaires/titulaire.pdf`),
      signedOn: dayOrNull(record.signedOn),
      signedCopy: showCopy(record.signedCopy, `${base}/exemplaires/signe.pdf`),
      notifiedOn: dayOrNull(record.notifiedOn),
      receivedOn: dayOrNull(record.receivedOn),
      endsOn: dayOrNull(record.endsOn),
      publishBy: record.receivedOn ? dayInFrench(addMonths(record.receivedOn, DATA_MONTHS)) : null,
      /** Execution must not outlive the framework so as to escape competition (R2162-5). */
      outlives: record.endsOn !== null && record.endsOn > life.framework.endsOn ? dayInFrench(life.framework.endsOn) : null,
    },
    reasons: waiting && record ? signatureReasons({ award, today, frameworkEndsOn: life.framework.endsOn, lot, spent: life.spent, record }).map((one) => one.sentence) : [],
    lot: { number: lot.number, href: `/accords-cadres/${life.frameworkId}/lots/${lot.number}`, percent: use.percent, alert: use.alert, exceeded: exceeds(lot, after), spent: inEuros(after.cents), max: inEuros(lot.maxCents) },
    can: {
      fill: mayRun(actor, life) && life.live && !(record?.signed ?? false) && (life.declared || (award !== null && award.informed && !award.reversed)),
      holder: waiting && mayRun(actor, life) && life.live,
      conclude: waiting && mayConclude(actor, life) && life.live && record.holderCopy !== null,
      notify: record !== null && record.receivedOn === null && mayRun(actor, life) && life.live && (life.declared || record.signedOn !== null),
    },
    today,
  };
}

/** The form, as it was filled, or as the award and the contract already say. */
export function typedRecord({ life, award }: Awaited<ReturnType<RecordsService['show']>>) {
  const one = life.record;
  return {
    number: one?.number ?? '',
    contractorName: award?.operator ?? one?.contractorName ?? life.contractorName ?? '',
    fromAward: award !== null,
    contractorSiret: one?.contractorSiret ?? '',
    priceForm: one?.priceForm ?? 'unit',
    amount: eurosTyped(one?.amountCents ?? award?.amountCents ?? life.amountCents),
    minQuantity: one?.minQuantity ?? life.minQuantity ?? '',
    estimatedQuantity: one?.estimatedQuantity ?? life.estimatedQuantity ?? '',
    maxQuantity: one?.maxQuantity ?? life.maxQuantity ?? '',
    durationMonths: one?.durationMonths ?? '',
    startsOn: one?.startsOn ?? life.startsOn ?? '',
    renewals: one?.renewals ?? 0,
    renewalMonths: one?.renewalMonths || '',
    budgetLine: one?.budgetLine ?? '',
    commitmentNumber: one?.commitmentNumber ?? '',
    visaRequired: one?.visaRequired ?? false,
    visaReference: one?.visaReference ?? '',
    visaOn: one?.visaOn ?? '',
    sme: one?.sme ?? false,
    advanceRefused: one?.advanceRefused ?? false,
    advancePercent: one?.advancePercent ?? '',
    priceForms: Object.entries(PRICE_FORMS).map(([value, label]) => ({ value, label })),
  };
}

export function showSubContractors({ life, subContractors, actor, now }: Awaited<ReturnType<SubContractorsService['list']>>) {
  const today = dayOf(now, timeZoneOf(life));
  return {
    ...headOf(life, '/sous-traitants'),
    subContractors: subContractors.map((one) => {
      const tacit = one.tacit(today);
      const stage = tacit ? { label: 'Accepté par silence', tone: 'done' } : one.status === 'accepted' ? { label: 'Accepté', tone: 'done' } : one.status === 'refused' ? { label: 'Refusé', tone: 'danger' } : { label: 'À décider', tone: 'attention' };
      return {
        number: one.number, name: one.name, siret: one.siret, services: one.services, amount: inEuros(one.amountCents), withVat: inEuros(one.withVatCents), direct: one.directPayment, stage,
        receivedOn: dayInFrench(one.receivedOn), decideBy: dayInFrench(one.decideBy), decidedOn: dayOrNull(one.decidedOn), reason: one.reason,
        can: { decide: one.status === 'received' && !tacit && mayConclude(actor, life) },
      };
    }),
    can: { declare: life.record !== null && life.live && mayRun(actor, life) },
    today,
  };
}

export const mine = (actor: Actor, life: Life) => ({ run: mayRun(actor, life) && life.live, conclude: mayConclude(actor, life) && life.live });
