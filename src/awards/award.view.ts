import { BID_CLASSES } from '../evaluations/assessment.js';
import type { Letter } from '../letters/letter.js';
import type { Actor } from '../platform/actor.js';
import { frenchDate, inFrench } from '../platform/dates.js';
import { paragraphsOf } from '../platform/typed.js';
import { type Day, dayInFrench, daysBetween } from '../platform/working-days.js';
import { type AwardStatus, LIVE, PASS_GROUNDS } from './award.js';
import { mayAward, mayPropose } from './award.policy.js';
import { amountOf, inOrder } from './award-letters.js';
import type { AwardCertificate } from './certificate.js';
import { CERTIFICATES } from './certificate.js';
import type { AwardFollowUpService, FoundAward } from './follow-up.service.js';
import type { OwnLettersService } from './own-letters.service.js';
import type { ReasonsRequest } from './reasons-request.js';
import { OUTCOMES, REMEDIES, type Remedy, STEPS } from './remedy.js';
import { defaultStandstill, lastDay } from './standstill.js';

type Found = Awaited<ReturnType<AwardFollowUpService['show']>>;

const STATES: Record<AwardStatus, { label: string; tone: string }> = {
  proposed: { label: 'Attributaire proposé', tone: 'attention' },
  asked: { label: 'Pièces demandées', tone: 'attention' },
  certified: { label: 'À décider', tone: 'attention' },
  decided: { label: 'Décidée, lettres à envoyer', tone: 'attention' },
  informed: { label: 'Candidats informés', tone: 'done' },
  withdrawn: { label: 'Proposition retirée', tone: 'neutral' },
  reversed: { label: 'Décision rapportée', tone: 'neutral' },
};
const PIECES: Record<AwardCertificate['status'], { label: string; tone: string }> = {
  asked: { label: 'Attendue', tone: 'attention' },
  received: { label: 'Reçue, à contrôler', tone: 'attention' },
  accepted: { label: 'Acceptée', tone: 'done' },
  refused: { label: 'Refusée, à renvoyer', tone: 'danger' },
};

const options = (list: Record<string, { label: string; article?: string }>) => Object.entries(list).map(([value, { label, article }]) => ({ value, label, hint: article && (/^[LRD]\./.test(article) ? `Art. ${article}` : article) }));

