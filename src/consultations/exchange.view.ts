import type { Organisation, Person } from '../people/people.js';
import { inFrench } from '../platform/dates.js';
import type { Mail } from '../platform/mail.js';
import { dayInFrench } from '../platform/working-days.js';
import { type Consultation, type ConsultationDocument, type Invitation } from './consultation.js';
import { CHANNELS, type DocumentWithdrawal, type Notice, NOTICE_KINDS, type Question, type QuestionStatus } from './exchange.js';

const QUESTION_WORDS: Record<QuestionStatus, { label: string; tone: string }> = {
  received: { label: 'À répondre', tone: 'attention' },
  drafted: { label: 'Réponse rédigée, à publier', tone: 'current' },
  published: { label: 'Publiée', tone: 'done' },
  withdrawn: { label: 'Retirée par son auteur', tone: 'neutral' },
};

/** Without its author, whoever asks: only the buyer may know him, and asks for it by name. */
export function showQuestion(question: Question, timeZone: string) {
  const published = question.status === 'published';
  return {
    id: question.id,
    number: question.number,
    text: question.publicText ?? question.text,
    answer: published ? question.answer : null,
    publishedAt: question.publishedAt,
    published,
    askedOn: question.receivedOn ? `reçue le ${dayInFrench(question.receivedOn)}` : inFrench(question.askedAt, timeZone),
    late: question.late,
  };
}

/** For the buyer alone. */
export function showQuestionToBuyer(question: Question & { organisation: Organisation | null }, timeZone: string) {
  return {
    ...showQuestion(question, timeZone),
    text: question.text,
    publicText: question.publicText,
    answer: question.answer,
    stage: QUESTION_WORDS[question.status],
    channel: CHANNELS[question.channel],
    author: question.organisation?.name ?? 'auteur non précisé',
    mayAnswer: question.status === 'received' || question.status === 'drafted',
  };
}

export const showOwnQuestion = (question: Question, timeZone: string) => ({ ...showQuestion(question, timeZone), text: question.text, publicText: question.status === 'published' ? question.publicText : null, stage: question.status === 'published' ? QUESTION_WORDS.published : { label: 'Reçue', tone: 'current' }, mayWithdraw: (question.status === 'received' || question.status === 'drafted') && question.channel === 'platform' });

export function showNotice(notice: Notice, consultationId: string) {
  return {
    number: notice.number,
    kind: NOTICE_KINDS[notice.kind],
    paragraphs: notice.text.split('\n\n'),
    at: notice.at,
    significant: notice.significant,
    href: notice.fileId ? `/consultations/${consultationId}/avis/${notice.number}.pdf` : null,
  };
}

const INTENT = { yes: 'compte répondre', no: 'ne répondra pas' } as const;

/** The proof of dispatch to one recipient; nothing about bids, nor about drafts. */
export function showDispatch(invitation: Invitation & { mail: Mail | null }) {
  const { mail } = invitation;
  return {
    id: invitation.id,
    number: invitation.number,
    name: invitation.name,
    email: invitation.email,
    state: stateOf(invitation),
    error: mail?.state === 'failed' ? mail.error : null,
    bouncedAt: invitation.bouncedAt,
    sentAt: mail?.sentAt ?? null,
    openedAt: invitation.openedAt,
    intent: invitation.intent ? INTENT[invitation.intent] : null,
    mayRepair: invitation.invitedAt !== null && invitation.openedAt === null,
    /** A mail that the post took, and that nobody has opened yet. */
    mayBounce: mail?.state === 'sent' && invitation.openedAt === null && invitation.bouncedAt === null,
  };
}

function stateOf({ invitedAt, openedAt, bouncedAt, mail }: Invitation & { mail: Mail | null }) {
  if (!invitedAt) return { label: 'Pas encore envoyée', tone: 'neutral' };
  if (mail?.state === 'failed') return { label: 'Échec de l’envoi', tone: 'danger' };
  if (openedAt) return { label: 'Consultée', tone: 'done' };
  if (bouncedAt) return { label: 'Courriel revenu', tone: 'danger' };
  return mail?.state === 'sent' ? { label: 'Envoyée', tone: 'current' } : { label: 'En cours d’envoi', tone: 'current' };
}

/** Nobody has this mail: its address is to be corrected. */
export const isLost = (invitation: Invitation & { mail: Mail | null }) => stateOf(invitation).tone === 'danger';

/** « 2 sur 3 » : how many of the documents in force somebody of this organisation has taken. */
export function takenBy({ organisationId }: Invitation, withdrawals: readonly DocumentWithdrawal[], documents: readonly ConsultationDocument[]) {
  const current = documents.filter((one) => one.supersededAt === null);
  const taken = current.filter((one) => withdrawals.some((row) => row.organisationId === organisationId && row.documentId === one.id)).length;
  return { taken, of: current.length };
}

/** Two organisations behind one mailbox: allowed, and said. */
export function sharedMailboxes(invitations: readonly Invitation[]): string[] {
  const seen = new Map<string, string[]>();
  for (const one of invitations) seen.set(one.email, [...(seen.get(one.email) ?? []), one.name]);
  return [...seen].filter(([, names]) => names.length > 1).map(([email, names]) => `${names.join(' et ')} partagent l’adresse ${email} : chacune reçoit ses messages, et la même personne lit et dépose pour les deux. Vérifiez que c’est voulu.`);
}

export const showWithdrawal = (one: DocumentWithdrawal & { organisation: Organisation; person: Person }, documents: readonly ConsultationDocument[]) => {
  const document = documents.find((item) => item.id === one.documentId);
  return { organisation: one.organisation.name, person: one.person.name, document: document ? `${document.title}, version ${document.version}` : '', at: one.at };
};

export const questionsUntil = (consultation: Consultation) => (consultation.questionsBefore ? dayInFrench(consultation.questionsBefore) : null);
