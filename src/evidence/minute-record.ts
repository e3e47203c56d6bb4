import { Entity, Index } from 'typeorm';
import { canonical } from '../platform/canonical.js';
import { Id, Instant, Int, Money, Ref, Text } from '../platform/columns.js';
import { sha256 } from '../platform/random.js';

/** Relevé : what the platform measured of itself in one minute, while a consultation was open. Its hash stands in the platform's chain. */
@Entity('minute_record')
@Index('minute_record_legal', ['legalAt'])
export class MinuteRecord {
  @Id() id!: string;
  @Instant() machineAt!: Date;
  @Instant() legalAt!: Date;
  /** Where the bids are written; a bid moves it, so it is shown after the opening only (decisions.md 15). */
  @Money(true) freeBytes: number | null = null;
  /** Jobs waiting; likewise. */
  @Int() queued!: number;
  /** The database's clock minus the machine's; null when it did not answer. */
  @Int(true) databaseOffsetMs: number | null = null;
  /** How far the machine's clock was moved since the record before, against a count that nobody can set. */
  @Int() driftMs!: number;
  @Text() selfTest!: 'ok' | 'failed';
  @Text(true) selfTestFault: string | null = null;
  @Int() selfTestMs!: number;
  @Text() hash!: string;

  /** Bytes under the hash. */
  content(): string {
    const { id, freeBytes, queued, databaseOffsetMs, driftMs, selfTest, selfTestFault, selfTestMs } = this;
    return canonical({ id, machineAt: this.machineAt.toISOString(), legalAt: this.legalAt.toISOString(), freeBytes, queued, databaseOffsetMs, driftMs, selfTest, selfTestFault, selfTestMs });
  }

  seal() {
    this.hash = sha256(this.content());
    return this;
  }
}

export const HTTP_FAULTS = { '5xx': 'erreur du serveur', '429': 'demande refusée pour cause d’affluence' } as const;
export type HttpFault = keyof typeof HTTP_FAULTS;

/** Answers that failed, counted by the minute; those of a consultation's own addresses apart. */
@Entity('http_failure')
@Index('http_failure_of', ['consultationId', 'minute'])
export class HttpFailure {
  @Id() id!: string;
  @Instant() minute!: Date;
  @Ref(true) consultationId: string | null = null;
  @Text() kind!: HttpFault;
  @Int() times!: number;
}