/** All that leaves the server about an award, for the agents of the buyer, by page and by API. */
export function showAward({ consultation, awards, ranking, actor, today }: Found) {
  const base = `/consultations/${consultation.id}/attribution`;
  const current = awards.find((one) => LIVE.includes(one.status)) ?? null;
  const operatorOf = (organisationId: string) => ranking.rows.find((row) => row.bid.organisationId === organisationId)?.operator ?? '';
  return {
    id: consultation.id,
    title: consultation.title,
    reference: consultation.reference,
    timeZone: consultation.timeZone,
    base,
    ended: consultation.status === 'abandoned' ? (consultation.abandonReason ?? 'Consultation terminée sans attribution.') : null,
    locked: ranking.locked,
    missing: current ? [] : ranking.missing,
    current: current && showOne(current, consultation.timeZone, base, today, consultation.remedies.some((one) => one.blocks)),
    former: awards.filter((one) => one !== current).map((one) => ({ number: one.number, state: STATES[one.status], operator: one.organisation?.name ?? '', reason: one.endReason ?? '', endedAt: one.endedAt })),
    letters: current ? inOrder(ranking.rows).map((row) => ({ operator: row.operator, won: row.bid.id === current.bidId, words: row.bid.id === current.bidId ? 'Lettre au candidat retenu' : row.assessment?.ranked ? 'Lettre de rejet' : `Lettre de rejet, offre ${BID_CLASSES[row.assessment?.bidClass ?? 'admissible'].label.toLocaleLowerCase('fr-FR')}`, href: `${base}/lettres/${row.bid.id}.pdf` })) : [],
    remedies: consultation.remedies.toSorted((a, b) => (a.filedOn < b.filedOn ? -1 : 1)).map((one) => showRemedy(one, base)),
    requests: consultation.requests.toSorted((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime()).map((one) => ({ ...showRequest(one, today), operator: operatorOf(one.organisationId), action: `${base}/motifs/${one.id}`, may: one.answeredAt === null && mayAward(actor, consultation) })),
    choices: { certificates: options(CERTIFICATES), grounds: options(PASS_GROUNDS), remedies: options(REMEDIES), outcomes: Object.entries(OUTCOMES).map(([value, label]) => ({ value, label })), steps: Object.entries(STEPS).map(([value, label]) => ({ value, label: `Reprendre ${label}` })), losers: ranking.rows.filter((row) => row.bid.organisationId !== current?.organisationId).map((row) => ({ value: row.bid.organisationId, label: row.operator })), others: ranking.rows.filter((row) => row.assessment?.ranked && row.bid.id !== current?.bidId).map((row) => ({ value: row.bid.id, label: row.operator })) },
    compared: current?.rank === null,
    can: canDo(actor, consultation, current, ranking.locked),
  };
}

function canDo(actor: Actor, consultation: Found['consultation'], current: FoundAward | null, locked: boolean) {
  const [proposes, decides] = [mayPropose(actor, consultation), mayAward(actor, consultation)];
  const before = current !== null && ['proposed', 'asked', 'certified'].includes(current.status) && consultation.status === 'opened';
  return {
    propose: proposes && locked && !current && consultation.status === 'opened',
    ask: proposes && before && current.status === 'proposed',
    check: proposes && before && current.status === 'asked',
    pass: proposes && before,
    decide: decides && before && current.status === 'certified',
    own: current?.proposedById === actor.id,
    inform: decides && current?.status === 'decided',
    reverse: decides && (current?.status === 'decided' || current?.status === 'informed') && current.contractSignedAt === null,
    follow: (proposes || decides) && consultation.openedAt !== null,
  };
}

function showOne(award: FoundAward, timeZone: string, base: string, today: Day, blocked: boolean) {
  const standstill = award.standstill ?? defaultStandstill(award.procedure, award.participants, true);
  const last = award.lettersSentAt && lastDay(award.lettersSentAt, standstill.days, timeZone);
  const open = award.status === 'informed' && !blocked && award.signableFrom !== null && today >= award.signableFrom;
  return {
    number: award.number,
    state: STATES[award.status],
    status: award.status,
    operator: award.organisation?.name ?? '',
    amountCents: award.amountCents,
    amount: amountOf(award.amountCents),
    rank: award.rank,
    reasons: paragraphsOf(award.reasons),
    proposed: `${award.proposer?.name ?? ''}, le ${inFrench(award.proposedAt, timeZone)}`,
    passed: award.passed.map((one) => ({ operator: one.operator, ground: PASS_GROUNDS[one.ground].label, reason: one.reason, at: frenchDate(new Date(one.at), timeZone) })),
    due: award.certificatesDue && dayInFrench(award.certificatesDue),
    late: award.status === 'asked' && award.certificatesDue !== null && today > award.certificatesDue,
    held: award.heldReason,
    certificates: award.certificates.toSorted((a, b) => (a.kind < b.kind ? -1 : 1)).map((one) => ({ ...showPiece(one), href: one.fileId ? `${base}/pieces/${one.id}` : null, action: `${base}/pieces/${one.id}`, toCheck: one.status === 'received' })),
    decided: award.decidedAt && `${award.decider?.name ?? ''}, le ${inFrench(award.decidedAt, timeZone)}`,
    decisionHref: `${base}/lettres/decision.pdf`,
    lettersSentAt: award.lettersSentAt,
    standstill: { days: standstill.days, ground: standstill.ground, waived: standstill.waived, last: last ? dayInFrench(last) : null },
    signableFrom: award.signableFrom && dayInFrench(award.signableFrom),
    signable: open,
    signed: award.contractSignedAt !== null,
    blocked,
  };
}

const showPiece = (one: AwardCertificate) => ({ id: one.id, label: one.words.label, article: one.words.article, expires: one.words.expires, state: PIECES[one.status], fileName: one.fileName, receivedAt: one.receivedAt, expiresOn: one.expiresOn && dayInFrench(one.expiresOn), note: one.note });

function showRemedy(one: Remedy, base: string) {
  return { id: one.id, label: REMEDIES[one.kind].label, article: REMEDIES[one.kind].article, court: one.court, number: one.number, applicant: one.applicant, filedOn: dayInFrench(one.filedOn), blocks: one.blocks, pending: one.outcome === null, outcome: one.outcome && `${OUTCOMES[one.outcome]}, le ${dayInFrench(one.outcomeOn ?? '')}`, ruling: one.ruling, backTo: one.sentBackTo && STEPS[one.sentBackTo], action: `${base}/recours/${one.id}` };
}

const showRequest = (one: ReasonsRequest, today: Day) => ({ id: one.id, text: one.text, receivedAt: one.receivedAt, dueOn: dayInFrench(one.dueOn), late: one.answeredAt === null && today > one.dueOn, left: one.answeredAt === null ? daysBetween(today, one.dueOn) : null, answeredAt: one.answeredAt });

const KINDS: Partial<Record<Letter['kind'], string>> = { 'award-letter': 'Votre offre est retenue', rejection: 'Suite donnée à votre offre', reasons: 'Réponse à votre demande de motifs' };

/** « Mes courriers »: what one organisation reads of its own. */
export function showOwnLetters({ consultation, letters, award, certificates, requests, today }: Awaited<ReturnType<OwnLettersService['show']>>) {
  const base = `/consultations/${consultation.id}/courriers`;
  return {
    consultation: { id: consultation.id, title: consultation.title, reference: consultation.reference, buyer: consultation.buyerName, timeZone: consultation.timeZone },
    letters: letters.map((one) => ({ id: one.id, label: KINDS[one.kind] ?? one.title, chrono: one.chrono, sentAt: one.sentAt, href: one.fileId ? `${base}/${one.id}.pdf` : null })),
    pieces: certificates.map((one) => ({ ...showPiece(one), href: one.fileId ? `${base}/pieces/${one.id}` : null, action: `${base}/pieces/${one.id}`, send: award?.status === 'asked' && one.status !== 'accepted' })),
    due: award?.certificatesDue ? dayInFrench(award.certificatesDue) : null,
    late: award?.status === 'asked' && award.certificatesDue !== null && today > award.certificatesDue,
    requests: requests.map((one) => showRequest(one, today)),
    can: { ask: letters.some((one) => one.kind === 'rejection') && requests.every((one) => one.answeredAt !== null) },
    base,
  };
}
