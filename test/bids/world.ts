// A small world for the tests of bids: one consultation already launched, five invited organisations, two openers.
// Services are the real ones, on either database; only the clock, the press and the log are those of a test.
import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { BidsModule } from '../../src/bids/bids.module.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { BidDraftsService } from '../../src/bids/drafts.service.js';
import { OpenedBidsService } from '../../src/bids/opened-bids.service.js';
import { OpeningService } from '../../src/bids/opening.service.js';
import { OwnDepositService } from '../../src/bids/own-deposit.service.js';
import { ReceiptsService } from '../../src/bids/receipts.service.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { Config } from '../../src/config.js';
import { Consultation, Invitation } from '../../src/consultations/consultation.js';
import { DoorsModule } from '../../src/doors.module.js';
import { Delegation } from '../../src/letters/letter.js';
import { Authority, Organisation, Person } from '../../src/people/people.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import type { Arriving } from '../../src/platform/body.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { Files } from '../../src/platform/files.js';
import { Jobs } from '../../src/platform/jobs.js';
import { Log } from '../../src/platform/log.js';
import { Printer, type Sheet } from '../../src/press/printer.js';
import { Custodian } from '../../src/sealing/custodian.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { type DatabaseKind, dropDatabase, freshDatabase } from '../support/databases.js';

export const MIB = 1024 * 1024;
export const START = new Date('2023-07-13T08:00:00.000Z');
export const DEADLINE = new Date('2023-07-26T21:59:00.000Z');
/** One hour after the deadline. */
export const OPENS = new Date('2023-07-26T22:59:00.000Z');
export const COMPANIES = ['atelier', 'bureau', 'cabinet', 'delta', 'equipe'] as const;
export type Company = (typeof COMPANIES)[number];

/** Its « PDF » is the HTML it was given: tests read what would be printed. */
class TextPrinter extends Printer {
  print(sheet: Sheet) {
    return Promise.resolve(Buffer.from(`%PDF ${sheet.title}\n${sheet.body}`));
  }
  async warm() {}
  async close() {}
}

class SilentLog extends Log {
  override error() {}
}

export interface World {
  module: TestingModule;
  id: string;
  clock: FrozenClock;
  source: DataSource;
  drafts: BidDraftsService;
  own: OwnDepositService;
  uploads: BidUploadsService;
  deposits: DepositsService;
  receipts: ReceiptsService;
  opening: OpeningService;
  opened: OpenedBidsService;
  jobs: Jobs;
  acts: Acts;
  files: Files;
  keyring: Keyring;
  config: Config;
  bidder: Record<Company, Actor>;
  officer: Actor;
  opener: Actor;
  second: Actor;
  substitute: Actor;
  signatory: Actor;
  sysadmin: Actor;
  stranger: Actor;
  /** Announces a file; @returns its id. */
  announce(company: Company, name: string, size: number, key?: string): Promise<string>;
  /** Sends bytes of it; @returns the new offset. */
  append(company: Company, id: string, offset: number, content: Buffer, cut?: boolean): Promise<number>;
  /** Sends one whole file. */
  upload(company: Company, name: string, content: Buffer): Promise<string>;
  /** Deposits the draft of a company; answers with its receipt. */
  deposit(company: Company, at: Date | string, key?: string): Promise<string>;
  openAll(): Promise<void>;
  close(): Promise<void>;
}

const agent = (id: string, name: string, ...roles: string[]) =>
  new Actor(id, name, roles.map((role) => ({ organisationId: 'ddets', organisationName: 'DDETS', role, territory: '67' })));

