import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';
import { inFrench, instantOf, UnknownLocalTime } from '../platform/dates.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Assessment } from './assessment.js';

/** Demandes of domain.md 2.8 and 2.10 (D10 to D13). */
export const REQUEST_KINDS = {
  'missing-documents': { label: 'Demande de pièces manquantes', article: 'R. 2144-2', forAll: true },
  regularisation: { label: 'Demande de régularisation', article: 'R. 2152-2', forAll: true },
  clarification: { label: 'Demande de précisions', article: 'R. 2161-5', forAll: false },
  'abnormally-low': { label: 'Demande de justification du prix', article: 'L. 2152-6', forAll: false },
  /** Only when the lot has one holder: it may be asked in writing to complete its offer. */
  completion: { label: 'Demande de compléter l’offre', article: 'R. 2162-9', forAll: false },
} as const;
export type RequestKind = keyof typeof REQUEST_KINDS;

export const isRequestKind = (typed: string): typed is RequestKind => Object.hasOwn(REQUEST_KINDS, typed);

export type RequestStatus = 'prepared' | 'sent' | 'answered' | 'accepted' | 'refused' | 'cancelled';

/** Waits for somebody: the analysis cannot be locked meanwhile. */
export const PENDING: RequestStatus[] = ['prepared', 'sent', 'answered'];
/** What its bidder reads of it. */
export const TOLD: RequestStatus[] = ['sent', 'answered', 'accepted', 'refused'];

/** Once one is sent, the price that it is about stays as it was filed. */
export const ON_PRICE: RequestKind[] = ['regularisation', 'abnormally-low'];

export const REQUEST_MOVES = {
  /** Its letter is signed and leaves. */
  send: { from: ['prepared'], to: 'sent' },
  cancel: { from: ['prepared'], to: 'cancelled' },
  answer: { from: ['sent', 'answered'], to: 'answered' },
  accept: { from: ['answered'], to: 'accepted' },
  /** No answer in time is an answer. */
  refuse: { from: ['sent', 'answered'], to: 'refused' },
} satisfies Moves<RequestStatus>;

export interface AnswerFile {
  fileId: string;
  name: string;
  size: number;
  sha256: string;
}

/** One request to one bidder; those of one sending share their deadline and their text (equal treatment). */
@Entity('bid_request')
@Index('bid_request_consultation', ['consultationId', 'createdAt', 'id'])
@Index('bid_request_bid', ['bidId'])
export class BidRequest {
  @Id() id!: string;
  /** Requests sent together. */
  @Ref() batchId!: string;
  @Ref() consultationId!: string;
  @Ref() bidId!: string;
  @Ref() organisationId!: string;
  @Int() number!: number;
  @Text() kind!: RequestKind;
  @Text() status: RequestStatus = 'prepared';
  /** Why it is asked: in the letter, and the same for all those of one sending. */
  @Text(true) reason: string | null = null;
  /** What is asked, a line each. */
  @Json() items: string[] = [];
  @Text() localDeadline!: string;
  @Text() timeZone!: string;
  @Instant() deadline!: Date;
  @Ref(true) letterId: string | null = null;
  @Instant(true) sentAt: Date | null = null;
  @Text(true) answer: string | null = null;
  @Json() files: AnswerFile[] = [];
  @Instant(true) answeredAt: Date | null = null;
  @Ref(true) answeredById: string | null = null;
  @Text(true) decision: string | null = null;
  @Ref(true) decidedById: string | null = null;
  @Instant(true) decidedAt: Date | null = null;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;

  /** In the act that signs its letter: the time to answer runs from then. */
  send(letterId: string, now: Date) {
    const status = this.after('send', 'Ces demandes ne sont plus à signer.');
    if (now >= this.deadline) throw new Refused('deadline-passed', 'La date de réponse est passée avant la signature : annulez ces demandes, puis préparez-les avec une autre date.');
    this.status = status;
    this.letterId = letterId;
    this.sentAt = now;
  }

  cancel() {
    this.status = this.after('cancel', 'Une demande signée ne s’annule plus : elle se tranche.');
  }

  /** Strictly before, as for bids. Answering again before the end replaces nothing: answers add up. */
  reply(text: string, files: AnswerFile[], byId: string, now: Date) {
    const status = this.mustBeAnswerable(now);
    if (!text && files.length === 0) throw Invalid.field('answer', 'Écrivez votre réponse, ou joignez au moins un fichier.');
    this.status = status;
    this.answer = [this.answer, text].filter(Boolean).join('\n\n') || null;
    this.files = [...this.files, ...files];
    this.answeredAt = now;
    this.answeredById = byId;
  }

