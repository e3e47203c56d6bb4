// The real services on a real database, that can die and start again on what the disk kept.
import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { BidsModule } from '../../src/bids/bids.module.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { BidDraftsService } from '../../src/bids/drafts.service.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { OpenedBidsService } from '../../src/bids/opened-bids.service.js';
import { OpeningService } from '../../src/bids/opening.service.js';
import { OwnDepositService } from '../../src/bids/own-deposit.service.js';
import { ReceiptsService } from '../../src/bids/receipts.service.js';
import { Config } from '../../src/config.js';
import { ChangesService } from '../../src/consultations/changes.service.js';
import { ConsultationsModule } from '../../src/consultations/consultations.module.js';
import { WatchService } from '../../src/consultations/watch.service.js';
import { DoorsModule } from '../../src/doors.module.js';
import { Acts } from '../../src/platform/acts.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { Files } from '../../src/platform/files.js';
import { Jobs } from '../../src/platform/jobs.js';
import { Log } from '../../src/platform/log.js';
import { Mailer } from '../../src/platform/mailer.js';
import { Printer, type Sheet } from '../../src/press/printer.js';
import { Custodian } from '../../src/sealing/custodian.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { Points, TappedDisk, tapDatabase } from '../support/points.js';
import { MemoryDisk } from './memory-disk.js';

export type Kind = 'sqlite' | 'postgres';

class TextPrinter extends Printer {
  print(sheet: Sheet) {
    return Promise.resolve(Buffer.from(`%PDF ${sheet.title}\n${sheet.body}`));
  }
  async warm() {}
  async close() {}
}

class MoodyMailer extends Mailer {
  down = false;
  async send() {
    if (this.down) throw Object.assign(new Error('The mail server is down'), { code: 'ECONNREFUSED' });
  }
}

/** A database with its tables and its people, copied for each run. */
export class Template {
  private count = 0;
  private constructor(
    readonly kind: Kind,
    readonly folder: string,
    private readonly base: string,
  ) {}

  /** @param base address of a PostgreSQL server’s maintenance database; unused on SQLite */
  static async make(kind: Kind, base: string, seed: (stage: Stage) => Promise<void>): Promise<Template> {
    const template = new Template(kind, mkdtempSync(join(tmpdir(), 'souspli-stage-')), base);
    if (kind === 'postgres') await template.sql(`create database ${template.name(0)}`);
    const stage = await Stage.start(template, template.address(template.folder, 0), template.folder, MemoryDisk.empty(template.folder), new FrozenClock(new Date(0)));
    await seed(stage);
    await stage.close();
    return template;
  }

  /** A world of its own. */
  async raise(start: Date): Promise<Stage> {
    this.count += 1;
    const folder = mkdtempSync(join(tmpdir(), 'souspli-run-'));
    mkdirSync(join(folder, 'keys'));
    copyFileSync(join(this.folder, 'keys', 'keyring.json'), join(folder, 'keys', 'keyring.json'));
    if (this.kind === 'sqlite') copyDatabase(this.folder, folder);
    else await this.sql(`create database ${this.name(this.count)} template ${this.name(0)}`);
    return Stage.start(this, this.address(folder, this.count), folder, MemoryDisk.empty(folder), new FrozenClock(start));
  }

  async sql(text: string) {
    const client = new Client({ connectionString: this.base });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  }

  async remove() {
    rmSync(this.folder, { recursive: true, force: true });
    if (this.kind === 'postgres') await this.sql(`drop database ${this.name(0)} with (force)`);
  }

  private name(n: number) {
    return `stage_${process.pid}_${this.folder.slice(-6).toLowerCase()}_${n}`;
  }

  private address(folder: string, n: number) {
    if (this.kind === 'sqlite') return `sqlite:${join(folder, 'stage.sqlite')}`;
    const url = new URL(this.base);
    url.pathname = `/${this.name(n)}`;
    return url.href;
  }
}

function copyDatabase(from: string, to: string) {
  for (const name of ['stage.sqlite', 'stage.sqlite-wal']) if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
}

