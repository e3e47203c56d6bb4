import { Entity, Index } from 'typeorm';
import { DEPARTMENTS } from '../people/departments.js';
import { Id, Instant, Money } from '../platform/columns.js';
import { addDays, type Day, dayOf, isWorkingDay } from '../platform/working-days.js';
import type { Consultation } from './consultation.js';

/** The server was up at this instant. Machine time tells the gaps; legal time tells which deadlines they touched. */
@Entity('heartbeat')
@Index('heartbeat_legal', ['legalAt'])
@Index('heartbeat_machine', ['machineAt'])
export class Heartbeat {
  @Id() id!: string;
  @Instant() machineAt!: Date;
  @Instant() legalAt!: Date;
  /** Milliseconds since the sign before, on each clock: a silence, or a jump of the demonstration's clock, is found without reading every sign. */
  @Money(true) machineSinceMs: number | null = null;
  @Money(true) legalSinceMs: number | null = null;
}

/** Announced at the launch: down `minutes` in the last `hours` before the deadline. */
export interface OutageRule {
  minutes: number;
  hours: number;
}

export interface Outage {
  from: Date;
  to: Date;
}

/** Beats come every 30 s; three missing ones are a silence. */
export const BEAT_MS = 30_000;
export const SILENCE_MS = 3 * BEAT_MS;
const MINUTE_MS = 60_000;

/**
 * Times without a sign of life, on legal clocks. A jump of the demonstration's clock is no outage: only machine time
 * that passed without a beat counts.
 * @param beats in order of machine time
 */
export function outagesOf(beats: readonly { machineAt: Date; legalAt: Date }[]): Outage[] {
  return beats.slice(1).flatMap((beat, index) => {
    const before = beats[index];
    const silence = before ? beat.machineAt.getTime() - before.machineAt.getTime() : 0;
    return before && silence > SILENCE_MS ? [{ from: before.legalAt, to: new Date(before.legalAt.getTime() + silence) }] : [];
  });
}

/** Several processes may beat at once: one that comes a little before the last is no time at all. */
export function sinceLast(last: { machineAt: Date; legalAt: Date } | undefined, machineAt: Date, legalAt: Date) {
  if (!last) return { machineSinceMs: null, legalSinceMs: null };
  const since = (later: Date, earlier: Date) => Math.max(0, later.getTime() - earlier.getTime());
  return { machineSinceMs: since(machineAt, last.machineAt), legalSinceMs: since(legalAt, last.legalAt) };
}

/**
 * Whole minutes of outage in the last hours before the deadline.
 * @param since the launch, or the last move after an outage: what has already moved a deadline does not move it again
 */
export function minutesDown(outages: readonly Outage[], deadline: Date, hours: number, since: Date | null = null): number {
  const start = Math.max(deadline.getTime() - hours * 60 * MINUTE_MS, since?.getTime() ?? 0);
  const total = outages.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to.getTime(), deadline.getTime()) - Math.max(from.getTime(), start)), 0);
  return Math.floor(total / MINUTE_MS);
}

/** The longest « dernières heures » that a rule may have: what is watched, and no more. */
export const MOST_HOURS = 96;

/** Whose holidays count: the buyer's department; for a regional platform, the department it sits in. */
export function departmentOf({ territory, place }: { territory: string; place: string }): string {
  if (!territory.startsWith('R')) return territory;
  const ofRegion = [...DEPARTMENTS.values()].filter((one) => `R${one.regionCode}` === territory);
  return (ofRegion.find((one) => one.town === place) ?? ofRegion[0])?.code ?? territory;
}

/** The announced rule: the next working day of the buyer's territory at 12:00, after the deadline and after now. */
export function movedDeadline(consultation: Pick<Consultation, 'deadline' | 'timeZone'>, departmentCode: string, now: Date): string {
  const last = dayOf(consultation.deadline > now ? consultation.deadline : now, consultation.timeZone);
  let day: Day = addDays(last, 1);
  while (!isWorkingDay(day, departmentCode)) day = addDays(day, 1);
  return `${day}T12:00`;
}
