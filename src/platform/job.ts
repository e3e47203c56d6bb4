import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Text } from './columns.js';

export interface JobRequest {
  kind: string;
  payload: Record<string, unknown>;
}

export type JobState = 'queued' | 'done' | 'failed';

/** Work promised by an act and done after its commit: mails, PDFs, checks. Retried for ever unless it can never succeed. */
@Entity('job')
@Index('job_due', ['state', 'runAt'])
export class Job {
  @Id() id!: string;
  @Text() kind!: string;
  @Json() payload: Record<string, unknown> = {};
  @Text() state: JobState = 'queued';
  @Int() attempts: number = 0;
  /** Machine time: retries do not depend on the demonstration's clock. */
  @Instant() runAt!: Date;
  @Instant(true) leasedUntil: Date | null = null;
  @Text(true) error: string | null = null;
  @Instant() createdAt!: Date;

  static from(id: string, request: JobRequest, now: Date): Job {
    return Object.assign(new Job(), {
      id,
      kind: request.kind,
      payload: request.payload,
      runAt: now,
      createdAt: now,
    });
  }
}