  mustBeAnswerable(now: Date): RequestStatus {
    const status = this.after('answer', 'Cette demande est close : elle a déjà été tranchée.');
    if (now >= this.deadline) throw new Refused('deadline-passed', `Le délai de réponse est passé : une réponse devait parvenir avant le ${inFrench(this.deadline, this.timeZone)}. Elle n’est plus reçue, pour traiter tous les candidats de la même façon.`);
    return status;
  }

  /**
   * R2152-2: a regularisation changes nothing substantial; a price that moves is refused (domain.md 2.10).
   * @param keptCents price of the offer as it was filed; @param typedCents price of the regularised offer
   */
  mustKeepPrice(keptCents: number | null, typedCents: number | null) {
    if (this.kind !== 'regularisation') return;
    if (typedCents === null) throw Invalid.field('price', 'Recopiez le prix de l’offre régularisée : il doit être celui de l’offre remise.');
    if (typedCents !== keptCents) throw Invalid.field('price', 'Ce prix n’est pas celui de l’offre remise : une régularisation qui change le prix modifie une caractéristique substantielle de l’offre, et se refuse (art. R. 2152-2).');
  }

  /** Before the deadline only an answer can be judged; afterwards silence can too. */
  decide(accepted: boolean, reason: string, byId: string, now: Date) {
    if (reason.length < 10) throw Invalid.field('decision', 'Écrivez le motif de la décision : il reste au dossier.');
    if (this.status === 'sent' && now < this.deadline) throw new Refused('too-early', 'Le candidat a encore le temps de répondre.');
    this.status = this.after(accepted ? 'accept' : 'refuse', accepted ? 'Sans réponse, rien ne peut être admis.' : 'Cette demande est déjà tranchée.');
    this.decision = reason;
    this.decidedById = byId;
    this.decidedAt = now;
  }

  private after(move: keyof typeof REQUEST_MOVES, sentence: string) {
    return next<RequestStatus>(REQUEST_MOVES, move, this.status, sentence);
  }
}

/**
 * The deadline of a request, on the clocks of the buyer.
 * @throws Invalid on `deadline`
 */
export function requestDeadline(local: string, timeZone: string, now: Date): Date {
  try {
    const deadline = instantOf(local, timeZone);
    if (deadline <= now) throw Invalid.field('deadline', 'Cette date est déjà passée.');
    return deadline;
  } catch (error) {
    if (error instanceof UnknownLocalTime) throw Invalid.field('deadline', error.message);
    throw error;
  }
}

/** Bids that may be asked, by kind: to complete what lacks, to cure what is irregular, or any of them. */
export function concernedBy(kind: RequestKind, assessments: readonly Assessment[], before: readonly Pick<BidRequest, 'kind' | 'bidId' | 'status'>[], oneHolder = false): string[] {
  if (kind === 'completion' && !oneHolder) return [];
  const asked = new Set(before.filter((one) => one.kind === kind && one.status !== 'cancelled').map((one) => one.bidId));
  const lacks = ({ documents }: Assessment) => documents.some(({ state }) => state === 'missing' || state === 'incomplete');
  // An abnormally low offer is never regularised (R2152-2): its class says so.
  const may = (one: Assessment) => (kind === 'missing-documents' ? lacks(one) : kind === 'regularisation' ? one.bidClass === 'irregular' : true);
  return assessments.filter((one) => may(one) && !(REQUEST_KINDS[kind].forAll && asked.has(one.id))).map((one) => one.id);
}

/**
 * R2144-2 and R2152-2: all those concerned are asked, with the same time.
 * @param concerned bids that lack something; @param asked bids of this sending
 */
export function mustAskAll(kind: RequestKind, concerned: readonly string[], asked: readonly string[]) {
  if (asked.length === 0) throw Invalid.field('bids', 'Cochez au moins un candidat.');
  if (asked.some((id) => !concerned.includes(id))) {
    throw Invalid.field('bids', kind === 'regularisation' ? 'Une des offres cochées n’est pas classée irrégulière, ou a déjà été invitée à se régulariser (art. R. 2152-2).' : kind === 'missing-documents' ? 'Il ne manque rien à l’une des offres cochées, ou elle a déjà été sollicitée : relisez son examen.' : kind === 'completion' ? 'Compléter une offre ne se demande qu’au titulaire unique d’un lot (art. R. 2162-9).' : 'Une des offres cochées n’est pas de cette consultation.');
  }
  if (!REQUEST_KINDS[kind].forAll) return;
  const left = concerned.filter((id) => !asked.includes(id));
  if (left.length > 0) {
    throw Invalid.field('bids', `Tous les candidats concernés doivent être sollicités, avec le même délai (art. ${REQUEST_KINDS[kind].article}) : il en manque ${left.length}.`);
  }
}
