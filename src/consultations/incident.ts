import { Entity, Index } from 'typeorm';
import { Id, Instant, Ref, Text } from '../platform/columns.js';
import type { Consultation, DeadlineVersion } from './consultation.js';
import { minutesDown } from './outage.js';

export const INCIDENT_KINDS = {
  silence: 'la plateforme n’a pas donné signe de vie',
  'self-test': 'le dépôt d’essai a échoué',
} as const;
export type IncidentKind = keyof typeof INCIDENT_KINDS;

/** Incident : a time in which the platform could not receive, during one call. Rows are added, never changed. */
@Entity('incident')
@Index('incident_of', ['consultationId', 'from'])
export class Incident {
  /** `<consultation id>.<kind>.<epoch of its start>`: the same one is noticed once. */
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Text() kind!: IncidentKind;
  @Instant() from!: Date;
  @Instant() to!: Date;
  @Instant() noticedAt!: Date;

  static of(consultationId: string, kind: IncidentKind, from: Date, to: Date, noticedAt: Date) {
    return Object.assign(new Incident(), { id: `${consultationId}.${kind}.${from.getTime()}`, consultationId, kind, from, to, noticedAt });
  }
}

/** Ten minutes lost in the last eight hours: an extension is offered (sealing.md 7). */
const OFFERED_FROM_MINUTES = 10;
export const LOOKED_BACK_HOURS = 8;

export interface Offer {
  minutes: number;
  from: Date;
  to: Date;
  incidents: Incident[];
}

/**
 * What was lost since the deadline in force was set; null when it is too little, or when the deadline has passed: it then
 * moves by the announced rule alone, or not at all (R2151-4).
 * @param version the deadline in force: an extension already given back what was lost before it
 */
export function offerOf(consultation: Pick<Consultation, 'status' | 'isInTime'>, version: Pick<DeadlineVersion, 'createdAt'>, incidents: readonly Incident[], now: Date): Offer | null {
  if (consultation.status !== 'launched' || !consultation.isInTime(now)) return null;
  const counted = mergedAfter(incidents, version.createdAt);
  const minutes = minutesDown(counted, now, LOOKED_BACK_HOURS);
  const start = now.getTime() - LOOKED_BACK_HOURS * 3_600_000;
  const near = counted.filter((one) => one.to.getTime() > start);
  const [first] = near;
  const last = near.at(-1);
  if (minutes < OFFERED_FROM_MINUTES || !first || !last) return null;
  return { minutes, from: first.from, to: last.to, incidents: incidents.filter((one) => one.to > first.from && one.to > version.createdAt) };
}

/** Two incidents at once are one lost time, counted once. */
function mergedAfter(incidents: readonly Incident[], since: Date): { from: Date; to: Date }[] {
  const merged: { from: Date; to: Date }[] = [];
  for (const one of incidents.filter(({ to }) => to > since).toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const from = one.from > since ? one.from : since;
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = one.to > last.to ? one.to : last.to;
    else merged.push({ from, to: one.to });
  }
  return merged;
}
