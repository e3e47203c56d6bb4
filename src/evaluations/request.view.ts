import { inEuros } from '../platform/typed.js';
import { groupBy } from '../platform/group.js';
import { frenchBytes } from '../platform/templates.js';
import { type BidRequest, concernedBy, isRequestKind, REQUEST_KINDS, type RequestKind } from './bid-request.js';
import { mayAnalyse, mayDecide } from './evaluation.policy.js';
import type { OwnRequestsService } from './own-requests.service.js';
import { LOW_PRICE_ITEMS } from './request-letter.js';
import type { BidRequestsService, FoundRequest } from './requests.service.js';

type Listed = Awaited<ReturnType<BidRequestsService['list']>>;

/** What each state says, and to whom the next move belongs. */
function stageOf({ status, deadline }: BidRequest, now: Date) {
  if (status === 'prepared') return { label: 'À signer', tone: 'attention' };
  if (status === 'sent') return now < deadline ? { label: 'Réponse attendue', tone: 'current' } : { label: 'Sans réponse, à trancher', tone: 'attention' };
  if (status === 'answered') return { label: 'Répondue, à trancher', tone: 'attention' };
  if (status === 'accepted') return { label: 'Réponse admise', tone: 'done' };
  return status === 'refused' ? { label: 'Réponse refusée', tone: 'danger' } : { label: 'Annulée', tone: 'neutral' };
}

const heading = (one: BidRequest) => ({ kind: one.kind, kindLabel: REQUEST_KINDS[one.kind].label, article: REQUEST_KINDS[one.kind].article });

/** Sendings, the newest first: each with its bidders, its deadline, what is left to do. */
export function showRequests({ consultation, evaluation, requests, oneHolder, actor, now }: Listed) {
  const base = `/consultations/${consultation.id}/analyse/demandes`;
  const open = evaluation !== null && evaluation.status !== 'locked' && consultation.status === 'opened';
  const manages = mayAnalyse(actor, consultation) && open;
  return {
    consultation: { id: consultation.id, title: consultation.title, reference: consultation.reference, timeZone: consultation.timeZone },
    batches: [...groupBy(requests, (one) => one.batchId)].flatMap(([batchId, all]) => {
      const [first] = all;
      if (!first) return [];
      const prepared = first.status === 'prepared';
      return [{
        id: batchId,
        number: first.number,
        ...heading(first),
        deadline: first.deadline,
        reason: first.reason ?? '',
        sentAt: first.sentAt,
        requests: all.map((one) => ({ id: one.id, operator: one.organisation?.name ?? '', href: `${base}/${one.id}`, stage: stageOf(one, now), answeredAt: one.answeredAt, files: one.files.length })),
        can: { sign: prepared && open && mayDecide(actor, consultation), cancel: prepared && manages },
        waits: prepared && !mayDecide(actor, consultation),
      }];
    }),
    kinds: Object.entries(REQUEST_KINDS).filter(([value]) => value !== 'completion' || oneHolder).map(([value, { label, article }]) => ({ label: `${label} (art. ${article})`, href: `${base}/nouvelle?nature=${value}` })),
    begun: evaluation !== null,
    can: { prepare: manages },
  };
}

/** The form of one kind: who is concerned, and what lacks of each as far as the examination says. */
export function showNewRequest({ consultation, requests, rows, evaluation, oneHolder, actor }: Listed, nature: string) {
  const kind: RequestKind = isRequestKind(nature) ? nature : 'clarification';
  const { label, article, forAll } = REQUEST_KINDS[kind];
  const concerned = concernedBy(kind, rows.flatMap((row) => row.assessment ?? []), requests, oneHolder);
  return {
    consultation: { id: consultation.id, title: consultation.title, reference: consultation.reference, timeZone: consultation.timeZone },
    kind, label, article, forAll,
    low: kind === 'abnormally-low',
    regularisation: kind === 'regularisation',
    bids: rows.filter((row) => concerned.includes(row.bid.id)).map(({ bid, operator, assessment }) => ({
      value: bid.id,
      label: operator,
      hint: inEuros(assessment?.priceCents ?? null)?.concat(' HT') ?? 'prix non saisi',
      checked: forAll,
      itemsField: `items-${bid.id}`,
      items: (kind === 'missing-documents'
        ? (assessment?.documents ?? []).filter(({ state }) => state === 'missing' || state === 'incomplete').map((one) => [one.label, one.note || (one.state === 'incomplete' ? 'à compléter' : '')].filter(Boolean).join(' : '))
        : kind === 'regularisation' ? [assessment?.reason ?? ''].filter(Boolean) : kind === 'abnormally-low' ? LOW_PRICE_ITEMS : []
      ).join('\n'),
    })),
    can: { prepare: evaluation !== null && evaluation.status !== 'locked' && consultation.status === 'opened' && mayAnalyse(actor, consultation) },
  };
}

