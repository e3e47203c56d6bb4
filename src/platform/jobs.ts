import { IsNull, LessThanOrEqual, type DataSource } from 'typeorm';
import { machineNow } from './clock.js';
import { Job } from './job.js';
import type { Log } from './log.js';

export type JobHandler = (payload: Record<string, never>) => Promise<void>;

const LEASE_MS = 60_000;
const POLL_MS = 1_000;
/** 2 s, 4 s, … then every 10 minutes: a mail server may be down for a day. */
const backoffMs = (attempts: number) => Math.min(2_000 * 2 ** Math.min(attempts, 9), 600_000);

/** A handler finds that what it needs is not there yet: it is tried again soon, and nothing has failed. */
export class NotYet extends Error {}
const NOT_YET_MS = 250;

/** Runs the jobs that acts left behind. Handlers are safe to run twice: a lease may end during a long work. */
export class Jobs {
  private readonly handlers = new Map<string, JobHandler>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<number> | undefined;
  private stopped = false;

  constructor(
    private readonly source: DataSource,
    private readonly log: Log,
  ) {}

  handle(kind: string, handler: JobHandler) {
    this.handlers.set(kind, handler);
  }

  start() {
    const turn = async () => {
      await this.runDue().catch((error: unknown) => this.log.error('jobs', error));
      if (!this.stopped) this.timer = setTimeout(() => void turn(), POLL_MS).unref();
    };
    void turn();
  }

  async stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running?.catch(() => undefined);
  }

  /** Runs everything that is due now, one after the other; returns how many succeeded. */
  runDue(): Promise<number> {
    this.running ??= this.drain().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Until nothing is left; throws the first failure. For the story played with --once, and for tests. */
  async finishAll(): Promise<void> {
    do {
      while ((await this.runDue()) > 0);
    } while (await this.soon());
    const stuck = await this.source.manager.findOneBy(Job, { state: 'queued' });
    if (stuck?.error) throw new Error(`Job ${stuck.kind}: ${stuck.error}`);
  }

  /** Waits for a job that found something not there yet. */
  private async soon(): Promise<boolean> {
    const next = await this.source.manager.findOneBy(Job, { state: 'queued', error: IsNull(), runAt: LessThanOrEqual(new Date(machineNow().getTime() + 2 * NOT_YET_MS)) });
    if (next) await new Promise((resolve) => setTimeout(resolve, NOT_YET_MS));
    return next !== null;
  }

  private async drain(): Promise<number> {
    let done = 0;
    for (;;) {
      const job = await this.lease();
      if (!job) return done;
      if (await this.run(job)) done += 1;
    }
  }

  private lease(): Promise<Job | null> {
    const now = machineNow();
    return this.source.transaction(async (db) => {
      const query = db
        .createQueryBuilder(Job, 'job')
        .where({ state: 'queued', runAt: LessThanOrEqual(now) })
        .andWhere('(job.leasedUntil is null or job.leasedUntil < :now)', { now: now.toISOString() })
        .orderBy('job.runAt')
        .limit(1);
      if (db.dataSource.options.type === 'postgres') query.setLock('pessimistic_write').setOnLocked('skip_locked');
      const job = await query.getOne();
      if (job) await db.update(Job, { id: job.id }, { leasedUntil: new Date(now.getTime() + LEASE_MS) });
      return job;
    });
  }

  private async run(job: Job): Promise<boolean> {
    const handler = this.handlers.get(job.kind);
    try {
      if (!handler) throw new Error(`No handler for ${job.kind}`);
      await handler(job.payload as Record<string, never>);
      await this.source.manager.update(Job, { id: job.id }, { state: 'done', leasedUntil: null, error: null });
      return true;
    } catch (error) {
      if (error instanceof NotYet) {
        await this.source.manager.update(Job, { id: job.id }, { leasedUntil: null, runAt: new Date(machineNow().getTime() + NOT_YET_MS) });
        return false;
      }
      const attempts = job.attempts + 1;
      this.log.error(`job ${job.kind}`, error);
      await this.source.manager.update(
        Job,
        { id: job.id },
        {
          attempts,
          leasedUntil: null,
          error: error instanceof Error ? error.message : String(error),
          runAt: new Date(machineNow().getTime() + backoffMs(attempts)),
        },
      );
      return false;
    }
  }
}
