import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';
import { Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Consortium, Envelope } from '../sealing/envelope.js';
import type { ReceiptBody } from '../sealing/receipt.js';
import type { UnreadableReason } from './unreadable.js';

export type BidStatus = 'sealed' | 'late' | 'replaced' | 'withdrawn' | 'admitted' | 'eliminated' | 'opened' | 'unreadable';

/** A late bid moves only by the signatory's decision: it is kept sealed (R2151-5, sealing.md 1). */
export const BID_MOVES = {
  replace: { from: ['sealed', 'late'], to: 'replaced' },
  withdraw: { from: ['sealed'], to: 'withdrawn' },
  admit: { from: ['late'], to: 'admitted' },
  eliminate: { from: ['late'], to: 'eliminated' },
  open: { from: ['sealed', 'admitted'], to: 'opened' },
  failToRead: { from: ['opened'], to: 'unreadable' },
  recover: { from: ['unreadable'], to: 'opened' },
  reinstate: { from: ['late', 'replaced'], to: 'sealed' },
} satisfies Moves<BidStatus>;

const WRONG_STATE: Record<keyof typeof BID_MOVES, string> = {
  replace: 'Ce pli ne peut plus être remplacé.',
  withdraw: 'Ce pli ne peut pas être retiré : il ne l’est qu’une fois, avant la date limite.',
  admit: 'Ce pli n’attend pas de décision : il est arrivé à temps, ou il a déjà été décidé.',
  eliminate: 'Ce pli n’attend pas de décision : il est arrivé à temps, ou il a déjà été décidé.',
  open: 'Seul un pli scellé, reçu en temps utile ou admis, peut être ouvert.',
  failToRead: 'Seul un pli ouvert peut être déclaré illisible.',
  recover: 'Seul un pli illisible se lit par sa copie de sauvegarde.',
  reinstate: 'Ce pli ne redevient pas un pli reçu à temps.',
};

/** Pli : one deposit of one organisation. Kept for ever as it was sealed. */
@Entity('bid')
@Index('bid_consultation', ['consultationId', 'status'])
@Index('bid_organisation', ['organisationId', 'consultationId'])
@Index('bid_idempotency', ['organisationId', 'idempotencyKey'], { unique: true })
export class Bid {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() organisationId!: string;
  /** None for an envelope handed over. */
  @Ref(true) draftId: string | null = null;
  @Text() status!: BidStatus;
  /** Arrival of the request, to the millisecond (decisions.md 4). */
  @Instant() receivedAt!: Date;
  /** The deadline it was judged by, and its number. */
  @Instant() deadline!: Date;
  @Int() deadlineVersion!: number;
  /** Documents it was written for; lower than the consultation's: « à confirmer ». */
  @Int() documentsVersion: number = 1;
  @Text() sealHash!: string;
  @Json() envelope!: Envelope;
  /** None for an envelope handed over. */
  @Text(true) manifestBlob: string | null = null;
  @Ref() idempotencyKey!: string;
  @Ref() depositedById!: string;
  @Ref(true) replacesId: string | null = null;
  @Instant(true) withdrawnAt: Date | null = null;
  @Instant(true) openedAt: Date | null = null;
  /** When the sending of its files began: what the backup copy's case asks (annex 6, art. 2 II). */
  @Instant(true) startedAt: Date | null = null;
  /** The envelope handed over, when the bid is one. */
  @Ref(true) deliveryId: string | null = null;
  /** As it bids, once it is opened: sealed with the manifest until then. */
  @Json(true) consortium: Consortium | null = null;
  /** Number of the session that opened it; 1 is the opening. */
  @Int(true) session: number | null = null;
  /** When its bytes were read and compared, after the opening. */
  @Instant(true) checkedAt: Date | null = null;
  /** Why an opened bid cannot be read: it stops no other, and cannot be admissible. */
  @Text(true) unreadableReason: UnreadableReason | null = null;
  @Text(true) unreadableNote: string | null = null;

  /** Strictly before (decisions.md 2). */
  get late() {
    return this.receivedAt >= this.deadline;
  }

  replace() {
    this.status = this.after('replace');
  }

  /** Only before the current deadline, which may be later than the one it was judged by. */
  withdraw(at: Date, currentDeadline: Date) {
    const status = this.after('withdraw');
    if (at >= currentDeadline) throw new Refused('deadline-passed', 'La date limite est passée : un pli ne se retire plus.');
    this.status = status;
    this.withdrawnAt = at;
  }

  /** R2151-5, set aside by a decision with reasons (late-decision.ts). */
  admit() {
    this.status = this.after('admit');
  }

