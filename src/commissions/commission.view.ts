import { deadlineWarnings } from '../consultations/deadline-warnings.js';
import type { Consultation, Invitation } from '../consultations/consultation.js';
import { DOCUMENT_KINDS } from '../consultations/consultation-parts.js';
import { sharedMailboxes } from '../consultations/exchange.view.js';
import type { Delegation, Letter } from '../letters/letter.js';
import type { Person } from '../people/people.js';
import type { Actor } from '../platform/actor.js';
import { inFrench } from '../platform/dates.js';
import { frenchNumber } from '../platform/templates.js';
import { mayChange, maySend, maySign } from './commission.policy.js';
import type { Commission } from './commission.js';

export interface CommissionFacts {
  commission: Commission;
  consultation: Consultation;
  invitations: Invitation[];
  openers: Person[];
  letters: Letter[];
  now: Date;
}

/** Where a commission stands, in words. Derived from facts: nothing here is stored (decisions.md 7). */
export function stageOf(commission: Commission, consultation: Consultation, now: Date, signed = false): { label: string; tone: string } {
  if (commission.status === 'abandoned') return { label: 'Terminée sans suite', tone: 'neutral' };
  if (consultation.status === 'opened') return { label: 'Plis ouverts', tone: 'done' };
  if (consultation.isClosed(now)) return { label: 'Close, plis à ouvrir', tone: 'attention' };
  if (commission.status === 'sent') return { label: 'Envoyée, remise des offres en cours', tone: 'current' };
  if (commission.status === 'to-sign') return signed ? { label: 'Signée, à envoyer', tone: 'attention' } : { label: 'À la signature', tone: 'attention' };
  return { label: 'Brouillon', tone: 'draft' };
}

export function showCommissionRow(commission: Commission, consultation: Consultation, now: Date) {
  return {
    id: commission.id,
    title: commission.title,
    reference: consultation.reference,
    departmentCode: commission.departmentCode,
    stage: stageOf(commission, consultation, now),
    deadline: consultation.deadline,
    timeZone: consultation.timeZone,
  };
}

/** All that leaves the server about a commission, by page or by API. Nothing about bids passes here, not even their number. */
export function showCommission(facts: CommissionFacts, who: Actor) {
  const { commission, consultation, invitations, letters, openers, now } = facts;
  const unsigned = letters.filter((one) => one.status === 'ready').length;
  const unsent = letters.filter((one) => one.status === 'signed').length;
  const printing = letters.filter((one) => one.status === 'signed' && !one.fileId).length;
  const signed = letters.length > 0 && unsigned === 0;
  const todo = commission.missing({
    addressees: invitations.length,
    openers: consultation.openerIds.length,
    quorum: consultation.quorum,
    inTime: consultation.isInTime(now),
  });
  const draft = commission.status === 'draft';
  return {
    ...showCommissionRow(commission, consultation, now),
    stage: stageOf(commission, consultation, now, signed),
    consultationId: consultation.id,
    status: commission.status,
    terms: commission.terms,
    ceiling: `${frenchNumber(Math.floor(commission.ceilingCents / 100))}\u00a0€ HT`,
    buyer: consultation.buyerName,
    localDeadline: consultation.localDeadline,
    opensAt: consultation.opensAt,
    quorum: consultation.quorum,
    contact: consultation.contact,
    hasSpecifications: commission.specificationsFileId !== null,
    documents: commission.documents.map(({ fileId, title, kind, size }) => ({ fileId, name: title, note: DOCUMENT_KINDS[kind], size, href: `/commandes/${commission.id}/documents/${fileId}` })),
    sentAt: commission.sentAt,
    abandonReason: consultation.abandonReason,
    closed: consultation.isClosed(now) || consultation.status === 'opened',
    opened: consultation.status === 'opened',
    addressees: invitations.map((one) => ({ number: one.number, name: one.name, email: one.email, added: one.origin === 'added', invitedAt: one.invitedAt })),
    openers: openers.map((person) => ({ id: person.id, name: person.name, named: consultation.openerIds.includes(person.id) })),
    letters: letters.map((one) => ({ ...label(one), id: one.id, href: letterHref(commission.id, one), number: one.number, kind: one.kind, form: one.form, title: one.title, chrono: one.chrono, signedAt: one.signedAt, sentAt: one.sentAt })),
    todo: draft ? todo : [],
    warnings: [...warnings(consultation, commission.departmentCode, now), ...sharedMailboxes(invitations)],
    toRead: toRead(commission.id, letters),
    unsigned,
    unsent,
    printing,
    can: {
      change: draft && mayChange(who, commission),
      submit: draft && todo.length === 0 && mayChange(who, commission),
      takeBack: commission.status === 'to-sign' && unsent === 0 && mayChange(who, commission),
      sign: unsigned > 0 && maySign(who, commission),
      send: unsigned === 0 && unsent > 0 && maySend(who, commission),
      copy: mayChange(who, commission),
      end: commission.status === 'sent' ? maySign(who, commission) && consultation.status !== 'awarded' : commission.status !== 'abandoned' && mayChange(who, commission),
      add: commission.status === 'sent' && consultation.isInTime(now) && maySend(who, commission),
    },
  };
}