/** The module of a simulation: it only names what it imports. */
class Play {
  readonly name = 'play';
}

export class Stage {
  readonly points = new Points();
  readonly mailer = new MoodyMailer();
  private app!: INestApplicationContext;
  /** What a disaster left: where the next process starts from. */
  private left: { folder: string; disk: MemoryDisk } | undefined;

  private constructor(
    private readonly template: Template,
    private readonly url: string,
    readonly folder: string,
    private readonly disk: MemoryDisk,
    readonly clock: FrozenClock,
  ) {}

  static async start(template: Template, url: string, folder: string, disk: MemoryDisk, clock: FrozenClock): Promise<Stage> {
    const stage = new Stage(template, url, folder, disk, clock);
    const config = Config.of({ mode: 'test', databaseUrl: url, dataDir: folder });
    const { points, mailer } = stage;
    const doors = DoorsModule.with(config, { clock, mailer, printer: new TextPrinter(), log: new Log(() => {}), disk: new TappedDisk(disk, points) });
    stage.app = await NestFactory.createApplicationContext({ module: Play, imports: [doors, ConsultationsModule, BidsModule] }, { logger: false, abortOnError: false });
    tapDatabase(stage.source, points);
    return stage;
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.get(type as never);
  }

  get source() { return this.get(DataSource); }
  get acts() { return this.get(Acts); }
  get jobs() { return this.get(Jobs); }
  get files() { return this.get(Files); }
  get keyring() { return this.app.get(Keyring); }
  get custodian() { return this.get(Custodian); }
  get drafts() { return this.get(BidDraftsService); }
  get uploads() { return this.get(BidUploadsService); }
  get deposits() { return this.get(DepositsService); }
  get receipts() { return this.get(ReceiptsService); }
  get own() { return this.get(OwnDepositService); }
  get opening() { return this.get(OpeningService); }
  get opened() { return this.get(OpenedBidsService); }
  get changes() { return this.get(ChangesService); }
  get watch() { return this.get(WatchService); }

  /** Dies at this very instant: what follows in this process reaches neither the disk nor the database. */
  die(how: 'kill' | 'power') {
    this.points.kill();
    const folder = mkdtempSync(join(tmpdir(), 'souspli-run-'));
    mkdirSync(join(folder, 'keys'));
    copyFileSync(join(this.folder, 'keys', 'keyring.json'), join(folder, 'keys', 'keyring.json'));
    // SQLite is synchronous: its files hold, at this instant, what another process would find.
    if (this.template.kind === 'sqlite') copyDatabase(this.folder, folder);
    const disk = how === 'kill' ? this.disk.afterKill() : this.disk.afterPowerCut();
    this.left = { folder, disk: disk.moved(this.folder, folder) };
  }

  get died() {
    return this.left !== undefined;
  }

  /** The next process, on what the dead one left. */
  async again(): Promise<Stage> {
    if (!this.left) this.die('power');
    const { folder, disk } = this.left as { folder: string; disk: MemoryDisk };
    if (this.template.kind === 'postgres') await this.template.sql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(this.url).pathname.slice(1)}'`);
    await this.app.close().catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true });
    const url = this.template.kind === 'sqlite' ? `sqlite:${join(folder, 'stage.sqlite')}` : this.url;
    return Stage.start(this.template, url, folder, disk, this.clock);
  }

  /** Everything that is kept, as somebody who steals the disk and the database reads it. */
  async stolen(): Promise<string> {
    const tables = this.source.entityMetadatas.map((one) => one.tableName);
    const rows: string[] = [];
    for (const table of tables) rows.push(JSON.stringify(await this.source.query(`select * from "${table}"`)));
    return `${rows.join('\n')}\n${this.disk.everything().toString('latin1')}`;
  }

  async close() {
    await this.app.close();
    // The template itself is kept: it is what the others are copied from.
    if (this.folder === this.template.folder) return;
    rmSync(this.folder, { recursive: true, force: true });
    if (this.template.kind === 'postgres') await this.template.sql(`drop database ${new URL(this.url).pathname.slice(1)} with (force)`);
  }
}
