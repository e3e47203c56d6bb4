import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';
import { Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import { sha256 } from '../platform/random.js';
import type { LetterKind } from './letter-data.js';

export type LetterStatus = 'ready' | 'signed' | 'sent' | 'cancelled';

export const LETTER_MOVES = {
  sign: { from: ['ready'], to: 'signed' },
  send: { from: ['signed'], to: 'sent' },
  cancel: { from: ['ready', 'signed'], to: 'cancelled' },
} satisfies Moves<LetterStatus>;

const WRONG_STATE: Record<keyof typeof LETTER_MOVES, string> = {
  sign: 'Cette lettre n’attend pas de signature.',
  send: 'Seule une lettre signée peut partir, une seule fois.',
  cancel: 'Une lettre envoyée ne s’annule pas : une nouvelle lettre la corrige et la cite.',
};

/** One outgoing document of an authority. Its words are frozen and hashed at the signature. */
@Entity('letter')
@Index('letter_subject', ['subjectId', 'number'])
export class Letter {
  @Id() id!: string;
  @Ref() authorityId!: string;
  @Text() kind!: LetterKind;
  /** What it is about: a commission. */
  @Ref() subjectId!: string;
  /** One letter with its addressees listed at the end, one per addressee, or a document for all. */
  @Text() form!: 'in-fine' | 'individual' | 'common';
  /** Order of the addressee, from 1; 0 for the others. */
  @Int() number: number = 0;
  @Ref(true) invitationId: string | null = null;
  @Text() title!: string;
  @Text() status: LetterStatus = 'ready';
  /** `DDETS67/2023/0042`, given at the signature: no gap, no double. */
  @Text(true) chrono: string | null = null;
  @Json(true) data: object | null = null;
  /** HTML as it was signed; the PDF is printed from it once, kept and hashed (decisions.md 12, 25). */
  @Text(true) body: string | null = null;
  @Text(true) bodyHash: string | null = null;
  @Ref(true) fileId: string | null = null;
  @Instant(true) signedAt: Date | null = null;
  @Ref(true) signedById: string | null = null;
  @Ref(true) delegationId: string | null = null;
  @Instant(true) sentAt: Date | null = null;

  /** Freezes the words. The gate of the delegation stands in `Delegation.required`. */
  sign(now: Date, by: { personId: string; delegationId: string; chrono: string }, data: object, body: string) {
    this.status = this.after('sign');
    Object.assign(this, { signedAt: now, signedById: by.personId, delegationId: by.delegationId, chrono: by.chrono, data, body });
    this.bodyHash = sha256(body);
  }

  send(now: Date) {
    const status = this.after('send');
    if (!this.fileId) throw new Refused('not-printed', 'Les lettres signées sont en cours d’impression : réessayez dans quelques secondes.');
    this.status = status;
    this.sentAt = now;
  }

  /** Told in the act that decides: its mail waits for the press, the date of the dispatch does not. */
  leaveOncePrinted(now: Date) {
    this.status = this.after('send');
    this.sentAt = now;
  }

  private after(move: keyof typeof LETTER_MOVES) {
    return next<LetterStatus>(LETTER_MOVES, move, this.status, WRONG_STATE[move]);
  }
}

/** Délégation de signature, published in the recueil des actes administratifs. */
@Entity('delegation')
@Index('delegation_delegate', ['authorityId', 'delegateId'])
export class Delegation {
  @Id() id!: string;
  @Ref() authorityId!: string;
  @Ref() delegateId!: string;
  /** « la Secrétaire Générale Adjointe » */
  @Text() quality!: string;
  /** Kinds of letters it covers. */
  @Json() kinds: LetterKind[] = [];
  @Instant() validFrom!: Date;
  @Instant(true) validTo: Date | null = null;
  /** Of the published act. */
  @Text() reference!: string;

  covers(kind: LetterKind, at: Date) {
    return this.kinds.includes(kind) && this.validFrom <= at && (this.validTo === null || at < this.validTo);
  }

  /**
   * A letter may be signed only under a delegation that covers its kind on that date (domain.md 4.2).
   * @throws Refused('no-delegation')
   */
  static required(delegations: Delegation[], kind: LetterKind, at: Date): Delegation {
    const valid = delegations.find((delegation) => delegation.covers(kind, at));
    if (!valid) {
      throw new Refused(
        'no-delegation',
        'Aucune délégation de signature en vigueur à cette date ne couvre ces lettres. Faites enregistrer la délégation (référence et dates de publication au recueil des actes administratifs), ou faites signer une autre personne.',
      );
    }
    return valid;
  }
}

/** Counter of letter numbers per service and year; its row is locked while a number is taken. */
@Entity('chrono')
export class Chrono {
  /** `DDETS67/2023` */
  @Id() id!: string;
  @Int() last: number = 0;

  take() {
    this.last += 1;
    return `${this.id}/${String(this.last).padStart(4, '0')}`;
  }
}
