import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Day } from '../platform/working-days.js';

/** Bon de commande (R2162-13): written, numbered, within the contract. One that was a mistake is cancelled, and stays. */
@Entity('contract_order')
@Index('contract_order_number', ['contractId', 'number'], { unique: true })
export class Order {
  @Id() id!: string;
  @Ref() contractId!: string;
  @Int() number!: number;
  @Text() object!: string;
  @Int(true) quantity: number | null = null;
  @Money() amountCents!: number;
  @Text() issuedOn!: Day;
  @Text(true) dueOn: Day | null = null;
  @Ref() issuedById!: string;
  @Instant() createdAt!: Date;
  @Text(true) cancelReason: string | null = null;
  @Text(true) cancelledOn: Day | null = null;
  @Ref(true) cancelledById: string | null = null;

  get counts() {
    return this.cancelledOn === null;
  }

  cancel(reason: string, byId: string, today: Day) {
    if (!this.counts) throw new Refused('cancelled', 'Ce bon de commande est déjà annulé.');
    if (reason.length < 10) throw Invalid.field('reason', 'Écrivez le motif de l’annulation, en une phrase.');
    Object.assign(this, { cancelReason: reason, cancelledOn: today, cancelledById: byId });
  }
}

/** R2162-4: orders stay within the contract's amount and its maximum quantity. */
export function mustFit(order: { amountCents: number; quantity: number | null }, before: readonly Order[], contract: { amountCents: number; maxQuantity: number | null }) {
  const kept = before.filter((one) => one.counts);
  if (kept.reduce((sum, one) => sum + one.amountCents, order.amountCents) > contract.amountCents) throw Invalid.field('amount', 'Les bons de commande dépasseraient le montant du marché : passez d’abord un avenant (art. R. 2162-4 et R. 2194-1).');
  if (contract.maxQuantity !== null && kept.reduce((sum, one) => sum + (one.quantity ?? 0), order.quantity ?? 0) > contract.maxQuantity) throw Invalid.field('quantity', `Les bons de commande dépasseraient le maximum du marché, ${contract.maxQuantity} (art. R. 2162-4).`);
}

export type DeliverableStatus = 'expected' | 'received' | 'admitted' | 'adjourned' | 'rejected';
export const DELIVERABLE_MOVES = {
  receive: { from: ['expected', 'adjourned'], to: 'received' },
  admit: { from: ['received'], to: 'admitted' },
  adjourn: { from: ['received'], to: 'adjourned' },
  reject: { from: ['received'], to: 'rejected' },
} satisfies Moves<DeliverableStatus>;
export type DeliverableMove = keyof typeof DELIVERABLE_MOVES;

/** Prestation or livrable, with every presentation and every decision on it (CCAG: admission, ajournement, rejet). */
@Entity('contract_deliverable')
@Index('contract_deliverable_number', ['contractId', 'number'], { unique: true })
export class Deliverable {
  @Id() id!: string;
  @Ref() contractId!: string;
  @Int() number!: number;
  @Ref(true) orderId: string | null = null;
  @Text() title!: string;
  @Text(true) dueOn: Day | null = null;
  @Text() status: DeliverableStatus = 'expected';
  /** Append-only. */
  @Json() history: { move: DeliverableMove; on: Day; reason: string; byId: string; at: string }[] = [];
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;

  move(move: DeliverableMove, on: Day, reason: string, byId: string, now: Date) {
    const status = next<DeliverableStatus>(DELIVERABLE_MOVES, move, this.status, move === 'receive' ? 'Ce livrable a déjà été reçu.' : 'Seul un livrable reçu s’admet, s’ajourne ou se rejette, une fois.');
    if ((move === 'adjourn' || move === 'reject') && reason.length < 10) throw Invalid.field('reason', 'Écrivez le motif, en une phrase : l’ajournement et le rejet sont motivés.');
    const last = this.history.at(-1);
    if (last && on < last.on) throw Invalid.field('on', 'Cette date précède la dernière étape de ce livrable.');
    this.status = status;
    this.history = [...this.history, { move, on, reason, byId, at: now.toISOString() }];
  }
}
