import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import { Invalid } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import { type Day, dayInFrench } from '../platform/working-days.js';
import type { AmendmentCase } from './amendment-rules.js';
import type { SignedCopy } from './contract-record.js';

export type AmendmentStatus = 'draft' | 'signed' | 'notified' | 'cancelled';
export const AMENDMENT_MOVES = {
  sign: { from: ['draft'], to: 'signed' },
  notify: { from: ['signed'], to: 'notified' },
  cancel: { from: ['draft'], to: 'cancelled' },
} satisfies Moves<AmendmentStatus>;

/** Avenant: R2194-1 to -10. */
@Entity('contract_amendment')
@Index('contract_amendment_number', ['contractId', 'number'], { unique: true })
export class Amendment {
  @Id() id!: string;
  @Ref() contractId!: string;
  @Int() number!: number;
  @Text() status: AmendmentStatus = 'draft';
  @Text() legalCase!: AmendmentCase;
  @Text() object!: string;
  @Text() justification!: string;
  /** Cents, excluding VAT; below zero for less. */
  @Money() deltaCents!: number;
  @Money() beforeCents!: number;
  /** Net of all the amendments of R2194-8, this one included; zero in other cases. */
  @Money() cumulCents!: number;
  @Text(true) endsOn: Day | null = null;
  /** Why it may pass the framework's end (R2162-5). */
  @Text(true) frameworkAnalysis: string | null = null;
  @Text(true) newContractor: string | null = null;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;
  @Text(true) signedOn: Day | null = null;
  @Ref(true) signedById: string | null = null;
  @Json(true) copy: SignedCopy | null = null;
  @Text(true) receivedOn: Day | null = null;
  @Text(true) cancelReason: string | null = null;

  get counts() {
    return this.status !== 'cancelled';
  }

  sign(byId: string, copy: SignedCopy, today: Day) {
    this.status = this.after('sign', 'Cet avenant est déjà signé, ou annulé.');
    Object.assign(this, { signedById: byId, copy, signedOn: today });
  }

  notify(receivedOn: Day, today: Day) {
    const status = this.after('notify', 'Un avenant se notifie une fois signé, une seule fois.');
    if (this.signedOn !== null && receivedOn < this.signedOn) throw Invalid.field('receivedOn', `L’avenant est signé du ${dayInFrench(this.signedOn)} : il ne peut pas avoir été reçu avant.`);
    if (receivedOn > today) throw Invalid.field('receivedOn', 'Cette date n’est pas encore venue : la réception se constate.');
    Object.assign(this, { status, receivedOn });
  }

  cancel(reason: string) {
    const status = this.after('cancel', 'Un avenant signé ne s’annule plus : un autre le modifie.');
    if (reason.length < 10) throw Invalid.field('reason', 'Écrivez le motif, en une phrase.');
    Object.assign(this, { status, cancelReason: reason });
  }

  private after(move: keyof typeof AMENDMENT_MOVES, sentence: string) {
    return next<AmendmentStatus>(AMENDMENT_MOVES, move, this.status, sentence);
  }
}