const filesOf = (one: BidRequest, base: string) => one.files.map(({ fileId, name, size, sha256 }) => ({ name, size: frenchBytes(size), sha256, href: `${base}/${one.id}/fichiers/${fileId}` }));

/** One request, for the buyer. */
export function showRequest({ consultation, request, assessment, actor, now }: Awaited<ReturnType<BidRequestsService['show']>>) {
  const base = `/consultations/${consultation.id}/analyse/demandes`;
  return {
    consultation: { id: consultation.id, title: consultation.title, reference: consultation.reference, timeZone: consultation.timeZone },
    request: {
      id: request.id,
      ...heading(request),
      number: request.number,
      operator: request.organisation?.name ?? '',
      bidHref: `/consultations/${consultation.id}/analyse/${request.bidId}`,
      stage: stageOf(request, now),
      status: request.status,
      reason: request.reason ?? '',
      items: request.items,
      deadline: request.deadline,
      sentAt: request.sentAt,
      letterHref: `${base}/${request.id}/lettre.pdf`,
      signed: request.letterId !== null,
      answer: request.answer,
      answeredAt: request.answeredAt,
      files: filesOf(request, base),
      decision: request.decision,
      decidedAt: request.decidedAt,
      decidedBy: request.decider?.name ?? '',
      price: inEuros(assessment?.priceCents ?? null),
      keepsPrice: request.kind === 'regularisation',
    },
    /** Silence can only be refused. */
    can: { decide: mayAnalyse(actor, consultation) && consultation.status === 'opened' && (request.status === 'answered' || (request.status === 'sent' && now >= request.deadline)), accept: request.status === 'answered' },
  };
}

/** What the bidder reads of its own requests; never the reasons of the decision, which its letter will give. */
export function showOwnRequests({ consultation, requests, now }: Awaited<ReturnType<OwnRequestsService['list']>>) {
  return {
    consultation: { id: consultation.id, title: consultation.title, reference: consultation.reference, buyer: consultation.buyerName, timeZone: consultation.timeZone },
    requests: requests.map((one) => ({ id: one.id, ...heading(one), href: `/consultations/${consultation.id}/demandes/${one.id}`, deadline: one.deadline, sentAt: one.sentAt, stage: ownStage(one, now) })),
  };
}

export function showOwnRequest({ consultation, request, letter, now }: Awaited<ReturnType<OwnRequestsService['show']>>) {
  const base = `/consultations/${consultation.id}/demandes`;
  const running = ['sent', 'answered'].includes(request.status) && consultation.status === 'opened';
  return {
    consultation: { id: consultation.id, title: consultation.title, reference: consultation.reference, buyer: consultation.buyerName, timeZone: consultation.timeZone, contact: consultation.contact },
    request: { id: request.id, ...heading(request), reason: request.reason ?? '', items: request.items, deadline: request.deadline, sentAt: request.sentAt, stage: ownStage(request, now), chrono: letter?.chrono ?? null, letterHref: letter?.fileId ? `${base}/${request.id}/lettre.pdf` : null, answer: request.answer, answeredAt: request.answeredAt, files: filesOf(request, base) },
    closed: !running || now >= request.deadline,
    late: running && now >= request.deadline,
    can: { answer: running && now < request.deadline },
  };
}

function ownStage({ status, deadline }: FoundRequest | BidRequest, now: Date) {
  if (status === 'sent') return now < deadline ? { label: 'Votre réponse est attendue', tone: 'attention' } : { label: 'Délai passé, sans réponse', tone: 'danger' };
  return status === 'answered' ? { label: 'Réponse envoyée', tone: 'done' } : { label: 'Réponse examinée', tone: 'neutral' };
}
