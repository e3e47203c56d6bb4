import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import type { Consultation } from './consultation.js';

/** One row of the append-only series of deadlines; a bid keeps the number of the one it was judged by. */
@Entity('deadline_version')
@Index('deadline_version_number', ['consultationId', 'number'], { unique: true })
export class DeadlineVersion {
  /** `<consultation id>.<number>` */
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Int() number!: number;
  @Text() localDeadline!: string;
  @Text() timeZone!: string;
  @Instant() deadline!: Date;
  @Text() reason!: string;
  @Instant() createdAt!: Date;

  static of(consultation: Consultation, number: number, reason: string, now: Date) {
    return Object.assign(new DeadlineVersion(), {
      id: `${consultation.id}.${number}`,
      consultationId: consultation.id,
      number,
      localDeadline: consultation.localDeadline,
      timeZone: consultation.timeZone,
      deadline: consultation.deadline,
      reason,
      createdAt: now,
    });
  }
}
