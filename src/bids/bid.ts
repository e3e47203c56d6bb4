import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';
import { Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Envelope } from '../sealing/envelope.js';
import type { ReceiptBody } from '../sealing/receipt.js';

export type BidStatus = 'sealed' | 'late' | 'replaced' | 'withdrawn' | 'opened' | 'unreadable';

/** A late bid moves only by the signatory's decision: it is kept sealed (R2151-5, sealing.md 1). */
export const BID_MOVES = {
  replace: { from: ['sealed', 'late'], to: 'replaced' },
  withdraw: { from: ['sealed'], to: 'withdrawn' },
  open: { from: ['sealed'], to: 'opened' },
  failToRead: { from: ['opened'], to: 'unreadable' },
} satisfies Moves<BidStatus>;

const WRONG_STATE: Record<keyof typeof BID_MOVES, string> = {
  replace: 'Ce pli ne peut plus être remplacé.',
  withdraw: 'Ce pli ne peut pas être retiré : il ne l’est qu’une fois, avant la date limite.',
  open: 'Seul un pli scellé, reçu en temps utile, peut être ouvert.',
  failToRead: 'Seul un pli ouvert peut être déclaré illisible.',
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
  @Ref() draftId!: string;
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
  @Text() manifestBlob!: string;
  @Ref() idempotencyKey!: string;
  @Ref() depositedById!: string;
  @Ref(true) replacesId: string | null = null;
  @Instant(true) withdrawnAt: Date | null = null;
  @Instant(true) openedAt: Date | null = null;

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

  open(now: Date) {
    this.status = this.after('open');
    this.openedAt = now;
  }

  failToRead() {
    this.status = this.after('failToRead');
  }

  private after(move: keyof typeof BID_MOVES) {
    return next<BidStatus>(BID_MOVES, move, this.status, WRONG_STATE[move]);
  }
}

/**
 * Which bids of one candidate give way when a new one arrives, whichever of its establishments filed them. Among those in time the latest arrival is
 * effective, whatever the order of commits (R2151-6, decisions.md 1); a late one never takes the place of one in time.
 * @returns the earlier bids to mark as replaced, and whether the new one is itself already replaced
 */
export function succession<B extends Bid>(earlier: readonly B[], arrival: { receivedAt: Date; late: boolean }) {
  const { receivedAt, late } = arrival;
  const rivals = earlier.filter((bid) => bid.late === late);
  // A bid withdrawn or replaced since still overtakes: what arrived before it must not come back to life.
  const overtaken = rivals.some((bid) => bid.receivedAt > receivedAt || (bid.withdrawnAt !== null && bid.withdrawnAt > receivedAt));
  return { replaced: overtaken ? [] : rivals.filter((bid) => bid.status === (late ? 'late' : 'sealed')), overtaken };
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
  @Text() sealedJson!: string;
  @Text(true) sealedPdf: string | null = null;
  @Instant() createdAt!: Date;
}
