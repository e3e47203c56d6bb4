import { AsyncLocalStorage } from 'node:async_hooks';
import type { DataSource, EntityManager, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import type { Actor } from './actor.js';
import { type Clock, machineNow } from './clock.js';
import { DomainError, Forbidden, NotFound, Refused } from './errors.js';
import { Journal } from './journal.js';
import { type Outcome, PLATFORM_CHAIN } from './journal-entry.js';
import { Job, type JobRequest } from './job.js';
import { ActTooLong } from './passing.js';
import type { Random } from './random.js';

/** No act may hold the write gate longer: nothing slow belongs inside one (decisions.md 12, 20). */
const ACT_LIMIT_MS = 5_000;
/** One refused look of a person on an act is journaled per minute: a scanner must not fill the disk. */
const REFUSED_LOOK_EVERY_MS = 60_000;

const current = new AsyncLocalStorage<Act>();

/** What a use-case gets: the right to ask, one instant, one transaction, one journal line. */
export class Act {
  chain = PLATFORM_CHAIN;
  subject: string | null = null;
  private instant: Date | undefined;
  private asked = false;
  /** Undone while its work still runs: whatever it asks next is refused, or it would be written outside any transaction. */
  over = false;
  private readonly details: Record<string, unknown> = {};

  constructor(
    readonly name: string,
    readonly actor: Actor,
    readonly db: EntityManager,
    private readonly clock: Clock,
    readonly random: Random,
    arrivedAt?: Date,
  ) {
    this.instant = arrivedAt;
  }

  /** Read once: under the lock when `load` came first. Deposits and withdrawals bring their arrival (decisions.md 1, 4). */
  get now(): Date {
    this.instant ??= this.clock.now();
    return this.instant;
  }

  /** The clock at this very moment: after the wait behind the lock, which `now` of a deposit came before. */
  get clockNow(): Date {
    return this.clock.now();
  }

  /** The record the act is about, locked until the commit (SQLite's write gate does it by itself). */
  async load<T extends ObjectLiteral & { id: string }>(type: EntityTarget<T>, id: string): Promise<T> {
    const locked = this.db.dataSource.options.type === 'postgres' ? { lock: { mode: 'pessimistic_write' as const } } : {};
    const found = await this.db.findOne(type, { where: { id } as never, ...locked });
    if (!found) throw new NotFound();
    this.subject ??= id;
    return found;
  }

  /** Inserts new records; never an update by surprise, as `save` would be. */
  async add(...records: ObjectLiteral[]) {
    for (const record of records) await this.db.insert(record.constructor, record);
  }

  /** What one may not see is 404, in looks and acts alike. */
  see(mayView: boolean) {
    this.asked = true;
    if (!mayView) throw new NotFound();
  }

  require(may: boolean, sentence?: string) {
    this.asked = true;
    if (!may) throw new Forbidden(sentence);
  }

  /** The line goes to the chain of this consultation. */
  on(chain: string, subject?: string) {
    this.chain = chain;
    if (subject) this.subject = subject;
  }

  /** Facts of the journal line. No name of a person, nothing of a bid's content. */
  record(details: Record<string, unknown>) {
    Object.assign(this.details, details);
  }

  /** Work to do after the commit, kept in the same transaction. */
  async later(request: JobRequest) {
    await this.add(Job.from(this.random.id(), request, machineNow()));
  }

  mustHaveAsked() {
    if (!this.asked) throw new Error(`The act ${this.name} asked no permission`);
  }

  line(outcome: Outcome, extra: Record<string, unknown> = {}) {
    return { act: this.name, actorId: this.actor.id, subject: this.subject, outcome, details: { ...this.details, ...extra } };
  }
}

export interface ActOptions {
  /** Arrival of the request, only for deposits and withdrawals. */
  at?: Date;
  /** For an import of thousands of lines, all or nothing. */
  limitMs?: number;
}

/** The one place for permission, time, transaction and journal. Nothing else in the application writes. */
export class Acts {
  private readonly journal: Journal;
  private readonly refusedLooks = new Map<string, number>();

  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    this.journal = new Journal(random);
    refuseWritesOutside(source);
  }

  async perform<T>(actor: Actor, name: string, work: (act: Act) => Promise<T>, options: ActOptions = {}): Promise<T> {
    if (current.getStore()) throw new Error(`The act ${name} was called inside another act`);
    let act: Act | undefined;
    try {
      return await this.source.transaction(async (db) => {
        const mine = new Act(name, actor, db, this.clock, this.random, options.at);
        act = mine;
        const result = await current.run(mine, () => withinLimit(mine, work(mine), options.limitMs));
        mine.mustHaveAsked();
        await this.journal.append(db, mine.chain, { ...mine.line('done'), instant: mine.now, recordedAt: this.clock.now() });
        return result;
      });
    } catch (error) {
      const understood = isDoubled(error) ? new Refused('conflict', 'Quelqu’un vient de faire la même chose : rechargez la page pour voir où en est le dossier.') : error;
      if (understood instanceof DomainError && act) await this.refuse(act, understood);
      throw understood;
    }
  }

  /** A reading: same permission rule, no transaction, no journal line but for refusals. */
  async look<T>(actor: Actor, name: string, work: (act: Act) => Promise<T>): Promise<T> {
    const act = new Act(name, actor, this.source.manager, this.clock, this.random);
    try {
      const result = await work(act);
      act.mustHaveAsked();
      return result;
    } catch (error) {
      if ((error instanceof NotFound || error instanceof Forbidden) && this.firstLately(act)) await this.refuse(act, error, 'seen-refused');
      throw error;
    }
  }

  private firstLately(act: Act) {
    const key = `${act.actor.id}/${act.name}`;
    const at = machineNow().getTime();
    if (at - (this.refusedLooks.get(key) ?? 0) < REFUSED_LOOK_EVERY_MS) return false;
    if (this.refusedLooks.size > 10_000) this.refusedLooks.clear();
    this.refusedLooks.set(key, at);
    return true;
  }

  /** Early and forbidden attempts are on record, in the platform's chain: a flood must not share a deposit's lock. */
  private async refuse(act: Act, error: DomainError, outcome: Outcome = 'refused') {
    await this.source.transaction((db) =>
      this.journal.append(db, PLATFORM_CHAIN, {
        ...act.line(outcome, { code: error.code, ...(act.chain === PLATFORM_CHAIN ? {} : { consultation: act.chain }) }),
        instant: act.now,
        recordedAt: this.clock.now(),
      }),
    );
  }
}

/** Two acts at once wrote what may exist once: the database refused the second, whatever each had read. */
function isDoubled(error: unknown): boolean {
  const code = (error as { driverError?: { code?: string } } | null)?.driverError?.code;
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

async function withinLimit<T>(act: Act, work: Promise<T>, limitMs = ACT_LIMIT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      act.over = true;
      reject(new ActTooLong(`The act ${act.name} took more than ${limitMs} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

const WRITES = /^\s*(insert|update|delete|replace|merge|create|alter|drop)\b/i;

/** Inside an act, a write through any other connection would escape its transaction: it throws instead. */
function refuseWritesOutside(source: DataSource) {
  const driver = source.driver as unknown as { createQueryRunner(mode: string): QueryRunner; guarded?: boolean };
  if (driver.guarded) return;
  driver.guarded = true;
  const create = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode: string) => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
    runner.query = ((sql: string, ...rest: unknown[]) => {
      const act = current.getStore();
      if (act?.over) throw new ActTooLong(`The act ${act.name} was undone`);
      if (act && act.db.queryRunner !== runner && WRITES.test(sql)) {
        throw new Error(`A write outside act.db during ${act.name}`);
      }
      return query(sql, ...rest);
    }) as QueryRunner['query'];
    return runner;
  };
}
