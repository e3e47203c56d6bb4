import { Between, LessThanOrEqual, MoreThan } from 'typeorm';
import { type Consultation, DeadlineVersion } from '../consultations/consultation.js';
import { Incident } from '../consultations/incident.js';
import { BEAT_MS, Heartbeat, SILENCE_MS } from '../consultations/outage.js';
import type { Act } from '../platform/acts.js';
import { ProblemReport } from '../support/problem-report.js';
import type { Attestation } from './attestation.js';
import type { Facts, Span } from './facts.js';
import { runsOf, silenceBefore } from './lost-time.js';
import { MinuteRecord } from './minute-record.js';
import { revealedFacts } from './revealed.js';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** What is observed of a call: from its launch to its deadline. */
export function periodOf({ launchedAt, deadline, createdAt }: Consultation, now: Date) {
  return { from: launchedAt ?? createdAt, to: now < deadline ? now : deadline, closed: now >= deadline };
}

/** Everything an attestation says, as it was at the instant it was asked for. Nothing that a bid could move, unless its stage allows it. */
export async function gather(act: Act, consultation: Consultation, { id, number, stage, askedAt }: Pick<Attestation, 'id' | 'number' | 'stage' | 'askedAt'>): Promise<Facts> {
  const { reference, title, object, buyerName, timeZone } = consultation;
  const period = periodOf(consultation, askedAt);
  const { silences, jumps, count } = await signsOf(act, period);
  const minutes = await minutesOf(act, period);
  const jumped = jumps.reduce((sum, one) => sum + one.to.getTime() - one.from.getTime(), 0);
  const problems = await act.db.find(ProblemReport, { where: { consultationId: consultation.id, at: Between(period.from, askedAt) }, order: { at: 'ASC' } });
  const incidents = await act.db.find(Incident, { where: { consultationId: consultation.id, noticedAt: LessThanOrEqual(askedAt) }, order: { from: 'ASC' } });
  const versions = await act.db.find(DeadlineVersion, { where: { consultationId: consultation.id }, order: { number: 'ASC' } });
  return {
    attestationId: id,
    number,
    stage,
    drawnUpAt: askedAt.toISOString(),
    consultation: { id: consultation.id, reference, title, object, buyer: buyerName, timeZone },
    deadlines: versions.map((one) => ({ number: one.number, deadline: one.deadline.toISOString(), local: one.localDeadline, reason: one.reason, setAt: one.createdAt.toISOString() })),
    period: { ...written(period), closed: period.closed },
    signs: {
      everySeconds: BEAT_MS / SECOND_MS,
      count,
      silences: silences.map(written),
      silentSeconds: Math.round(silences.reduce((sum, one) => sum + one.to.getTime() - one.from.getTime(), 0) / SECOND_MS),
      demonstrationJumps: jumps.map(written),
    },
    minutes: { expected: Math.max(0, Math.floor((period.to.getTime() - period.from.getTime() - jumped) / MINUTE_MS)), recorded: minutes.done },
    selfTests: { done: minutes.done, failed: minutes.failures.length, failures: failedRuns(minutes.failures) },
    clocks: { ofDatabase: act.db.dataSource.options.type === 'postgres' ? 'own' : 'same', withinOneSecond: minutes.beyond.length === 0, beyond: minutes.beyond.map((one) => one.legalAt.toISOString()) },
    incidents: incidents.map((one) => ({ ...written(one), kind: one.kind, noticedAt: one.noticedAt.toISOString() })),
    problems: problems.map((one) => ({ number: one.number, at: one.at.toISOString() })),
    revealed: stage === 'opened' ? await revealedFacts(act, consultation, period, askedAt) : null,
  };
}

/** Signs of life, and what they lack. One that began before the launch, or ends after the deadline, counts for what is within. */
export async function signsOf(act: Act, period: { from: Date; to: Date }) {
  const within = Between(period.from, period.to);
  const count = await act.db.countBy(Heartbeat, { legalAt: within });
  const late = await act.db.find(Heartbeat, { where: { legalAt: MoreThan(period.from), machineSinceMs: MoreThan(SILENCE_MS) }, order: { legalAt: 'ASC' } });
  const jumped = await act.db.createQueryBuilder(Heartbeat, 'b').where({ legalAt: within }).andWhere('b."legalSinceMs" > b."machineSinceMs" + :limit', { limit: MINUTE_MS }).orderBy('b.legalAt').getMany();
  const clipped = (spans: { from: Date; to: Date }[]) =>
    spans.map((one) => ({ from: one.from < period.from ? period.from : one.from, to: one.to > period.to ? period.to : one.to })).filter((one) => one.from < one.to);
  return { count, silences: clipped(late.map(silenceBefore)), jumps: clipped(jumped.map(jumpBefore)) };
}

/** The demonstration's clock was moved: what it skipped is neither up nor down. */
function jumpBefore({ legalAt, machineSinceMs, legalSinceMs }: Heartbeat) {
  return { from: new Date(legalAt.getTime() - (legalSinceMs ?? 0) + (machineSinceMs ?? 0)), to: legalAt };
}

async function minutesOf(act: Act, period: { from: Date; to: Date }) {
  const within = Between(period.from, period.to);
  const done = await act.db.countBy(MinuteRecord, { legalAt: within });
  const failures = await act.db.find(MinuteRecord, { where: { legalAt: within, selfTest: 'failed' }, order: { legalAt: 'ASC' } });
  const beyond = await act.db
    .createQueryBuilder(MinuteRecord, 'm')
    .where({ legalAt: within })
    .andWhere('(abs(m."driftMs") > :limit or abs(coalesce(m."databaseOffsetMs", 0)) > :limit)', { limit: SECOND_MS })
    .orderBy('m.legalAt')
    .limit(200)
    .getMany();
  return { done, failures, beyond };
}

function failedRuns(failures: readonly MinuteRecord[]) {
  return runsOf(failures.map((one) => one.legalAt)).map((run) => ({
    ...written(run),
    faults: [...new Set(failures.filter((one) => one.legalAt >= run.from && one.legalAt < run.to).map((one) => one.selfTestFault ?? 'failed'))],
  }));
}

const written = ({ from, to }: { from: Date; to: Date }): Span => ({ from: from.toISOString(), to: to.toISOString() });
