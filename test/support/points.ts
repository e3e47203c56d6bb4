// Every step of the product that may fail, seen from outside through its doors: the disk's verbs and the database's statements.
// A test arms a strike on one of them; the product knows nothing of it.
import type { DataSource, QueryRunner } from 'typeorm';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import { Disk } from '../../src/platform/files.js';

export type When = 'before' | 'after';

export interface Strike {
  /** Counted from the moment it is armed; only steps whose name matches count. */
  nth: number;
  on: RegExp;
  when: When;
  /** Throws, kills, or whatever a disaster does. */
  effect: (step: string) => void | Promise<void>;
}

export class Points {
  /** Names of the steps since the last `arm` or `record`, in order. */
  trace: string[] = [];
  private strike: Strike | undefined;
  private left = 0;
  private dead = false;
  /** The step at whose end the strike falls. */
  private after: string | undefined;
  /** Since the last `arm`. */
  fallen = false;

  record() {
    this.trace = [];
    this.strike = undefined;
  }

  arm(strike: Strike) {
    this.trace = [];
    this.strike = strike;
    this.left = strike.nth;
    this.after = undefined;
    this.fallen = false;
  }

  disarm() {
    this.strike = undefined;
    this.after = undefined;
    this.fallen = false;
  }

  /** Nothing goes through any more: the process has died. */
  kill() {
    this.dead = true;
  }

  async around<T>(step: string, work: () => Promise<T>): Promise<T> {
    await this.enter(step);
    const result = await work();
    await this.leave(step);
    return result;
  }

  enter(step: string): void | Promise<void> {
    this.mustLive();
    this.trace.push(step);
    const { strike } = this;
    if (!strike?.on.test(step) || this.after) return undefined;
    this.left -= 1;
    if (this.left >= 0) return undefined;
    if (strike.when === 'before') return this.fall(strike, step);
    this.after = step;
  }

  leave(step: string): void | Promise<void> {
    this.mustLive();
    if (this.after === step && this.strike) return this.fall(this.strike, step);
  }

  private fall(strike: Strike, step: string) {
    this.strike = undefined;
    this.after = undefined;
    this.fallen = true;
    return strike.effect(step);
  }

  private mustLive() {
    if (this.dead) throw new Error('This process has died');
  }
}

/** What the system says when a step of this kind fails. */
export function failureOf(step: string, database: 'sqlite' | 'postgres' = 'sqlite'): Error {
  const code = step.startsWith('sql.') ? ofDatabase(step, database) : /sync/.test(step) ? 'EIO' : step === 'mail.send' ? 'ECONNREFUSED' : 'ENOSPC';
  return Object.assign(new Error(`${code} at ${step}`), { code });
}

function ofDatabase(step: string, database: 'sqlite' | 'postgres') {
  if (database === 'postgres') return step.startsWith('sql.begin') ? '53300' : '53100'; // too many connections, disk full
  return step.startsWith('sql.begin') ? 'SQLITE_BUSY' : step === 'sql.commit' ? 'SQLITE_IOERR_WRITE' : 'SQLITE_FULL';
}

const STATEMENT = /^\s*(begin|start transaction|commit|insert(?: or \w+)? into "(\w+)"|update "(\w+)"|delete from "(\w+)")/i;

/** The statements that change something, with their table. A rollback never fails: the opposite would prove nothing more. */
function stepOf(sql: string): string | undefined {
  const found = STATEMENT.exec(sql);
  if (!found) return undefined;
  const [, verb = '', inserted, updated, deleted] = found;
  const first = verb.split(/\s/)[0]?.toLowerCase().replace('start', 'begin');
  return `sql.${[first, inserted ?? updated ?? deleted].filter(Boolean).join('.')}`;
}

export function tapDatabase(source: DataSource, points: Points) {
  const driver = source.driver as unknown as { createQueryRunner(mode: string): QueryRunner };
  const create = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
    runner.query = ((sql: string, ...rest: unknown[]) => {
      const step = stepOf(sql);
      return step ? points.around(step, () => query(sql, ...rest)) : query(sql, ...rest);
    }) as QueryRunner['query'];
    return runner;
  };
}

export class TappedDisk extends Disk {
  constructor(
    private readonly disk: Disk,
    private readonly points: Points,
  ) {
    super();
  }

  override makeFolder(path: string) {
    return this.points.around('disk.folder', () => this.disk.makeFolder(path));
  }

  override writer(path: string): Writable {
    const { points } = this;
    void points.enter('disk.open');
    const inner = this.disk.writer(path);
    inner.on('error', () => undefined); // comes back through the callbacks below
    void points.leave('disk.open');
    return new Writable({
      write(chunk: Buffer, _, done) {
        // oxlint-disable promise/no-callback-in-promise -- a stream asks for its callback, a point gives a promise
        points.around('disk.write', () => new Promise<void>((resolve, reject) => inner.write(chunk, (error) => (error ? reject(error) : resolve())))).then(
          () => done(),
          (error: unknown) => done(error as Error),
        );
        // oxlint-enable promise/no-callback-in-promise
      },
      final(done) {
        inner.end(done);
      },
      destroy(error, done) {
        inner.destroy();
        done(error);
      },
    });
  }

  override reader(path: string): Readable {
    return this.disk.reader(path);
  }

  override read(path: string) {
    return this.disk.read(path);
  }

  override synchronise(path: string) {
    return this.points.around(path.endsWith('.part') ? 'disk.sync.file' : 'disk.sync.folder', () => this.disk.synchronise(path));
  }

  override rename(from: string, to: string) {
    return this.points.around('disk.rename', () => this.disk.rename(from, to));
  }

  override remove(path: string) {
    return this.points.around('disk.remove', () => this.disk.remove(path));
  }
}
