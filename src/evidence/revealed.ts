import { Between, In, IsNull, Like, Not } from 'typeorm';
import { BidDraft, BidFile } from '../bids/draft.js';
import { Consultation } from '../consultations/consultation.js';
import { Membership, Organisation } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { GENESIS, JournalChain, JournalEntry, JournalPerson, PLATFORM_CHAIN } from '../platform/journal-entry.js';
import type { Revealed, UploadFailure } from './facts.js';
import { HttpFailure, MinuteRecord } from './minute-record.js';

const LISTED = 100;

/** Read after the opening only: each of these figures moves when somebody bids. */
export async function revealedFacts(act: Act, consultation: Consultation, period: { from: Date; to: Date }, at: Date): Promise<Revealed> {
  const hidden = await hiddenFrom(act, consultation.id);
  const seen = { from: period.from, to: hidden && hidden < period.to ? hidden : period.to };
  const chain = await act.db.findOneBy(JournalChain, { id: consultation.id });
  const platform = await act.db.findOneBy(JournalChain, { id: PLATFORM_CHAIN });
  return {
    uploads: await uploadsOf(act, consultation.id, at),
    http: { own: await failuresOf(act, consultation.id, period), others: await failuresOf(act, null, seen) },
    machine: await machineOf(act, seen),
    hiddenFrom: hidden && hidden < period.to ? hidden.toISOString() : null,
    journal: { head: chain?.head ?? GENESIS, lines: chain?.length ?? 0, platformHead: platform?.head ?? GENESIS },
  };
}

/** The machine is shared: from the launch of another call whose bids are still sealed, its figures would speak of them. */
export async function hiddenFrom(act: Act, consultationId: string): Promise<Date | null> {
  const [other] = await act.db.find(Consultation, { where: { id: Not(consultationId), launchedAt: Not(IsNull()), openedAt: IsNull() }, order: { launchedAt: 'ASC' }, take: 1 });
  return other?.launchedAt ?? null;
}

/** Lines of the platform's chain about the uploads of one call, in order. */
export async function uploadLines(act: Act, consultationId: string): Promise<{ lines: JournalEntry[]; drafts: BidDraft[] }> {
  const drafts = await act.db.findBy(BidDraft, { consultationId });
  const about = { chain: PLATFORM_CHAIN, act: Like('upload.%') };
  const lines = await act.db.find(JournalEntry, {
    where: [
      { ...about, subject: In([...drafts.map((one) => one.id), '-']) },
      // Refused before there was any draft.
      { ...about, subject: IsNull(), details: Like(`%"consultation":"${consultationId}"%`) as never },
    ],
    order: { seq: 'ASC' },
  });
  return { lines, drafts };
}

async function uploadsOf(act: Act, consultationId: string, at: Date): Promise<Revealed['uploads']> {
  const { lines, drafts } = await uploadLines(act, consultationId);
  const before = lines.filter((line) => line.instant <= at);
  const done = (...names: string[]) => before.filter((line) => line.outcome === 'done' && names.includes(line.act)).length;
  const failed = before.filter(isFailure);
  return {
    started: done('upload.start', 'upload.begin'),
    finished: done('upload.finish', 'upload.whole'),
    unfinished: await act.db.countBy(BidFile, { draftId: In([...drafts.map((one) => one.id), '-']), state: 'sending' }),
    failed: failed.length,
    failures: await named(act, failed.slice(0, LISTED), drafts),
  };
}

/** Why an upload failed: one of our codes, or the system's. */
export const codeOf = ({ details: { code } }: JournalEntry) => (typeof code === 'string' ? code : 'unexpected');

export const isFailure = (line: JournalEntry) => line.act === 'upload.failed' || line.outcome === 'refused';

async function named(act: Act, failed: readonly JournalEntry[], drafts: readonly BidDraft[]): Promise<UploadFailure[]> {
  const owner = new Map(drafts.map((one) => [one.id, one.organisationId]));
  const actors = await organisationsOf(act, failed.filter((line) => line.subject === null).map((line) => line.actor));
  const idOf = (line: JournalEntry) => (line.subject === null ? actors.get(line.actor) : owner.get(line.subject)) ?? '-';
  const organisations = await act.db.findBy(Organisation, { id: In([...failed.map(idOf), '-']) });
  return failed.map((line) => ({
    at: line.instant.toISOString(),
    draft: line.subject ?? '',
    organisation: organisations.find((one) => one.id === idOf(line))?.name ?? '',
    code: codeOf(line),
  }));
}

/** Of persons who bid for one organisation; who bids for several is not told apart without a draft. */
async function organisationsOf(act: Act, actors: readonly string[]): Promise<Map<string, string>> {
  const rows = await act.db
    .createQueryBuilder(JournalPerson, 'j')
    .innerJoin(Membership, 'm', 'm."personId" = j."personId" and m.role = :role', { role: 'bidder' })
    .select(['j.hash AS "hash"', 'min(m."organisationId") AS "organisationId"'])
    .where('j.hash in (:...actors)', { actors: [...actors, '-'] })
    .groupBy('j.hash')
    .having('count(*) = 1')
    .getRawMany<{ hash: string; organisationId: string }>();
  return new Map(rows.map((row) => [row.hash, row.organisationId]));
}

async function failuresOf(act: Act, consultationId: string | null, period: { from: Date; to: Date }) {
  const rows = await act.db.find(HttpFailure, { where: { consultationId: consultationId ?? IsNull(), minute: Between(minuteOf(period.from), period.to) }, order: { minute: 'ASC' } });
  return rows.map(({ minute, kind, times }) => ({ minute: minute.toISOString(), kind, times }));
}

const minuteOf = (at: Date) => new Date(Math.floor(at.getTime() / 60_000) * 60_000);

async function machineOf(act: Act, seen: { from: Date; to: Date }): Promise<Revealed['machine']> {
  const row = await act.db
    .createQueryBuilder(MinuteRecord, 'm')
    .select([
      'count(*) AS "n"',
      'min(m."freeBytes") AS "free"',
      'max(m.queued) AS "queued"',
      'max(m."selfTestMs") AS "slowest"',
      'max(abs(coalesce(m."databaseOffsetMs", 0))) AS "offset"',
      'max(abs(m."driftMs")) AS "drift"',
    ])
    .where({ legalAt: Between(seen.from, seen.to) })
    .getRawOne<Record<'n' | 'queued' | 'slowest' | 'offset' | 'drift', string | number | null> & { free: string | number | null }>();
  if (!row || Number(row.n) === 0) return null;
  return {
    until: seen.to.toISOString(),
    leastFreeBytes: row.free === null ? null : Number(row.free),
    mostQueued: Number(row.queued),
    slowestSelfTestMs: Number(row.slowest),
    greatestOffsetMs: Number(row.offset),
    greatestDriftMs: Number(row.drift),
  };
}
