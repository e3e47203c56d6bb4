import type { Holder, Lot } from '../agreements/lot.js';
import { type Diagnostic, involved } from '../commissions/diagnostic.js';
import { worksOn } from '../consultations/consultation.policy.js';
import type { Consultation, Invitation } from '../consultations/consultation.js';
import type { Letter } from '../letters/letter.js';
import { DEPARTMENTS } from '../people/departments.js';
import type { Person } from '../people/people.js';
import type { Actor } from '../platform/actor.js';
import { inFrench } from '../platform/dates.js';
import { frenchNumber } from '../platform/templates.js';
import { eurosTyped, inEuros } from '../platform/typed.js';
import { dayInFrench, dayOf } from '../platform/working-days.js';
import { type FoundContract, mainStudy } from './contract-facts.js';
import { mayLaunch, mayPrepare, maySignContract } from './contract.policy.js';
import type { Reason } from './preflight.js';
import { CONCLUDED, type ContractStatus, type SubsequentContract } from './subsequent-contract.js';

/** A status by itself, without what its consultation adds to it. */
export const CONTRACT_WORDS: Record<ContractStatus, { label: string; tone: string }> = {
  preparation: { label: 'En préparation', tone: 'draft' },
  'to-sign': { label: 'À la signature', tone: 'attention' },
  launched: { label: 'Consultation en cours', tone: 'current' },
  signed: { label: 'Signé', tone: 'done' },
  'in-execution': { label: 'En cours d’exécution', tone: 'done' },
  completed: { label: 'Achevé', tone: 'neutral' },
  abandoned: { label: 'Sans suite', tone: 'neutral' },
  unsuccessful: { label: 'Infructueux', tone: 'danger' },
  terminated: { label: 'Résilié', tone: 'danger' },
};

/** In words, derived from the contract, its letters and its consultation (decisions.md 7). */
function stageOf(contract: SubsequentContract, consultation: Consultation | null, now: Date, signed = false) {
  if (contract.status === 'to-sign' && signed) return { label: 'Signé, à lancer', tone: 'attention' };
  if (contract.status === 'launched' && consultation?.status === 'opened') return { label: 'Plis ouverts', tone: 'current' };
  if (contract.status === 'launched' && consultation?.isClosed(now)) return { label: 'Close, plis à ouvrir', tone: 'attention' };
  return CONTRACT_WORDS[contract.status];
}

export function showContractRow(contract: SubsequentContract & { consultation: Consultation | null; lot: Lot }, now: Date) {
  return {
    id: contract.id,
    title: contract.title,
    departmentCode: contract.departmentCode,
    departmentName: DEPARTMENTS.get(contract.departmentCode)?.name ?? contract.departmentCode,
    lot: contract.lot.number,
    stage: stageOf(contract, contract.consultation, now),
    status: contract.status,
    declared: contract.declared,
    reference: contract.consultation?.reference ?? null,
    deadline: contract.consultation?.deadline ?? null,
    timeZone: contract.consultation?.timeZone ?? 'Europe/Paris',
  };
}

interface Facts {
  contract: FoundContract;
  invitations: Invitation[];
  openers: Person[];
  letters: Letter[];
  /** Prepared with it, from one common file. */
  siblings?: Pick<SubsequentContract, 'id' | 'departmentCode' | 'status'>[];
  now: Date;
}

