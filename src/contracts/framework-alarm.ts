import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import type { Day } from '../platform/working-days.js';

/** The alarm of a framework's end, mailed once for a contract at a threshold. A renewal gives another end, so other alarms. */
@Entity('framework_alarm')
@Index('framework_alarm_once', ['contractId', 'endsOn', 'days'], { unique: true })
export class FrameworkAlarm {
  @Id() id!: string;
  @Ref() contractId!: string;
  @Text() endsOn!: Day;
  /** 90, 60 or 30 days before; 0 once it is past. */
  @Int() days!: number;
  @Instant() sentAt!: Date;
}
