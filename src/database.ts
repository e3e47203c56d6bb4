import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { FrameworkAgreement, Programme } from './agreements/framework-agreement.js';
import { GreenLight } from './agreements/green-light.js';
import { Holder, Lot, LotDepartment } from './agreements/lot.js';
import { AWARD_ENTITIES } from './awards/entities.js';
import { BID_ENTITIES } from './bids/entities.js';
import { DeclaredStage } from './cockpit/declared-stage.js';
import { Commission } from './commissions/commission.js';
import { Diagnostic, DiagnosticShare } from './commissions/diagnostic.js';
import { WrittenDocument } from './consultations/writing.js';
import { Reminder } from './consultations/reminders.js';
import { Visa } from './consultations/visa.js';
import { Heartbeat } from './consultations/outage.js';
import { Incident } from './consultations/incident.js';
import { Consultation, ConsultationDocument, DeadlineVersion, Invitation } from './consultations/consultation.js';
import { FrameworkAlarm } from './contracts/framework-alarm.js';
import { SubsequentContract } from './contracts/subsequent-contract.js';
import { DocumentWithdrawal, Notice, Question } from './consultations/exchange.js';
import { EVALUATION_ENTITIES } from './evaluations/entities.js';
import { Attestation } from './evidence/attestation.js';
import { HttpFailure, MinuteRecord } from './evidence/minute-record.js';
import { EXECUTION_ENTITIES } from './execution/entities.js';
import { DataImport } from './imports/data-import.js';
import { Chrono, Delegation, Letter } from './letters/letter.js';
import { PlatformAndPeople1700000000001 } from './migrations/0001-platform-and-people.js';
import { LettersAndConsultations1700000000002 } from './migrations/0002-letters-and-consultations.js';
import { Bids1700000000003 } from './migrations/0003-bids.js';
import { AgreementsAndContracts1700000000004 } from './migrations/0004-agreements-and-contracts.js';
import { Imports1700000000005 } from './migrations/0005-imports.js';
import { ConsultationLife1700000000006 } from './migrations/0006-consultation-life.js';
import { Support1700000000008 } from './migrations/0008-support.js';
import { CallsInFull1700000000014 } from './migrations/0014-calls-in-full.js';
import { Notifications1700000000009 } from './migrations/0009-notifications.js';
import { BidsInFull1700000000010 } from './migrations/0010-bids-in-full.js';
import { Evidence1700000000012 } from './migrations/0012-evidence.js';
import { Uploads1700000000011 } from './migrations/0011-uploads.js';
import { AgreementsInFull1700000000013 } from './migrations/0013-agreements-in-full.js';
import { Evaluations1700000000017 } from './migrations/0017-evaluations.js';
import { FrameworkAlarms1700000000021 } from './migrations/0021-framework-alarms.js';
import { RetroDurations1700000000022 } from './migrations/0022-retro-durations.js';
import { BidImports1700000000023 } from './migrations/0023-bid-imports.js';
import { SessionByForm1700000000024 } from './migrations/0024-session-by-form.js';
import { BidRequestsAndPrices1700000000025 } from './migrations/0025-bid-requests-and-prices.js';
import { Execution1700000000028 } from './migrations/0028-execution.js';
import { HolderSuspension1700000000029 } from './migrations/0029-holder-suspension.js';
import { OpeningSessions1700000000027 } from './migrations/0027-opening-sessions.js';
import { Awards1700000000026 } from './migrations/0026-awards.js';
import { Authority, Membership, Organisation, Person, Session, SignInLink } from './people/people.js';
import { Job } from './platform/job.js';
import { JournalChain, JournalEntry, JournalPerson } from './platform/journal-entry.js';
import { Mail } from './platform/mail.js';
import { lockForThisProcess } from './platform/one-process.js';
import { oneConnectionPerRunner } from './platform/sqlite.js';
import { StoredFile } from './platform/stored-file.js';
import { SEALING_ENTITIES } from './sealing/sealing-key.js';
import { ProblemReport } from './support/problem-report.js';

