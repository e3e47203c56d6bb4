import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';
import { Refused } from '../platform/errors.js';
import { OpeningGate } from './opening-gate.js';

/** The key of one consultation (same id) and the conditions under which it is released. Only the custodian touches it (decisions.md 13). */
@Entity('sealing_key')
export class SealingKey extends OpeningGate {
  /** Public half (`age1…`), to which bids are sealed. */
  @Text() recipient!: string;
  /** Private half, encrypted to the KEK and to the rescue recipient: base64 of an age file. */
  @Text() wrapped!: string;

  postpone(notBefore: Date) {
    this.mustBeSealed();
    // Negated, so that an invalid date is refused too.
    if (!(notBefore >= this.notBefore)) {
      throw new Refused('not-later', 'L’instant d’ouverture des plis ne peut qu’être repoussé, jamais avancé.');
    }
    this.notBefore = notBefore;
  }
}

/** Séance complémentaire: what was admitted after the opening, with confirmations of its own. */
@Entity('sealing_session')
@Index('sealing_session_number', ['consultationId', 'number'], { unique: true })
export class SealingSession extends OpeningGate {
  @Ref() consultationId!: string;
  /** From 2: the opening is number 1. */
  @Int() number!: number;
  /** What it releases: bids, or envelopes handed over. */
  @Json() subjects: string[] = [];
}

/** One bid, or one envelope handed over, that may be read from now on. Without its row nothing of it is decrypted, the key released or not. */
@Entity('sealing_release')
@Index('sealing_release_of', ['consultationId'])
export class SealingRelease {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Int() session!: number;
  @Instant() releasedAt!: Date;
}

export const SEALING_ENTITIES = [SealingKey, SealingSession, SealingRelease];
