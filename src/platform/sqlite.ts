import Database from 'better-sqlite3';
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
      await gate.acquire();
      this.writing = true;
      try {
        await super.startTransaction(isolation);
      } catch (error) {
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
        await super.rollbackTransaction();
      } finally {
        if (this.transactionDepth === 0) this.leaveGate();
      }
    }

    private leaveGate() {
      if (!this.writing) return;
      this.writing = false;
      gate.release();
    }

    override async query(sql: string, parameters?: unknown[], structured?: boolean) {
      const text = sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql;
      if (this.writing) {
        await this.connect();
        return super.query(text, parameters as never, structured);
      }
      const statement = await this.statement(text);
      if (statement.readonly) return super.query(text, parameters as never, structured);
      await gate.acquire(); // a lone write
      try {
        return await super.query(text, parameters as never, structured);
      } finally {
        gate.release();
      }
    }

    override async release() {
      if (this.isReleased) return;
      if (this.isTransactionActive) await this.rollbackTransaction();
      this.leaveGate();
      this.isReleased = true;
      if (this.seat) {
        idle.push(this.seat);
        this.seat = undefined;
        seats.release();
      }
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
 * Two processes on one file would wait for each other for seconds: the second one refuses to start.
 * The lock is SQLite's own on a file beside, so that a killed process leaves nothing to clean.
 */
export function lockForThisProcess(file: string): () => void {
  const lock = new Database(`${file}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new Error(
      `Souspli tourne déjà sur cette base (${file}). Arrêtez l’autre processus, ou utilisez PostgreSQL pour en lancer plusieurs.`,
    );
  }
  return () => lock.close();
}
