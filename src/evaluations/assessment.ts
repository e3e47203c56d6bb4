import { Entity, Index } from 'typeorm';
import { Id, Instant, Json, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';

/** Classes of domain.md 2.10, with the article that a rejection quotes. */
export const BID_CLASSES = {
  admissible: { label: 'Recevable', article: null },
  irregular: { label: 'Irrégulière', article: 'L. 2152-2' },
  unacceptable: { label: 'Inacceptable', article: 'L. 2152-3' },
  inappropriate: { label: 'Inappropriée', article: 'L. 2152-4' },
  'abnormally-low': { label: 'Anormalement basse', article: 'L. 2152-6' },
} as const;
export type BidClass = keyof typeof BID_CLASSES;

export interface CheckedDocument {
  label: string;
  state: 'present' | 'missing' | 'incomplete' | 'not-needed';
  note: string;
}

/** Examen d'une offre ouverte: what is in it, its price, its class. Id of the bid. */
@Entity('assessment')
@Index('assessment_consultation', ['consultationId'])
export class Assessment {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Json() documents: CheckedDocument[] = [];
  /** Cents, excluding VAT. */
  @Money(true) priceCents: number | null = null;
  @Text(true) bidClass: BidClass | null = null;
  /** Feeds the rejection letter. */
  @Text(true) reason: string | null = null;
  @Ref(true) classedById: string | null = null;
  @Instant(true) classedAt: Date | null = null;
  /** Characteristics and advantages that the letters to the others may tell (R2181-3); never unit prices nor methods. */
  @Text(true) advantages: string | null = null;

  /** Stays in the ranking. */
  get ranked() {
    return this.bidClass === 'admissible';
  }

  /**
   * @param budgetCents recorded before the launch; without it no offer is unacceptable for its price (L2152-3)
   * @param justified an abnormally low offer was asked to justify itself, and its answer or its silence was refused (L2152-6, R2152-4)
   */
  classify(bidClass: BidClass, reason: string, facts: { budgetCents: number | null; justified: boolean }, byId: string, now: Date) {
    if (bidClass !== 'admissible' && reason.length < 10) throw Invalid.field('reason', 'Écrivez le motif : la lettre de rejet le reprend.');
    if (bidClass === 'unacceptable') {
      if (facts.budgetCents === null) throw new Refused('no-budget', 'Aucun budget n’a été enregistré avant le lancement : cette offre ne peut pas être déclarée inacceptable (art. L. 2152-3).');
      if (this.priceCents === null) throw Invalid.field('price', 'Indiquez d’abord le prix de l’offre.');
      if (this.priceCents <= facts.budgetCents) throw Invalid.field('bidClass', 'Le prix ne dépasse pas le budget enregistré avant le lancement : l’offre n’est pas inacceptable (art. L. 2152-3).');
    }
    // L2152-5 and -6: the written request comes first, whatever the price.
    if (bidClass === 'abnormally-low' && !facts.justified) throw new Refused('not-asked', 'Demandez d’abord au candidat de justifier son prix, puis tranchez sa réponse : le rejet d’une offre anormalement basse suit cette demande écrite (art. L. 2152-6 et R. 2152-3).');
    this.bidClass = bidClass;
    this.reason = reason || null;
    this.classedById = byId;
    this.classedAt = now;
  }
}
