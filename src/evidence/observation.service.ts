import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Clock, machineNow, monotonicNow } from '../platform/clock.js';
import { Files } from '../platform/files.js';
import { Job } from '../platform/job.js';
import { Log } from '../platform/log.js';
import { Random } from '../platform/random.js';
import { Keyring } from '../sealing/keyring.js';
import { AttestationsService } from './attestations.service.js';
import { HttpFailures } from './http-failures.js';
import { IncidentsService } from './incidents.service.js';
import { HttpFailure, MinuteRecord } from './minute-record.js';
import { selfTest } from './self-test.js';

const MINUTE_MS = 60_000;
const KEPT_MS = 400 * 86_400_000;

/** While a consultation is open, one record a minute of how the platform does: the buyer's proof that it worked (sealing.md 7). */
@Injectable()
export class ObservationService implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private reading: { wall: number; monotonic: number } | undefined;
  readonly failures: HttpFailures;

  constructor(
    private readonly source: DataSource,
    private readonly acts: Acts,
    private readonly incidents: IncidentsService,
    private readonly attestations: AttestationsService,
    private readonly files: Files,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
  ) {
    this.failures = new HttpFailures(() => this.clock.now());
  }

  /** At once: an outage that has just ended is noticed before the first page is read. */
  async start() {
    const turn = async () => {
      await this.observe().catch((error: unknown) => this.log.error('observation', error));
      await this.attestations.askDue().catch((error: unknown) => this.log.error('attestations', error));
      this.timer = setTimeout(() => void turn(), MINUTE_MS).unref();
    };
    await turn();
  }

  onApplicationShutdown() {
    clearTimeout(this.timer);
  }

  /** One record, then the incidents it may reveal. @returns null when no consultation is open: nothing to prove */
  async observe(): Promise<MinuteRecord | null> {
    if (!(await this.anyOpen())) {
      this.failures.take();
      return null;
    }
    const record = await this.measured();
    const failures = this.failures.take();
    try {
      await this.write(record, failures);
    } catch (error) {
      this.failures.giveBack(failures);
      throw error;
    }
    await this.incidents.notice();
    return record;
  }

  private anyOpen(): Promise<boolean> {
    return this.acts.look(Actor.system, 'evidence.open-calls', (act) => {
      act.see(act.actor.isSystem);
      return act.db.existsBy(Consultation, { status: 'launched' });
    });
  }

  /** Before the act, since it is slow (decisions.md 12). */
  private async measured(): Promise<MinuteRecord> {
    const test = await selfTest(this.files, this.keyring);
    return Object.assign(new MinuteRecord(), {
      id: this.random.id(),
      machineAt: machineNow(),
      legalAt: this.clock.now(),
      freeBytes: await this.files.free().catch(() => null),
      queued: await this.source.manager.countBy(Job, { state: 'queued' }),
      databaseOffsetMs: await databaseOffset(this.source).catch(() => null),
      driftMs: this.drift(),
      selfTest: test.outcome,
      selfTestFault: test.fault,
      selfTestMs: test.milliseconds,
    }).seal();
  }

  /** Without any server of time: the clock against a count of milliseconds that nobody can set. */
  private drift(): number {
    const now = { wall: machineNow().getTime(), monotonic: monotonicNow() };
    const before = this.reading ?? now;
    this.reading = now;
    return Math.round(now.wall - before.wall - (now.monotonic - before.monotonic));
  }

  private write(record: MinuteRecord, failures: ReturnType<HttpFailures['take']>) {
    return this.acts.perform(Actor.system, 'platform.minute', async (act) => {
      act.require(act.actor.isSystem);
      await act.add(record, ...failures.map((one) => Object.assign(new HttpFailure(), { id: act.random.id(), ...one })));
      const old = new Date(record.machineAt.getTime() - KEPT_MS);
      await act.db.delete(MinuteRecord, { machineAt: LessThan(old) });
      await act.db.delete(HttpFailure, { minute: LessThan(new Date(record.legalAt.getTime() - KEPT_MS)) });
      // The hash alone: a line of the journal must not say how much a bid has filled the disk.
      act.record({ minute: record.id, sha256: record.hash });
    });
  }
}

/** Milliseconds by which the database's clock is ahead of the machine's, to half the time of the answer. */
async function databaseOffset(source: DataSource): Promise<number> {
  const before = machineNow().getTime();
  const sql = source.options.type === 'postgres' ? 'select extract(epoch from clock_timestamp()) * 1000 as at' : "select (julianday('now') - 2440587.5) * 86400000.0 as at";
  const [row] = await source.query<{ at: string | number }[]>(sql);
  const after = machineNow().getTime();
  return Math.round(Number(row?.at) - (before + after) / 2);
}