export async function newWorld(kind: string, limits: Record<string, number | string> = {}, more: Type[] = []): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'souspli-bids-'));
  const url = await freshDatabase(kind as DatabaseKind);
  const clock = new FrozenClock(START);
  const config = Config.of({ mode: 'test', databaseUrl: url, dataDir: folder, keyFile: join(folder, 'keys.json'), ...limits });
  const doors = DoorsModule.with(config, { clock, printer: new TextPrinter(), log: new SilentLog() });
  const module = await Test.createTestingModule({ imports: [doors, BidsModule, ...more] }).compile();
  await module.init();
  const get = <T>(type: abstract new (...args: never[]) => T) => module.get(type);
  const bidder = Object.fromEntries(
    COMPANIES.map((key) => [key, new Actor(`person-${key}`, `Camille ${key}`, [{ organisationId: key, organisationName: key, role: 'bidder', territory: '*' }])]),
  ) as Record<Company, Actor>;
  const world: World = {
    module,
    id: 'consultation-1',
    clock,
    config,
    source: get(DataSource),
    drafts: get(BidDraftsService),
    own: get(OwnDepositService),
    uploads: get(BidUploadsService),
    deposits: get(DepositsService),
    receipts: get(ReceiptsService),
    opening: get(OpeningService),
    opened: get(OpenedBidsService),
    jobs: get(Jobs),
    acts: get(Acts),
    files: get(Files),
    keyring: module.get(Keyring),
    bidder,
    officer: agent('officer', 'Odile Agent', 'dept-officer'),
    opener: agent('opener-1', 'Paul Premier', 'opener'),
    second: agent('opener-2', 'Denise Deuxième', 'opener'),
    substitute: agent('opener-3', 'Sophie Suppléante', 'opener'),
    signatory: agent('signatory', 'Simone Signataire', 'dept-signatory'),
    sysadmin: new Actor('sysadmin', 'Root', [{ organisationId: 'platform', organisationName: 'Souspli', role: 'sysadmin', territory: '*' }]),
    stranger: new Actor('stranger', 'X', [{ organisationId: 'other', organisationName: 'Autre', role: 'bidder', territory: '*' }]),
    async announce(company, name, size, key) {
      return (await world.uploads.create(bidder[company], world.id, { name, size, mediaType: 'application/pdf', key: key ?? null })).id;
    },
    append: (company, id, offset, content, cut) => world.uploads.write(bidder[company], world.id, id, offset, arriving(content, cut)),
    async upload(company, name, content) {
      const id = await world.announce(company, name, content.length);
      await world.append(company, id, 0, content);
      return id;
    },
    async deposit(company, at, key = randomUUID()) {
      if (new Date(at) > clock.now()) clock.moveTo(at); // no request is answered before it arrives
      const { receiptId } = await world.deposits.deposit(bidder[company], world.id, key, new Date(at));
      return receiptId;
    },
    async openAll() {
      clock.moveTo(OPENS);
      await world.opening.confirm(world.opener, world.id);
      await world.opening.confirm(world.second, world.id);
      await world.opening.open(world.second, world.id);
      await world.jobs.finishAll();
    },
    async close() {
      await module.close();
      await dropDatabase(url);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await seed(world);
  return world;
}

async function seed(world: World) {
  await world.acts.perform(Actor.system, 'test.seed', async (act) => {
    act.require(true);
    const letterhead = {
      brandLines: ['PRÉFÈTE', 'DU BAS-RHIN'],
      motto: ['Liberté', 'Égalité', 'Fraternité'],
      serviceLines: ['DDETS'],
      authorTitles: ['La Préfète'],
      delegationLine: 'Pour la Préfète',
      footerLines: ['5, place de la République'],
    };
    await act.add(
      Object.assign(new Authority(), { id: 'ddets', territory: '67', timeZone: 'Europe/Paris', place: 'Strasbourg', chronoKey: 'DDETS67', letterhead }),
      ...COMPANIES.map((key, index) => Object.assign(new Organisation(), { id: key, kind: 'company', name: `Société ${key}`, scheme: 'SIRET', schemeId: `1234567890001${index}` })),
      ...[world.officer, world.signatory, world.opener, world.second, world.substitute].map(({ id, name }) => {
        const [givenName, familyName] = name.split(' ');
        return Object.assign(new Person(), { id, email: `${id}@ddets.example`, givenName, familyName });
      }),
    );
    await act.add(Object.assign(new Delegation(), { id: 'delegation-1', authorityId: 'ddets', delegateId: 'signatory', quality: 'la Secrétaire générale', kinds: ['late-bid', 'bid-request'], validFrom: START, validTo: null, reference: 'RAA 2023-01' }));
    const consultation = Object.assign(new Consultation(), {
      id: world.id,
      ocid: 'ocds-test-1',
      authorityId: 'ddets',
      territory: '67',
      reference: 'DDETS67-2023-01',
      buyerName: 'Préfecture du Bas-Rhin',
      title: 'Diagnostic des aires d’accueil',
      object: 'Réalisation du diagnostic des besoins',
      timeZone: 'Europe/Paris',
      openingDelayMinutes: 60,
      quorum: 2,
      openerIds: ['opener-1', 'opener-2'],
      substituteIds: ['opener-3'],
      contact: { name: 'Odile Agent', phone: '03 00 00 00 00', email: 'odile@ddets.example' },
      createdAt: act.now,
    });
    consultation.plan('2023-07-26T23:59', act.now);
    const version = consultation.launch(act.now);
    await world.module.get(Custodian).create(act, {
      consultationId: world.id,
      notBefore: consultation.opensAt,
      quorum: 2,
      openers: consultation.openerIds,
      substitutes: consultation.substituteIds,
    });
    await act.add(consultation, version);
    for (const [index, key] of COMPANIES.entries()) {
      const invitation = { id: `invitation-${key}`, consultationId: world.id, organisationId: key, personId: `person-${key}`, number: index + 1 };
      await act.add(Object.assign(new Invitation(), { ...invitation, name: `Société ${key}`, email: `${key}@organisme.example`, invitedAt: act.now }));
    }
  });
}

/** Bytes on their way, in pieces as a network gives them; `cut` before the announced end. */
export function arriving(content: Buffer, cut = false): Arriving {
  const state = { cut: false };
  return Object.assign(state, {
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < content.length; at += 50_000) yield content.subarray(at, at + 50_000);
      state.cut = cut;
    },
  });
}

/** Bytes that no compression or padding could make equal by chance, the same at each run. */
export function bytes(size: number, from = 7): Buffer {
  const made = Buffer.alloc(size);
  for (let i = 0, x = from; i < size; i += 1) {
    x = (x * 1103515245 + 12345) % 2147483648;
    made[i] = x >> 16;
  }
  return made;
}
