import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';

export type VisaStatus = 'asked' | 'given' | 'returned';

export const VISA_MOVES = {
  give: { from: ['asked', 'returned'], to: 'given' },
  return: { from: ['asked', 'given'], to: 'returned' },
  ask: { from: ['given', 'returned'], to: 'asked' },
} satisfies Moves<VisaStatus>;

/** Visa: a colleague reads before the signature. None by default; asked by the author, in an order. */
@Entity('visa')
@Index('visa_once', ['consultationId', 'personId'], { unique: true })
@Index('visa_person', ['personId', 'status'])
export class Visa {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() personId!: string;
  /** Order of reading, from 1: the next one is asked when the one before has read. */
  @Int() position!: number;
  @Text() status: VisaStatus = 'asked';
  @Text(true) comment: string | null = null;
  @Ref() askedById!: string;
  @Instant() askedAt!: Date;
  @Instant(true) decidedAt: Date | null = null;

  decide(move: 'give' | 'return', comment: string, now: Date) {
    if (move === 'return' && !comment) throw Invalid.field('comment', 'Écrivez ce qui est à reprendre : l’auteur le lira.');
    this.status = next<VisaStatus>(VISA_MOVES, move, this.status, move === 'give' ? 'Ce visa est déjà donné.' : 'Ce dossier est déjà renvoyé à son auteur.');
    this.comment = comment || null;
    this.decidedAt = now;
  }
}

/** Whose turn it is: the first who has not given it. */
export const waitingFor = <T extends Pick<Visa, 'status' | 'position'>>(visas: readonly T[]): T | undefined => visas.filter((one) => one.status !== 'given').toSorted((a, b) => a.position - b.position)[0];

/** @throws Refused naming nobody: the page shows who waits for whom */
export function mustBeRead(visas: readonly Visa[]) {
  const left = visas.filter((one) => one.status !== 'given').length;
  if (left > 0) throw new Refused('visas', left > 1 ? `${left} visas sont encore attendus avant la signature.` : 'Un visa est encore attendu avant la signature.');
}
