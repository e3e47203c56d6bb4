import { type DynamicModule, Global, Module, type OnApplicationShutdown, Inject } from '@nestjs/common';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Config } from './config.js';
import { openDatabase } from './database.js';
import { Acts } from './platform/acts.js';
import { Clock, SystemClock } from './platform/clock.js';
import { type Disk, DiskFiles, Files } from './platform/files.js';
import { Jobs } from './platform/jobs.js';
import { Log } from './platform/log.js';
import { Mailer, MailboxOnly, SmtpMailer } from './platform/mailer.js';
import { Outbox } from './platform/outbox.js';
import { Random, SystemRandom } from './platform/random.js';
import { Templates } from './platform/templates.js';
import { Vault } from './platform/vault.js';
import { ChromiumPrinter } from './press/chromium-printer.js';
import { Printer } from './press/printer.js';
import { Custodian } from './sealing/custodian.js';
import { Keyring } from './sealing/keyring.js';

/** Doors that a test, the demonstration or a command may replace. */
export interface Doors {
  clock?: Clock;
  random?: Random;
  mailer?: Mailer;
  disk?: Disk;
  printer?: Printer;
  log?: Log;
  /** The database is only read, beside the server. */
  reading?: boolean;
}

/** Everything that reaches the outside world, made once. */
@Global()
@Module({})
export class DoorsModule implements OnApplicationShutdown {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(Printer) private readonly printer: Printer,
  ) {}

  static with(config: Config, doors: Doors): DynamicModule {
    const root = process.cwd();
    const outbox = (...[acts, templates, vault, files, mailer, jobs]: [Acts, Templates, Vault, Files, Mailer, Jobs]) =>
      new Outbox(acts, templates, vault, files, mailer, config.mailFrom, jobs);
    const providers = [
      { provide: Config, useValue: config },
      { provide: Clock, useValue: doors.clock ?? new SystemClock() },
      { provide: Random, useValue: doors.random ?? new SystemRandom() },
      { provide: Log, useValue: doors.log ?? new Log() },
      { provide: Printer, useValue: doors.printer ?? new ChromiumPrinter({ executablePath: config.browserPath }) },
      { provide: Mailer, useValue: doors.mailer ?? (config.mode === 'production' ? new SmtpMailer(config.smtpUrl) : new MailboxOnly()) },
      { provide: Templates, useFactory: () => new Templates(join(root, 'templates')) },
      { provide: DataSource, useFactory: () => openDatabase(config.databaseUrl, { reading: doors.reading }) },
      { provide: Keyring, useFactory: () => Keyring.open(config.keyFile, { create: config.mode !== 'production', rescueRecipient: config.rescueRecipient }) },
      { provide: Vault, useFactory: (keyring: Keyring) => keyring.vault, inject: [Keyring] },
      { provide: Custodian, useFactory: (keyring: Keyring) => new Custodian(keyring), inject: [Keyring] },
      { provide: Acts, useFactory: (source: DataSource, clock: Clock, random: Random) => new Acts(source, clock, random), inject: [DataSource, Clock, Random] },
      { provide: Jobs, useFactory: (source: DataSource, log: Log) => new Jobs(source, log), inject: [DataSource, Log] },
      { provide: Files, useFactory: (random: Random) => new DiskFiles(join(config.dataDir, 'files'), random, doors.disk), inject: [Random] },
      { provide: Outbox, useFactory: outbox, inject: [Acts, Templates, Vault, Files, Mailer, Jobs] },
    ];
    return { module: DoorsModule, providers, exports: providers.map((one) => one.provide) };
  }

  async onApplicationShutdown() {
    await this.jobs.stop();
    await this.printer.close();
    if (this.source.isInitialized) await this.source.destroy();
  }
}