export function showContract({ contract, invitations, openers, letters, siblings = [], now }: Facts, who: Actor) {
  const { consultation } = contract;
  const territory = consultation?.territory ?? '';
  const unsigned = letters.filter((one) => one.status === 'ready').length;
  const printing = letters.filter((one) => one.status === 'signed' && !one.fileId).length;
  const signed = letters.length > 0 && unsigned === 0;
  const draft = contract.status === 'preparation';
  const may = mayPrepare(who, territory);
  const opened = consultation?.status === 'opened';
  return {
    ...showContractRow(contract, now),
    stage: stageOf(contract, consultation, now, signed),
    framework: { id: contract.framework.id, title: contract.framework.title },
    lotName: contract.lot.name,
    buyer: consultation?.buyerName ?? '',
    consultationId: consultation?.id ?? null,
    /** The buyer's agents follow the call itself; others read its contract. */
    follows: consultation !== null && worksOn(who, territory),
    object: consultation?.object ?? contract.title,
    opensAt: consultation?.opensAt ?? null,
    quorum: consultation?.quorum ?? 0,
    closed: consultation ? consultation.isClosed(now) || opened : true,
    opened,
    /** Its record, signature and execution have something to say. */
    executes: opened || (contract.consultation?.openedAt ?? null) !== null || CONCLUDED.includes(contract.status) || contract.status === 'terminated',
    budget: inEuros(contract.budgetCents),
    amount: inEuros(contract.amountCents),
    contractor: contract.contractorName,
    startsOn: contract.startsOn ? dayInFrench(contract.startsOn) : null,
    declaredSource: contract.declaredSource,
    volumes: [people('minimum', contract.minQuantity), people('estimation', contract.estimatedQuantity), people('maximum', contract.maxQuantity)].filter(Boolean),
    weights: contract.weights.map(({ label, weight }) => ({ label, weight: `${weight}\u00a0%` })),
    validityDays: contract.validityDays,
    questionsBefore: consultation?.questionsBefore ? dayInFrench(consultation.questionsBefore) : null,
    documents: contract.documents.map(({ fileId, title, size }) => ({ fileId, name: title, size, href: `/marches/${contract.id}/documents/${fileId}` })),
    invited: invitations.map(({ number, name, email, invitedAt }) => ({ number, name, email, invitedAt })),
    openers: openers.map((person) => ({ value: person.id, label: person.name, checked: consultation?.openerIds.includes(person.id) ?? false })),
    letters: letters.map((one) => ({ number: one.number, title: one.title, chrono: one.chrono, status: one.status, signedAt: one.signedAt, sentAt: one.sentAt, stage: letterStage(one), href: `/marches/${contract.id}/lettres/${one.number === 0 ? 'in-fine' : one.number}.pdf` })),
    endReason: contract.endReason,
    relaunchOfId: contract.relaunchOfId,
    siblings: siblings.map(({ id, departmentCode, status }) => ({ id, code: departmentCode, name: DEPARTMENTS.get(departmentCode)?.name ?? departmentCode, stage: CONTRACT_WORDS[status].label })),
    /** Others of the common file that may still follow it. */
    common: siblings.some((one) => one.status === 'preparation'),
    signatory: contract.signatory?.name ?? null,
    /** Prior involvement of the study's author: a flag (R2111-2). */
    involvement: contract.declared ? null : involvementOf(mainStudy(contract.diagnostics), contract.lot.holders.filter((one) => one.isActive(dayOf(now, 'Europe/Paris')))),
    submitted: contract.submittedAt !== null,
    unsigned,
    printing,
    signed,
    launchedAt: contract.launchedAt,
    overrides: contract.overrides.map(({ of, reason, at }) => ({ of: of === 'green-light' ? 'au feu vert' : 'au partage du diagnostic', reason, at: inFrench(new Date(at), 'Europe/Paris') })),
    can: {
      change: draft && may,
      submit: draft && may,
      takeBack: contract.status === 'to-sign' && may,
      sign: unsigned > 0 && maySignContract(who, territory, contract.signatoryId),
      launch: contract.status === 'to-sign' && signed && mayLaunch(who, territory),
      override: contract.preparing && maySignContract(who, territory, contract.signatoryId),
      end: contract.live && (may || maySignContract(who, territory)),
      relaunch: !contract.live && !contract.declared && may,
    },
    ends: endsOf(contract.status, opened),
  };
}

export type ContractView = ReturnType<typeof showContract>;

const people = (label: string, n: number | null) => (n === null ? '' : `${label}\u00a0: ${frenchNumber(n)} personnes`);

function letterStage(letter: Letter) {
  if (letter.status === 'sent') return { label: 'Envoyée', tone: 'done' };
  if (letter.status === 'signed') return { label: letter.fileId ? 'Signée' : 'Signée, impression en cours', tone: 'current' };
  return { label: 'À signer', tone: 'attention' };
}

function endsOf(status: ContractStatus, opened: boolean): { value: string; label: string }[] {
  if (status === 'signed' || status === 'in-execution') return [{ value: 'terminate', label: 'Résilier' }, ...(status === 'in-execution' ? [{ value: 'complete', label: 'Déclarer achevé' }] : [])];
  return [...(opened ? [{ value: 'fail', label: 'Déclarer infructueux : aucune offre recevable' }] : []), { value: 'abandon', label: 'Déclarer sans suite' }];
}

