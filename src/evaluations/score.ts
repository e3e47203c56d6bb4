import { Entity, Index } from 'typeorm';
import { Id, Instant, Ref, Text } from '../platform/columns.js';
import { Invalid } from '../platform/errors.js';
import type { Leaf } from './criteria.js';
import { decimalOf, plainDecimal, shortDecimal } from './decimal.js';

/** Written of nobody: the note that all agreed on. */
export const CONSENSUS = 'consensus';

/** Note: one offer, one criterion or sub-criterion, one evaluator or the consensus; with its reasons, which the letters need. */
@Entity('score')
@Index('score_consultation', ['consultationId', 'personId'])
@Index('score_of', ['bidId', 'leafId', 'personId'], { unique: true })
export class Score {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() bidId!: string;
  @Ref() leafId!: string;
  /** An evaluator, or `consensus`. */
  @Ref() personId!: string;
  /** Decimal text, `12.50`: never a float. */
  @Text() note!: string;
  @Text() justification!: string;
  @Instant() updatedAt!: Date;

  value(decimals: number): bigint {
    const [whole = '', fraction = ''] = this.note.split('.');
    // As it was kept: a thousand offers are read at once.
    return fraction.length === decimals ? BigInt(whole + fraction) : (decimalOf(this.note, decimals) ?? 0n);
  }
}

/**
 * A typed note. @throws Invalid on `field` above the maximum, with more decimals than the rule, or not a number
 */
export function noteOf(typed: string, leaf: Leaf, decimals: number, field: string): string {
  const note = decimalOf(typed, decimals);
  const best = BigInt(leaf.max) * 10n ** BigInt(decimals);
  if (note === undefined) throw Invalid.field(field, `Écrivez une note de 0 à ${leaf.max}, avec ${decimals} décimale${decimals > 1 ? 's' : ''} au plus, par exemple 12,5.`);
  if (note > best) throw Invalid.field(field, `« ${leaf.label} » se note de 0 à ${leaf.max} : ${shortDecimal(note, decimals)} dépasse le maximum.`);
  return plainDecimal(note, decimals);
}

/** @throws Invalid on `field`: the reasons feed the letters (R2181-3) */
export function justificationOf(typed: string, field: string): string {
  if (typed.length < 10) throw Invalid.field(field, 'Justifiez cette note en une phrase : la lettre au candidat la reprend.');
  return typed;
}