  /** R2151-5: the rule. An envelope that came in time and was found after the opening does not fall under it. */
  eliminate() {
    const status = this.after('eliminate');
    if (!this.late) throw new Refused('in-time', 'Ce pli est arrivé avant la date limite : il ne peut pas être éliminé comme hors délai.');
    this.status = status;
  }

  open(now: Date, session = 1) {
    this.status = this.after('open');
    this.openedAt = now;
    this.session = session;
  }

  failToRead(reason: UnreadableReason, note: string | null = null) {
    this.status = this.after('failToRead');
    Object.assign(this, { unreadableReason: reason, unreadableNote: note });
  }

  /** Its backup copy was opened and read. */
  recover() {
    this.status = this.after('recover');
    Object.assign(this, { unreadableReason: null, unreadableNote: null });
  }

  /** In time after all: the announced automatic rule moved the deadline past its arrival (sealing.md 1.5). */
  reinstate(deadline: Date, deadlineVersion: number) {
    this.status = this.after('reinstate');
    Object.assign(this, { deadline, deadlineVersion });
  }

  private after(move: keyof typeof BID_MOVES) {
    return next<BidStatus>(BID_MOVES, move, this.status, WRONG_STATE[move]);
  }
}

/** Did `at` come after `receivedAt`? An instant later than the clock under the lock is one that a clock put back has made false: it came before. */
export const cameAfter = (at: Date, { receivedAt, writtenAt }: { receivedAt: Date; writtenAt: Date }) => at > receivedAt && at <= writtenAt;

/**
 * Which bids of one candidate give way when a new one arrives, whichever of its establishments filed them. Among those in time the latest arrival is
 * effective, whatever the order of commits (R2151-6, decisions.md 1); a late one never takes the place of one in time.
 * @param arrival with the clock read under the lock
 * @returns the earlier bids to mark as replaced, and whether the new one is itself already replaced
 */
export function succession<B extends Bid>(earlier: readonly B[], arrival: { receivedAt: Date; writtenAt: Date; late: boolean }) {
  const { late } = arrival;
  const rivals = earlier.filter((bid) => bid.late === late);
  // A bid withdrawn or replaced since still overtakes: what arrived before it must not come back to life.
  const overtaken = rivals.some((bid) => cameAfter(bid.receivedAt, arrival) || (bid.withdrawnAt !== null && cameAfter(bid.withdrawnAt, arrival)));
  return { replaced: overtaken ? [] : rivals.filter((bid) => bid.status === (late ? 'late' : 'sealed')), overtaken };
}

/**
 * The verdict is a function of the arrival and of the deadline in force when the call opens, which an ordinary extension moves before it
 * passes and the announced rule alone moves afterwards (sealing.md 1.5): whoever filed between the two must not be treated worse than whoever waited.
 * Before anything opens: a bid that was late for a deadline that an outage moved since is in time for the new one. Among all
 * the bids of one candidate the latest arrival in time stands, as if it had been judged so from the start.
 * @param bids all those of one candidate
 * @returns those that changed
 */
export function rejudge<B extends Bid>(bids: readonly B[], { deadline, deadlineVersion }: { deadline: Date; deadlineVersion: number }): B[] {
  if (!bids.some((bid) => bid.late && bid.receivedAt < deadline)) return [];
  const taken = Math.max(0, ...bids.map((bid) => bid.withdrawnAt?.getTime() ?? 0));
  const inTime = bids.filter((bid) => bid.receivedAt < deadline && ['sealed', 'late', 'replaced'].includes(bid.status));
  // One that stands already came after the withdrawal, be it in the same millisecond; of two such arrivals, the one that had replaced the other.
  const rank = (bid: B) => ['replaced', 'late', 'sealed'].indexOf(bid.status);
  const [standing] = inTime.filter((bid) => bid.receivedAt.getTime() > taken || bid.status === 'sealed').toSorted((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime() || rank(b) - rank(a));
  const changed: B[] = [];
  for (const bid of inTime) {
    if (bid === standing && bid.status !== 'sealed') bid.reinstate(deadline, deadlineVersion);
    else if (bid !== standing && bid.status !== 'replaced') bid.replace();
    else continue;
    changed.push(bid);
  }
  return changed;
}

/** Accusé de réception: the exact bytes that were signed, sealed at rest; its PDF is printed once, by a job. */
@Entity('receipt')
@Index('receipt_bid', ['bidId'])
export class StoredReceipt {
  @Id() id!: string;
  @Ref() bidId!: string;
  @Ref() consultationId!: string;
  @Ref() organisationId!: string;
  @Text() kind!: ReceiptBody['kind'];
  /** An envelope handed over has its receipt for whoever recorded it, too. */
  @Ref(true) recordedById: string | null = null;
  @Text() sealedJson!: string;
  @Text(true) sealedPdf: string | null = null;
  @Instant() createdAt!: Date;
}