export function typedContract(contract: FoundContract) {
  const { consultation } = contract;
  return {
    title: contract.title,
    object: consultation?.object ?? '',
    deadline: consultation?.localDeadline ?? '',
    budget: eurosTyped(contract.budgetCents),
    minQuantity: contract.minQuantity ?? '',
    estimatedQuantity: contract.estimatedQuantity ?? '',
    maxQuantity: contract.maxQuantity ?? '',
    weights: contract.weights.map(({ label, weight }) => `${label} : ${weight}`).join('\n'),
    validityDays: contract.validityDays,
    questionsBefore: consultation?.questionsBefore ?? contract.questionsBefore ?? '',
    signatoryId: contract.signatoryId ?? '',
  };
}

/** Prior involvement: flagged, never an exclusion by itself (R2111-2, L2141-8). */
export function involvementOf(diagnostic: Diagnostic | null, holders: readonly Holder[]): string | null {
  const names = diagnostic ? involved(diagnostic, holders).map((one) => one.name) : [];
  if (names.length === 0) return null;
  return `${names.join(', ')} ${names.length > 1 ? 'ont participé' : 'a participé'} au diagnostic, seul ou par un membre de son groupement. Ce n’est pas une exclusion : l’égalité est assurée si tous les titulaires ont reçu l’étude, avec le temps de la lire (art. R. 2111-2 et L. 2141-8).`;
}

export function showReasons(reasons: readonly Reason[]) {
  const blocking = reasons.filter((one) => one.blocking && !one.overridden);
  return {
    ready: blocking.length === 0,
    blocking,
    overridden: reasons.filter((one) => one.overridden),
    warnings: reasons.filter((one) => !one.blocking),
    overridable: blocking.filter((one) => one.overridable),
  };
}

/** What scripts read: decisions of the server, in words. */
export const reasonsJson = (reasons: readonly Reason[]) => ({
  ready: showReasons(reasons).ready,
  reasons: reasons.map(({ code, blocking, sentence, remedy, overridden }) => ({ code, blocking: blocking && !overridden, sentence, remedy, ...(overridden ? { overridden } : {}) })),
});

export function contractSteps(view: ContractView, ready: boolean | null) {
  if (view.declared) return [];
  const base = `/marches/${view.id}`;
  const on = (at: Date | null) => (at ? inFrench(at, view.timeZone) : undefined);
  const draft = view.status === 'preparation';
  const launched = view.launchedAt !== null;
  const gone = ['abandoned', 'unsuccessful', 'terminated', 'completed'].includes(view.status);
  const gate = ready === null ? 'À vérifier' : ready ? 'Rien n’empêche le lancement' : 'Le lancement est refusé';
  return [
    { label: 'Préparer', href: base, state: draft ? 'current' : 'done', stateLabel: draft ? 'En cours' : 'Fait' },
    { label: 'Signer', href: `${base}/lettres`, state: draft || gone ? (view.signed ? 'done' : 'todo') : view.unsigned > 0 ? 'current' : 'done', stateLabel: view.unsigned > 0 ? `${view.unsigned} lettres à signer` : view.signed ? 'Fait' : 'À venir' },
    { label: 'Contrôler avant lancement', href: `${base}/controle`, state: launched ? 'done' : ready === false ? 'blocked' : ready ? 'done' : 'current', stateLabel: launched ? 'Fait' : gate },
    { label: 'Lancer', href: `${base}/controle`, state: launched ? 'done' : 'todo', stateLabel: launched ? 'Fait' : 'À venir', date: on(view.launchedAt) },
    { label: 'Clôture', state: launched && view.closed ? 'done' : launched ? 'current' : 'todo', stateLabel: launched && view.closed ? 'Close' : launched ? 'Remise des offres en cours' : 'À venir', date: on(view.deadline) },
    { label: 'Ouverture', href: launched && view.follows ? `/consultations/${view.consultationId}/ouverture` : undefined, state: view.opened ? 'done' : launched && view.closed ? 'current' : 'todo', stateLabel: view.opened ? 'Plis ouverts' : 'Après la date limite', date: on(view.opensAt) },
  ];
}