export type CommissionView = ReturnType<typeof showCommission>;

const letterHref = (id: string, { form, number }: Letter) => `/commandes/${id}/lettres/${form === 'common' ? 'commande' : form === 'in-fine' ? 'in-fine' : number}.pdf`;

/** The letter that the signatory reads first: the one that lists every addressee, or the first of those added since. */
function toRead(id: string, letters: readonly Letter[]) {
  const waiting = letters.filter((one) => one.status === 'ready');
  const first = waiting.find((one) => one.form === 'in-fine') ?? waiting[0];
  return first ? { name: first.title, href: letterHref(id, first) } : null;
}

function label(letter: Letter) {
  if (letter.status === 'sent') return { status: 'Envoyée', tone: 'done' };
  if (letter.status === 'signed') return { status: letter.fileId ? 'Signée' : 'Signée, impression en cours', tone: 'current' };
  return { status: 'À signer', tone: 'attention' };
}

function warnings(consultation: Consultation, departmentCode: string, now: Date): string[] {
  if (consultation.launchedAt) return [];
  const [day = '', hour = ''] = consultation.localDeadline.split('T');
  return deadlineWarnings({ day, hour }, departmentCode, consultation.localDay(now)).map((one) => one.sentence);
}

/** Under which delegation this person would sign now; the act checks again (Delegation.required). */
export function showDelegations(delegations: Delegation[], now: Date) {
  const inForce = delegations.filter((one) => one.covers('invitation', now) && one.covers('commission-letter', now));
  return { valid: inForce.length > 0, delegations: inForce.map(({ quality, reference }) => ({ quality, reference })) };
}

/** The vertical step list of the workspace. */
export function stepsOf(view: CommissionView) {
  const base = `/commandes/${view.id}`;
  const date = (at: Date | null) => (at ? inFrench(at, view.timeZone) : undefined);
  const draft = view.status === 'draft';
  const sent = view.status === 'sent';
  return [
    { label: 'Préparer', href: base, state: draft ? 'current' : 'done', stateLabel: draft ? 'En cours' : 'Fait', blocks: view.todo },
    { label: 'Signer', href: `${base}/lettres`, state: draft ? 'todo' : view.unsigned > 0 ? 'current' : 'done', stateLabel: draft ? 'À venir' : view.unsigned > 0 ? `${view.unsigned} ${view.unsigned > 1 ? 'lettres' : 'lettre'} à signer` : 'Fait' },
    { label: 'Inviter', href: `${base}/lettres`, state: sent && view.unsent === 0 ? 'done' : view.can.send ? 'current' : 'todo', stateLabel: sent ? 'Envoyé' : 'À venir', date: date(view.sentAt) },
    { label: 'Clôture', state: view.closed ? 'done' : sent ? 'current' : 'todo', stateLabel: view.closed ? 'Close' : sent ? 'Remise des offres en cours' : 'À venir', date: date(view.deadline) },
    { label: 'Ouverture', href: sent ? `/consultations/${view.consultationId}/ouverture` : undefined, state: view.opened ? 'done' : view.closed ? 'current' : 'todo', stateLabel: view.opened ? 'Plis ouverts' : 'Après la date limite', date: date(view.opensAt) },
  ];
}
