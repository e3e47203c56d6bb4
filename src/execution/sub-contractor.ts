import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { addDays, type Day, dayInFrench } from '../platform/working-days.js';

/** R2193-4. */
const SILENCE_DAYS = 21;
/** R2193-10, cents including VAT. */
const DIRECT_FROM_CENTS = 60_000;

export type SubContractorStatus = 'received' | 'accepted' | 'refused';

/** Sous-traitant declared by a DC4, at the offer or later. */
@Entity('contract_sub_contractor')
@Index('contract_sub_contractor_number', ['contractId', 'number'], { unique: true })
export class SubContractor {
  @Id() id!: string;
  @Ref() contractId!: string;
  @Int() number!: number;
  @Text() name!: string;
  @Text(true) siret: string | null = null;
  @Text() services!: string;
  /** Excluding VAT. */
  @Money() amountCents!: number;
  /** Including VAT: it decides of the direct payment. */
  @Money() withVatCents!: number;
  /** Day on which the request was complete: the silence runs from it. */
  @Text() receivedOn!: Day;
  @Text() status: SubContractorStatus = 'received';
  @Text(true) reason: string | null = null;
  @Text(true) decidedOn: Day | null = null;
  @Ref(true) decidedById: string | null = null;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;

  /** Last day on which the buyer may still refuse. */
  get decideBy(): Day {
    return addDays(this.receivedOn, SILENCE_DAYS);
  }

  get directPayment() {
    return this.withVatCents >= DIRECT_FROM_CENTS;
  }

  /** Silence kept for 21 days is an acceptance; it depends on the clock and is never stored. */
  tacit(today: Day) {
    return this.status === 'received' && today > this.decideBy;
  }

  /** Accepted, or not refused yet: what counts against the contract's amount. */
  get counts() {
    return this.status !== 'refused';
  }

  decide(accepted: boolean, reason: string, byId: string, today: Day) {
    if (this.status !== 'received') throw new Refused('decided', 'Cette demande est déjà tranchée.');
    if (this.tacit(today)) throw new Refused('tacit', `Le silence gardé pendant 21 jours vaut acceptation depuis le ${dayInFrench(addDays(this.decideBy, 1))} : ce sous-traitant est accepté, la demande ne se tranche plus (art. R. 2193-4).`);
    if (!accepted && reason.length < 10) throw Invalid.field('reason', 'Écrivez le motif du refus, en une phrase : le titulaire le lira.');
    Object.assign(this, { status: accepted ? 'accepted' : 'refused', reason: reason || null, decidedOn: today, decidedById: byId });
  }
}

/**
 * Partial only (L2193-3): all the sub-contractors together stay below the contract.
 * @param others of the same contract
 */
export function mustBePartial(amountCents: number, others: readonly SubContractor[], contractCents: number) {
  const before = others.filter((one) => one.counts).reduce((sum, one) => sum + one.amountCents, 0);
  if (before + amountCents >= contractCents) throw Invalid.field('amount', 'Un marché ne se sous-traite jamais en entier : le total des sous-traitants atteindrait son montant (art. L. 2193-3).');
}
