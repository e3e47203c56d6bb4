import { Entity, Index } from 'typeorm';
import { Id, Instant, Json, Money, Ref, Text } from '../platform/columns.js';
import type { UploadedKind } from '../consultations/consultation-parts.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';

export type CommissionStatus = 'draft' | 'to-sign' | 'sent' | 'abandoned';

/**
 * « Signée » is not a state: a commission is signed when all its letters are. Closed, opened, evaluated and awarded
 * come from its consultation (decisions.md 7).
 */
export const COMMISSION_MOVES = {
  submit: { from: ['draft'], to: 'to-sign' },
  takeBack: { from: ['to-sign'], to: 'draft' },
  send: { from: ['to-sign'], to: 'sent' },
  abandon: { from: ['draft', 'to-sign', 'sent'], to: 'abandoned' },
} satisfies Moves<CommissionStatus>;

const WRONG_STATE: Record<keyof typeof COMMISSION_MOVES, string> = {
  submit: 'Cette commande est déjà à la signature, ou déjà envoyée.',
  takeBack: 'Seule une commande à la signature peut être reprise.',
  send: 'Cette commande n’est pas à envoyer : elle n’est pas encore soumise à la signature, ou elle est déjà partie.',
  abandon: 'Cette commande est déjà terminée.',
};

/** What the letters say. Words of a programme are data, never code. */
export interface CommissionTerms {
  /** « programme d’accompagnement global et individualisé des réfugiés (AGIR) » */
  subject: string;
  /** « la réalisation du diagnostic pré-opérationnel » */
  purpose: string;
  paragraphs: string[];
  phasesIntro: string;
  phases: string[];
  object: string[];
  deliverables: string[];
  /** « mi-novembre 2023 » */
  deliverableDue: string;
  criteria: { label: string; weight: string }[];
}

/** A document of the file before its launch. */
export interface JoinedDocument {
  fileId: string;
  title: string;
  kind: UploadedKind;
  size: number;
}

/** Commande : the order of a study by a department; its letter and specifications, and the call for bids they open. */
@Entity('commission')
@Index('commission_department', ['departmentCode', 'createdAt', 'id'])
@Index('commission_consultation', ['consultationId'], { unique: true })
export class Commission {
  @Id() id!: string;
  @Ref() authorityId!: string;
  @Text() departmentCode!: string;
  @Ref() consultationId!: string;
  /** The framework whose subsequent contract it prepares, when one covered the department at its drafting. */
  @Ref(true) frameworkId: string | null = null;
  @Text() title!: string;
  @Text() status: CommissionStatus = 'draft';
  @Json() terms!: CommissionTerms;
  /** Price ceiling, cents, excluding VAT. */
  @Money() ceilingCents!: number;
  @Ref(true) specificationsFileId: string | null = null;
  /** Joined to the specifications: rules, CCAP, annexes. */
  @Json() documents: JoinedDocument[] = [];
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;
  @Instant(true) submittedAt: Date | null = null;
  @Instant(true) sentAt: Date | null = null;

  mayChange() {
    if (this.status !== 'draft') {
      throw new Refused('not-draft', 'Cette commande n’est plus un brouillon : reprenez-la avant de la modifier.');
    }
  }

  /** What is still missing before the signature, in plain words; empty when nothing is. */
  missing(facts: { addressees: number; openers: number; quorum: number; inTime: boolean }): string[] {
    const reasons: string[] = [];
    if (!this.specificationsFileId) reasons.push('Joignez le cahier des charges : la lettre l’annonce en pièce jointe.');
    if (facts.addressees === 0) reasons.push('Indiquez au moins un destinataire.');
    if (facts.openers < facts.quorum) reasons.push(`Désignez au moins ${facts.quorum} ouvreurs des plis.`);
    if (!facts.inTime) reasons.push('La date limite de remise est passée : choisissez une date à venir.');
    return reasons;
  }

  submit(now: Date, missing: string[]) {
    const status = this.after('submit');
    if (missing.length > 0) throw new Refused('incomplete', missing.join(' '), { missing });
    this.status = status;
    this.submittedAt = now;
  }

  takeBack() {
    this.status = this.after('takeBack');
    this.submittedAt = null;
  }

  send(now: Date) {
    this.status = this.after('send');
    this.sentAt = now;
  }

  /** @throws Invalid on `reason` when none is given: it stays on file, and the participants read it */
  abandon(reason: string) {
    if (!reason) throw Invalid.field('reason', 'Écrivez le motif : il reste au dossier, et les participants le liront.');
    this.status = this.after('abandon');
  }

  private after(move: keyof typeof COMMISSION_MOVES) {
    return next<CommissionStatus>(COMMISSION_MOVES, move, this.status, WRONG_STATE[move]);
  }
}
