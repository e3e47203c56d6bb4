import Database from 'better-sqlite3';
import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';

/**
 * One SQLite connection per query runner, and one fair gate for writers.
 *
 * TypeORM hands out a single shared connection (its issue 1884): one request's ROLLBACK erased what others had
 * been told was committed. With a connection each, WAL readers never wait and never see an unfinished act;
 * BEGIN IMMEDIATE behind a queue makes writers wait their turn instead of failing. Same meaning as a PostgreSQL
 * pool, so one test suite fits both. The regression test is test/platform/sqlite.spec.ts.
 */
const MAX_CONNECTIONS = 8;
/** How long a writer waits for another program that holds the file (a backup, a console), and how often it looks again. */
const BUSY_LIMIT_MS = 5_000;
const BUSY_EVERY_MS = 40;

interface Connection {
  db: Database.Database;
  statements: Map<string, Database.Statement>;
}

/** First come, first served. */
class Queue {
  private readonly waiting: (() => void)[] = [];
  constructor(private free: number) {}

  async acquire() {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  release() {
    const nextInLine = this.waiting.shift();
    if (nextInLine) nextInLine();
    else this.free += 1;
  }
}

interface RawDriver {
  createDatabaseConnection(): Promise<Database.Database>;
  createQueryRunner(mode: string): QueryRunner;
  disconnect(): Promise<void>;
}

/** Call between `new DataSource` and `initialize()`. */
export function oneConnectionPerRunner(source: DataSource): void {
  const driver = source.driver as unknown as RawDriver;
  const idle: Connection[] = [];
  const all = new Set<Connection>();
  const seats = new Queue(MAX_CONNECTIONS);
  const gate = new Queue(1);

  class Runner extends BetterSqlite3QueryRunner {
    private seat: Connection | undefined;
    private connecting: Promise<Connection> | undefined;
    private writing = false;
    private since = 0;

    override async connect() {
      this.connecting ??= this.takeSeat();
      this.seat = await this.connecting;
      (this as unknown as { stmtCache: unknown }).stmtCache = this.seat.statements;
      return this.seat.db;
    }

    private async takeSeat(): Promise<Connection> {
      await seats.acquire();
      const kept = idle.pop();
      if (kept) return kept;
      try {
        const opened = { db: await driver.createDatabaseConnection(), statements: new Map() };
        // In WAL mode the default may be NORMAL: a power cut would lose acknowledged commits.
        opened.db.pragma('synchronous = FULL');
        all.add(opened);
        return opened;
      } catch (error) {
        seats.release();
        throw error;
      }
    }

    // The statement cache belongs to the connection: seat first, then look into it.
    protected async statement(sql: string): Promise<Database.Statement> {
      await this.connect();
      return (this as unknown as { getStmt(query: string): Promise<Database.Statement> }).getStmt(sql);
    }

    override async startTransaction(isolation?: Parameters<QueryRunner['startTransaction']>[0]) {
      if (this.transactionDepth > 0) return super.startTransaction(isolation);
      this.since = performance.now();
      await gate.acquire();
      this.writing = true;
      try {
        await super.startTransaction(isolation);
      } catch (error) {
        this.isTransactionActive = false; // TypeORM leaves it true: the rollback that follows would fail, and the seat would be lost
        this.leaveGate();
        throw error;
      }
    }

    override async commitTransaction() {
      try {
        await super.commitTransaction();
      } finally {
        if (this.transactionDepth === 0) this.leaveGate();
      }
    }

    override async rollbackTransaction() {
      try {
        // After a full disk or an I/O error SQLite has undone it by itself: a second ROLLBACK fails, and would keep the gate shut.
        if (this.isTransactionActive && this.seat?.db.inTransaction === false) this.forgetTransaction();
        else await super.rollbackTransaction();
      } finally {
        if (this.transactionDepth === 0) this.leaveGate();
      }
    }

    private forgetTransaction() {
      this.transactionDepth = 0;
      this.isTransactionActive = false;
    }

    private leaveGate() {
      if (!this.writing) return;
      this.writing = false;
      gate.release();
    }

    override async query(sql: string, parameters?: unknown[], structured?: boolean) {
      const text = sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql;
      const run = () => super.query(text, parameters as never, structured);
      if (this.writing) {
        await this.connect();
        return text === 'BEGIN IMMEDIATE' ? whenFree(run, this.since) : run();
      }
      const statement = await this.statement(text);
      if (statement.readonly) return run();
      const since = performance.now();
      await gate.acquire(); // a lone write
      try {
        return await whenFree(run, since);
      } finally {
        gate.release();
      }
    }

    override async release() {
      if (this.isReleased) return;
      try {
        if (this.isTransactionActive) await this.rollbackTransaction();
      } finally {
        this.leaveGate();
        this.isReleased = true;
        this.leaveSeat();
      }
    }

    private leaveSeat() {
      const { seat } = this;
      if (!seat) return;
      this.seat = undefined;
      // A connection still inside a transaction would give it to the next one: closed, which undoes it.
      if (seat.db.inTransaction) {
        all.delete(seat);
        seat.db.close();
      } else idle.push(seat);
      seats.release();
    }
  }

  driver.createQueryRunner = () => new Runner(driver as never);
  const disconnect = driver.disconnect.bind(driver);
  driver.disconnect = async () => {
    for (const connection of all) connection.db.close();
    all.clear();
    idle.length = 0;
    await disconnect();
  };
}

/**
 * Only another program can hold the file, since our own writers queue at the gate. SQLite's own waiting would stop the
 * whole server meanwhile, its readers too: we look again from time to time instead.
 * @param since when the writer joined the queue, on the machine's monotonic clock: all those who wait give up together
 * @throws SQLITE_BUSY after five seconds
 */
async function whenFree<T>(run: () => Promise<T>, since: number): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      const busy = (error as { driverError?: { code?: string } } | null)?.driverError?.code?.startsWith('SQLITE_BUSY');
      if (!busy || performance.now() - since > BUSY_LIMIT_MS) throw error;
    }
    await wait(BUSY_EVERY_MS);
  }
}
