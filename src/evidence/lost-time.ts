import type { EntityManager } from 'typeorm';
import { MoreThan, MoreThanOrEqual } from 'typeorm';
import type { IncidentKind } from '../consultations/incident.js';
import { Heartbeat, type Outage, SILENCE_MS } from '../consultations/outage.js';
import { MinuteRecord } from './minute-record.js';

const MINUTE_MS = 60_000;
/** Two failures further apart than this are two incidents: a record between them is missing, and the silence says so. */
const TOGETHER_MS = 2.5 * MINUTE_MS;

export interface LostTime extends Outage {
  kind: IncidentKind;
}

/** Silences of the platform since an instant, on legal clocks. */
export async function silencesSince(db: EntityManager, start: Date): Promise<LostTime[]> {
  const beats = await db.find(Heartbeat, { where: { legalAt: MoreThanOrEqual(start), machineSinceMs: MoreThan(SILENCE_MS) }, order: { machineAt: 'ASC' } });
  return beats.map(silenceBefore);
}

/** A jump of the demonstration's clock is no silence: only machine time that passed without a sign counts. */
export function silenceBefore({ legalAt, machineSinceMs, legalSinceMs }: Heartbeat): LostTime {
  const from = legalAt.getTime() - (legalSinceMs ?? 0);
  return { kind: 'silence', from: new Date(from), to: new Date(from + (machineSinceMs ?? 0)) };
}

/** Times in which no self-test deposit succeeded. */
export async function failuresSince(db: EntityManager, start: Date): Promise<LostTime[]> {
  const failed = await db.find(MinuteRecord, { where: { legalAt: MoreThanOrEqual(start), selfTest: 'failed' }, order: { legalAt: 'ASC' }, select: { id: true, legalAt: true } });
  return runsOf(failed.map((one) => one.legalAt)).map(({ from, to }) => ({ kind: 'self-test', from, to }));
}

/** A failed test speaks of the minute that follows it. @param failures in order */
export function runsOf(failures: readonly Date[]): Outage[] {
  const runs: Outage[] = [];
  for (const at of failures) {
    const to = new Date(at.getTime() + MINUTE_MS);
    const last = runs.at(-1);
    if (last && at.getTime() - (last.to.getTime() - MINUTE_MS) <= TOGETHER_MS) last.to = to;
    else runs.push({ from: at, to });
  }
  return runs;
}