const PLATFORM = [JournalEntry, JournalChain, JournalPerson, Job, StoredFile, Mail];
const PEOPLE = [Person, Organisation, Membership, Authority, Session, SignInLink];
const LETTERS = [Letter, Delegation, Chrono];
const CONSULTATIONS = [Consultation, DeadlineVersion, Invitation, ConsultationDocument, Question, Notice, DocumentWithdrawal, Heartbeat, Incident, Visa, WrittenDocument, Reminder];
const AGREEMENTS = [Programme, FrameworkAgreement, Lot, LotDepartment, Holder, GreenLight, Diagnostic, DiagnosticShare, SubsequentContract, FrameworkAlarm, DeclaredStage];

/** SQLite stops the whole server while it waits: writers wait in `platform/sqlite.ts`, and this remains for the rare wait of a reader. */
const BLOCKING_MS = 250;
/** PostgreSQL gives up before an act does: a ROLLBACK would wait behind the statement that waits. */
const WAITING = { lock_timeout: 4_000, connectionTimeoutMillis: 30_000 };

const common = {
  entities: [
    ...PLATFORM,
    ...PEOPLE,
    ...SEALING_ENTITIES,
    ...LETTERS,
    ...CONSULTATIONS,
    ...BID_ENTITIES,
    ...EVALUATION_ENTITIES,
    ...AWARD_ENTITIES,
    Commission,
    ...AGREEMENTS,
    ...EXECUTION_ENTITIES,
    DataImport,
    ProblemReport,
    MinuteRecord,
    HttpFailure,
    Attestation,
  ],
  migrations: [
    PlatformAndPeople1700000000001,
    LettersAndConsultations1700000000002,
    Bids1700000000003,
    AgreementsAndContracts1700000000004,
    Imports1700000000005,
    ConsultationLife1700000000006,
    Support1700000000008,
    Notifications1700000000009,
    BidsInFull1700000000010,
    Uploads1700000000011,
    Evidence1700000000012,
    AgreementsInFull1700000000013,
    CallsInFull1700000000014,
    Evaluations1700000000017,
    FrameworkAlarms1700000000021,
    RetroDurations1700000000022,
    BidImports1700000000023,
    SessionByForm1700000000024,
    BidRequestsAndPrices1700000000025,
    Awards1700000000026,
    OpeningSessions1700000000027,
    Execution1700000000028,
    HolderSuspension1700000000029,
  ],
  migrationsRun: true,
  synchronize: false,
};

/**
 * Opens and migrates the database.
 * @param url `sqlite:path/to/file` or `postgres://…`
 * @param reading a command that only reads, beside the server that holds the file: no lock, no migration
 * @throws Error with one French sentence when another process holds the SQLite file
 */
export async function openDatabase(url: string, { reading = false } = {}): Promise<DataSource> {
  if (!url.startsWith('sqlite:')) {
    // Identifiers are made by us: no extension to install, no superuser needed.
    return new DataSource({ type: 'postgres', url, uuidExtension: 'pgcrypto', installExtensions: false, poolSize: 10, extra: WAITING, ...common, migrationsRun: !reading }).initialize();
  }
  const database = url.slice('sqlite:'.length);
  mkdirSync(dirname(database), { recursive: true });
  const unlock = reading ? () => undefined : lockForThisProcess(database);
  const options: DataSourceOptions = { type: 'better-sqlite3', database, enableWAL: true, timeout: BLOCKING_MS, ...common, migrationsRun: !reading };
  const source = new DataSource(options);
  oneConnectionPerRunner(source);
  const destroy = source.destroy.bind(source);
  source.destroy = async () => {
    await destroy();
    unlock();
  };
  try {
    await source.initialize();
    await assertDurable(source);
    return source;
  } catch (error) {
    unlock();
    throw error;
  }
}

/** An acknowledged deposit exists, whatever fails: the database must say that it waits for the disk. */
async function assertDurable(source: DataSource) {
  const [journal] = await source.query<{ journal_mode: string }[]>('PRAGMA journal_mode');
  const [durable] = await source.query<{ synchronous: number }[]>('PRAGMA synchronous');
  const [keys] = await source.query<{ foreign_keys: number }[]>('PRAGMA foreign_keys');
  if (journal?.journal_mode !== 'wal' || durable?.synchronous !== 2 || keys?.foreign_keys !== 1) {
    throw new Error('SQLite n’est pas réglé pour garder ce qui a été accusé réception (WAL, synchronous=FULL, foreign_keys).');
  }
}
