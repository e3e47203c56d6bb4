import { Entity, Index } from 'typeorm';
import { canonical } from './canonical.js';
import { Id, Instant, Int, Json, Ref, Text } from './columns.js';
import { sha256 } from './random.js';

export type Outcome = 'done' | 'refused' | 'seen-refused';

/** Chain of refusals, heartbeats and acts without a consultation (decisions.md 5). */
export const PLATFORM_CHAIN = 'platform';
const FORMAT = 1;

/** One line of the journal: who, which act, on what, when, with what outcome; chained to the line before. */
@Entity('journal')
@Index('journal_chain_seq', ['chain', 'seq'], { unique: true })
@Index('journal_subject', ['subject', 'chain'])
export class JournalEntry {
  @Id() id!: string;
  /** Id of the consultation, or `platform`. */
  @Ref() chain!: string;
  @Int() seq!: number;
  @Int() version: number = FORMAT;
  @Text() act!: string;
  @Text() outcome!: Outcome;
  /** Salted hash; the name stands in `journal_person`, erasable without breaking the chain. */
  @Ref() actor!: string;
  @Text(true) subject: string | null = null;
  /** Legal instant of the act. */
  @Instant() instant!: Date;
  /** When the line was written; later than `instant` for a deposit that waited behind the lock. */
  @Instant() recordedAt!: Date;
  @Json() details: Record<string, unknown> = {};
  @Ref() previous!: string;
  @Ref() hash!: string;

  /** Bytes under the hash: RFC 8785, so that any implementation can replay the chain. */
  content(): string {
    const { chain, seq, version, act, outcome, actor, subject, details, previous } = this;
    return canonical({
      chain,
      seq,
      version,
      act,
      outcome,
      actor,
      subject,
      details,
      previous,
      instant: this.instant.toISOString(),
      recordedAt: this.recordedAt.toISOString(),
    });
  }

  seal() {
    this.hash = sha256(this.content());
    return this;
  }
}

/** Head of a chain; its row is locked while a line is added, so that two lines never share a number. */
@Entity('journal_chain')
export class JournalChain {
  @Id() id!: string;
  @Int() length: number = 0;
  @Ref() head!: string;
}

/** The erasable half of a person's presence in the journal: deleting the row forgets, and breaks nothing. */
@Entity('journal_person')
@Index('journal_person_of', ['personId'], { unique: true })
export class JournalPerson {
  @Id() hash!: string;
  @Ref() personId!: string;
  @Text() salt!: string;
}

export const GENESIS = '0'.repeat(64);

export interface ChainVerdict {
  ok: boolean;
  lines: number;
  head: string;
  /** First line that does not fit, when not ok. */
  brokenAt?: number;
}

/** Replays a chain: numbers without a hole, each line bound to the one before, each hash right. */
export function verifyChain(lines: JournalEntry[]): ChainVerdict {
  let previous = GENESIS;
  for (const [index, line] of lines.entries()) {
    const right = line.seq === index + 1 && line.previous === previous && line.hash === sha256(line.content());
    if (!right) return { ok: false, lines: lines.length, head: previous, brokenAt: index + 1 };
    previous = line.hash;
  }
  return { ok: true, lines: lines.length, head: previous };
}
