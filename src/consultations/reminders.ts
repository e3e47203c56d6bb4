import { Entity, Index } from 'typeorm';
import { Temporal } from 'temporal-polyfill';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import { instantOf } from '../platform/dates.js';

/** « J-3 », « H-4 »: days on the buyer's clocks, hours of real time, before the deadline. */
export type Offset = string;
export const DEFAULT_OFFSETS: readonly Offset[] = ['J-3', 'J-1', 'H-4', 'H-1'];

export interface PlannedReminder {
  offset: Offset;
  at: Date;
}

/** One reminder of one deadline: planned, sent once, or skipped when its time had gone. Append-only but for its state. */
@Entity('reminder')
@Index('reminder_of', ['consultationId'])
@Index('reminder_due', ['state', 'at'])
export class Reminder {
  /** `<consultation>.<deadline version>.<offset>`: never two for one offset of one deadline. */
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Int() deadlineVersion!: number;
  @Text() offset!: Offset;
  @Instant() at!: Date;
  @Text() state: 'planned' | 'sent' | 'skipped' = 'planned';
  @Instant(true) doneAt: Date | null = null;
}

/**
 * When each reminder leaves, in order. « J-n »: n calendar days before, at the same hour of the buyer's clocks; where that
 * hour does not exist (spring), the first instant after the gap; where it exists twice (autumn), the first.
 * « H-n »: n hours of real time. Whatever the day of the week.
 * @param local `YYYY-MM-DDTHH:mm` on the clocks of `timeZone`
 * @throws UnknownLocalTime when the hour does not exist or exists twice
 */
export function planReminders(local: string, timeZone: string, offsets: readonly Offset[] = DEFAULT_OFFSETS): PlannedReminder[] {
  const deadline = Temporal.Instant.fromEpochMilliseconds(instantOf(local, timeZone).getTime());
  const plain = Temporal.PlainDateTime.from(local);
  return offsets
    .map((offset) => {
      const n = Number(offset.slice(2));
      const at = offset.startsWith('J') ? plain.subtract({ days: n }).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).toInstant() : deadline.subtract({ hours: n });
      return { offset, at: new Date(at.epochMilliseconds) };
    })
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** What to do with planned reminders now: the latest one that is due leaves, earlier ones that were missed are skipped. */
export function dueNow<T extends Pick<Reminder, 'at' | 'state'>>(reminders: readonly T[], deadline: Date, now: Date): { send: T | null; skip: T[] } {
  const due = reminders.filter((one) => one.state === 'planned' && one.at <= now).toSorted((a, b) => a.at.getTime() - b.at.getTime());
  // After the deadline nothing is left to remind of.
  if (now >= deadline) return { send: null, skip: due };
  return { send: due.at(-1) ?? null, skip: due.slice(0, -1) };
}
