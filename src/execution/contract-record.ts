import { Entity, Index } from 'typeorm';
import { Flag, Id, Instant, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Day, dayInFrench } from '../platform/working-days.js';
import type { SignatureFound } from './pades.js';
import { endOf, type PriceForm } from './record-rules.js';

export interface SignedCopy {
  fileId: string;
  name: string;
  size: number;
  sha256: string;
  signature: SignatureFound;
}

/** Fiche du marché: what is signed, then dated. Its id is the contract's; once signed it changes only by amendment. */
@Entity('contract_record')
@Index('contract_record_number', ['number'], { unique: true })
export class ContractRecord {
  @Id() id!: string;
  @Text() number!: string;
  @Ref(true) organisationId: string | null = null;
  @Text() contractorName!: string;
  @Text(true) contractorSiret: string | null = null;
  @Text() priceForm!: PriceForm;
  /** As signed, cents excluding VAT: the base of every percentage of R2194. */
  @Money() amountCents!: number;
  @Int(true) minQuantity: number | null = null;
  @Int(true) estimatedQuantity: number | null = null;
  @Int(true) maxQuantity: number | null = null;
  @Int() durationMonths!: number;
  /** First day, when it is not the day of reception. */
  @Text(true) startsOn: Day | null = null;
  @Int() renewals: number = 0;
  @Int() renewalMonths: number = 0;
  @Text(true) budgetLine: string | null = null;
  /** Chorus: « engagement juridique ». */
  @Text(true) commitmentNumber: string | null = null;
  @Flag() visaRequired: boolean = false;
  @Text(true) visaReference: string | null = null;
  @Text(true) visaOn: Day | null = null;
  @Flag() sme: boolean = false;
  @Flag() advanceRefused: boolean = false;
  @Int(true) advancePercent: number | null = null;
  @Text(true) holderSignatory: string | null = null;
  @Text(true) holderSignedOn: Day | null = null;
  @Json(true) holderCopy: SignedCopy | null = null;
  @Text(true) signedOn: Day | null = null;
  @Ref(true) signedById: string | null = null;
  @Json(true) signedCopy: SignedCopy | null = null;
  @Text(true) notifiedOn: Day | null = null;
  /** R2182-5: from this day it has effect. */
  @Text(true) receivedOn: Day | null = null;
  @Text(true) endsOn: Day | null = null;
  @Text(true) terminatedOn: Day | null = null;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;
  @Instant() changedAt!: Date;

  get signed() {
    return this.signedOn !== null || this.receivedOn !== null;
  }

  mayChange() {
    if (this.signed) throw new Refused('signed', 'Le marché est signé : il ne change plus que par avenant (art. L. 2194-1).');
  }

  /** « Acte d’engagement » signed by the contractor; a better copy may follow until the buyer signs. */
  signByHolder(who: string, on: Day, copy: SignedCopy, today: Day) {
    this.mayChange();
    if (on > today) throw Invalid.field('holderSignedOn', 'Cette date n’est pas encore venue.');
    Object.assign(this, { holderSignatory: who, holderSignedOn: on, holderCopy: copy });
  }

  /** Whether it may be signed was asked before (`mustBeSignable`). */
  sign(byId: string, copy: SignedCopy, today: Day) {
    this.mayChange();
    if (this.holderCopy === null) throw new Refused('holder-first', 'Le titulaire n’a pas encore signé : enregistrez d’abord l’exemplaire qu’il a signé.');
    Object.assign(this, { signedOn: today, signedById: byId, signedCopy: copy });
  }

  /**
   * R2182-4, R2182-5.
   * @param signedOn null for a contract that predates the tool
   */
  notify(sentOn: Day, receivedOn: Day, today: Day) {
    if (this.receivedOn !== null) throw new Refused('notified', `Le marché est déjà notifié, reçu le ${dayInFrench(this.receivedOn)}.`);
    if (this.signedOn !== null && sentOn < this.signedOn) throw Invalid.field('notifiedOn', `Un marché se notifie une fois signé, donc à partir du ${dayInFrench(this.signedOn)} (art. R. 2182-4).`);
    if (receivedOn < sentOn) throw Invalid.field('receivedOn', 'La réception ne peut pas précéder l’envoi.');
    if (receivedOn > today) throw Invalid.field('receivedOn', 'Cette date n’est pas encore venue : la réception se constate.');
    if (this.startsOn === null || this.startsOn < receivedOn) this.startsOn = receivedOn;
    Object.assign(this, { notifiedOn: sentOn, receivedOn, endsOn: endOf(this.startsOn, this.durationMonths) });
  }
}
