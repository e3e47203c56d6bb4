// Two worlds that are one copied: the same rows, files and sessions; then bids in one of them, and every route asked of both.
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/app.setup.js';
import { ConsortiumsService } from '../../src/bids/consortiums.service.js';
import { DeliveriesService } from '../../src/bids/deliveries.service.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { Config } from '../../src/config.js';
import { Consultation, Invitation } from '../../src/consultations/consultation.js';
import { prepareTheContract, seedAgreements } from '../../src/demo/seed-agreements.js';
import { Person } from '../../src/people/people.js';
import { Sessions } from '../../src/people/sessions.js';
import { Actor } from '../../src/platform/actor.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { Jobs } from '../../src/platform/jobs.js';
import { Log } from '../../src/platform/log.js';
import { Mailer } from '../../src/platform/mailer.js';
import { unpackedFiles } from '../../src/platform/zip.js';
import { launched, PaperlessPrinter, startApp } from '../support/app.js';
import { routesOf } from '../support/routes.js';
import { sendFile } from '../support/upload.js';

export const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const NOWHERE = '00000000-0000-4000-8000-000000000000';
/** Nobody of these bids: the depositor is the one who may read what it deposited. */
export const ROLES = ['officer', 'signatory', 'opener1', 'admin', 'ministry', 'buyer', 'ensemble', 'anonymous'] as const;
export type Role = (typeof ROLES)[number];
const EMAILS: Record<string, string> = {
  officer: 'sebastien.bouche@bas-rhin.gouv.fr', signatory: 'secretariat-general@prefecture67.example', opener1: 'camille.fictif@prefecture67.example',
  admin: 'administration@plateforme.example', ministry: 'maxence.fictif@ministere.example', buyer: 'claude.fictif@pfra44.example', ensemble: 'offres@ensemble-demain.example',
};

class KeptMailer extends Mailer {
  readonly sent: unknown[] = [];
  send(mail: unknown) {
    this.sent.push(mail);
    return Promise.resolve();
  }
}

export interface LeakWorld {
  origin: string;
  app: NestExpressApplication;
  source: DataSource;
  clock: FrozenClock;
  folder: string;
  logged: string[];
  mails: unknown[];
  close(): Promise<void>;
}

export interface Facts {
  id: string;
  deadline: Date;
  opensAt: Date;
  commissionId: string;
  contractId: string;
  sessions: Record<string, { token: string; csrf: string }>;
}

const NOON = '2023-07-25T10:00:00.000Z';

async function world(folder: string): Promise<LeakWorld> {
  const clock = new FrozenClock(new Date(NOON));
  const logged: string[] = [];
  const mailer = new KeptMailer();
  const config = Config.of({ mode: 'demo', dataDir: folder, databaseUrl: `sqlite:${folder}/souspli.sqlite` });
  const app = await createApp(config, { clock, mailer, printer: new PaperlessPrinter(), log: new Log((line) => logged.push(line)) });
  await app.listen(0, '127.0.0.1');
  return { origin: await app.getUrl(), app, source: app.get(DataSource), clock, folder, logged, mails: mailer.sent, close: () => app.close().then(() => rmSync(folder, { recursive: true, force: true })) };
}

/** @returns two applications over the same beginning: a call sent to 23 organisations, a contract in preparation, sessions open */
export async function twoWorlds(): Promise<{ empty: LeakWorld; busy: LeakWorld; facts: Facts }> {
  const first = mkdtempSync(join(tmpdir(), 'souspli-leaks-'));
  const t = await startApp('sqlite', { config: { dataDir: first, databaseUrl: `sqlite:${first}/souspli.sqlite` } });
  const { commissionId, consultationId: id } = await launched(t);
  await seedAgreements(t.app);
  const contractId = await prepareTheContract(t.app);
  await t.jobs.finishAll();
  const { deadline, opensAt } = await t.source.manager.findOneByOrFail(Consultation, { id });
  const sessions: Facts['sessions'] = {};
  t.clock.moveTo(new Date(NOON));
  for (const [role, email] of Object.entries(EMAILS)) {
    const person = await t.source.manager.findOneByOrFail(Person, { email });
    const token = await t.app.get(Sessions).open(person.id);
    sessions[role] = { token, csrf: (await t.app.get(Sessions).read(token))?.csrf ?? '' };
  }
  await t.close();
  const second = mkdtempSync(join(tmpdir(), 'souspli-leaks-'));
  cpSync(first, second, { recursive: true });
  return { empty: await world(first), busy: await world(second), facts: { id, deadline, opensAt, commissionId, contractId, sessions } };
}

/** What must be found nowhere but with its author. */
export const CANARIES = { name: 'Kanarinom7Q', content: 'Kanaricontenu8W', member: 'Kanarimembre9X', carrier: 'Kanariporteur3Z' };

/** 50 deposits of 22 organisations (replacements, a withdrawal), a consortium, an unfinished draft, an envelope and a backup copy. @returns ids that exist in this world alone */
export async function fill({ app, source, clock }: LeakWorld, { id }: Facts): Promise<string[]> {
  const uploads = app.get(BidUploadsService);
  const deposits = app.get(DepositsService);
  const invited = (await source.manager.find(Invitation, { where: { consultationId: id }, order: { number: 'ASC' } })).filter((one) => one.email !== EMAILS.ensemble);
  const bidders = invited.map((one) => new Actor(one.personId, one.name, [{ organisationId: one.organisationId, organisationName: one.name, role: 'bidder', territory: '*' }]));
  const start = clock.now().getTime();
  for (let n = 0; n < 50; n += 1) {
    const bidder = bidders[n % bidders.length];
    clock.moveTo(new Date(start + n));
    if (n === 0) await app.get(ConsortiumsService).save(bidder, id, { form: 'solidary', members: CANARIES.member, mandates: [], signedByAll: '' });
    await sendFile(uploads, bidder, id, `${CANARIES.name} ${n}.pdf`, Buffer.from(`${CANARIES.content} ${n}`.repeat(20)));
    await deposits.deposit(bidder, id, `cle-de-depot-${String(n).padStart(8, '0')}`, clock.now());
  }
  await deposits.withdraw(bidders[1], id, clock.now());
  await sendFile(uploads, bidders[2], id, `${CANARIES.name} brouillon.pdf`, Buffer.from(CANARIES.content.repeat(9)), true);
  const officer = new Actor('recorder', 'Agent d’accueil', [{ organisationId: 'x', organisationName: 'x', role: 'dept-officer', territory: '67' }]);
  await source.manager.update(Consultation, { id }, { otherMeans: { case: '6', reason: 'Maquette.', place: 'Accueil.' } });
  for (const [n, kind] of (['bid', 'copy'] as const).entries()) {
    const form = { kind, organisationId: invited[3 + n]?.organisationId ?? '', medium: 'paper' as const, carrier: 'hand' as const, broughtBy: CANARIES.carrier, receivedOn: '2023-07-25T11:50', remark: '', justification: '', idempotencyKey: `enveloppe-0000000${n}` };
    await app.get(DeliveriesService).record(officer, id, form);
  }
  await source.manager.update(Consultation, { id }, { otherMeans: null });
  await app.get(Jobs).finishAll();
  clock.moveTo(new Date(start + 60_000));
  const known: string[] = [];
  for (const table of ['bid', 'receipt', 'bid_file', 'delivery']) known.push(...(await source.query<{ id: string }[]>(`select id from "${table}" limit 2`)).map((row) => row.id));
  return known;
}

/** Right for every form at once, as far as one body can be. */
const ANYTHING = {
  title: 'x', object: 'x', deadline: '2023-08-20T12:00', reason: 'Une raison assez longue pour passer.', text: 'Un texte.', question: 'x', answer: 'x', note: 'x', email: 'x@x.example', subject: 'x', body: 'x', message: 'Un message.', kind: 'copy', form: '', members: '', declaration: 'oui', read: 'oui',
  copyCase: 'malware', reasons: 'x', trace: 'x', outcome: 'eliminated', ground: 'platform', medium: 'usb', carrier: 'hand', broughtBy: 'x', receivedOn: '2023-07-25T11:59', idempotencyKey: 'cle-du-parcours-0001', organisationId: 'x', openers: 'x', intent: 'yes', case: '', place: '', oneBidEach: '',
};

/** The story's own buttons and its clock, the end of a session, the time of day: they would change what is compared, not reveal it. */
const NOT_ASKED = /^\/(demonstration|deconnexion)|^\/api\/session|^\/tester-mon-poste\/heure/;
/** What ends or moves the call itself is tried last. */
const LAST = /abandon|ending|retirer|terminer|withdraw|extension|reporter|outage|incident|lancer|launch/;

export interface Question {
  method: string;
  path: string;
}

/** Every registered route, with the ids of the call and those of the bids of the busy world, asked of both. */
export function questions(app: NestExpressApplication, { id, commissionId, contractId }: Facts, ids: readonly string[]): Record<'reads' | 'writes' | 'last', Question[]> {
  const owners: [RegExp, string][] = [
    [/^\/(commandes|api\/commissions)\/:id/, commissionId],
    [/^\/(marches|api\/contracts)\/:id/, contractId],
    [/^\/(recus|api\/receipts)\/:id/, ids[2] ?? NOWHERE],
  ];
  const found = routesOf(app)
    .filter(({ method, path }) => !NOT_ASKED.test(path) || (method === 'get' && path.startsWith('/demonstration')))
    .map(({ method, path }) => {
      const owner = owners.find(([pattern]) => pattern.test(path))?.[1] ?? id;
      const bid = /:(bidId)/.test(path) ? ids[0] : /:deliveryId/.test(path) ? ids[6] : ids[4];
      return { method, path: path.replace(/:(id|code)\b/, path.includes('deploiement') || path.includes('deployment') ? '67' : owner).replace(/:(number|index|n)\b/, '1').replaceAll(/:(bidId|deliveryId)/g, bid ?? NOWHERE).replaceAll(/:\w+/g, ids[4] ?? NOWHERE) };
    });
  const reads = found.filter(({ method }) => method === 'get' || method === 'head');
  const writes = found.filter(({ method }) => method !== 'get' && method !== 'head' && method !== 'options');
  return { reads, writes: writes.filter(({ path }) => !LAST.test(path)), last: writes.filter(({ path }) => LAST.test(path)) };
}

/** What one person is answered, in a form in which two worlds may be compared: what chance or the process makes is taken out. */
export async function ask({ origin }: LeakWorld, { sessions }: Facts, role: Role, { method, path }: Question, known: ReadonlySet<string>): Promise<string> {
  const api = path.startsWith('/api/');
  const session = sessions[role];
  const headers: Record<string, string> = { accept: api ? 'application/json' : 'text/html' };
  if (session) Object.assign(headers, { [api ? 'authorization' : 'cookie']: api ? `Bearer ${session.token}` : `souspli=${session.token}`, 'x-csrf-token': session.csrf });
  if (/\/(envois|uploads)(\/|$)/.test(path)) Object.assign(headers, { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'upload-length': '1' });
  const fields = { _csrf: session?.csrf ?? '', ...ANYTHING };
  const body = method === 'get' || method === 'head' ? undefined : method === 'patch' ? Buffer.from('x') : api ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
  if (body) headers['content-type'] = method === 'patch' ? 'application/offset+octet-stream' : api ? 'application/json' : 'application/x-www-form-urlencoded';
  const answer = await fetch(`${origin}${path}`, { method: method.toUpperCase(), headers, body, redirect: 'manual' });
  return [answer.status, (answer.headers.get('location') ?? '').replace(origin, ''), answer.headers.get('content-type') ?? '', (await wordsOf(answer, path)).replaceAll(origin, '')]
    .join('\n')
    .replaceAll(/v=\d+/g, 'v=')
    .replaceAll(UUID, (uuid) => (known.has(uuid) ? uuid : 'NEW'))
    // References and numbers that the crawl itself makes, from chance.
    .replaceAll(/\b([A-Z]+\d+)-([0-9a-f]{8})\b/g, (text, key: string, start: string) => ([...known].some((id) => id.startsWith(start)) ? text : `${key}-NEW`))
    // A person's salt in the journal is chance too, and made by their first line.
    .replaceAll(/"actor":"[0-9a-f]{64}"/g, '"actor":"SALTED"')
    .replaceAll(/P-2023-\d{4}-\w{4}/g, 'P-NEW')
    .replaceAll(/(souspli=|token"?[:=]"?)[\w-]{20,}/g, '$1')
    .replaceAll(/(incident|erreur|unexpected)[^<\n]{0,40}?\b[0-9a-f]{8}\b/gi, '$1');
}

/** A workbook writes in itself the minute at which it was made; a file of proof signs the hashes of its other files, which are compared; mails of one instant stand in the order of their ids, which are chance. */
async function wordsOf(answer: Response, path: string): Promise<string> {
  const bytes = Buffer.from(await answer.arrayBuffer());
  const files = /spreadsheet|zip/.test(answer.headers.get('content-type') ?? '') ? unpackedFiles(bytes, 1e8) : null;
  if (files) return files.filter(({ name }) => !/^docProps\/|^manifeste\.json$/.test(name)).map(({ name, content }) => `${name}\n${content.toString()}`).join('\n');
  const text = bytes.toString();
  return path === '/messagerie' ? text.replaceAll(UUID, 'ID').split('<li').toSorted((a, b) => a.localeCompare(b)).join('<li') : text;
}

/** Everything this world keeps: each row of each table, each file, each line of the log. */
export async function everythingKept({ source, folder, logged }: LeakWorld): Promise<Buffer> {
  const tables = await source.query<{ name: string }[]>(`select name from sqlite_master where type = 'table'`);
  const parts: Buffer[] = [Buffer.from(logged.join('\n'))];
  for (const { name } of tables) parts.push(Buffer.from(JSON.stringify(await source.query(`select * from "${name}"`))));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) if (entry.isFile()) parts.push(readFileSync(join(entry.parentPath, entry.name)));
  return Buffer.concat(parts);
}

/** Where a canary is, in any of the forms in which a careless programmer would have left it. */
export function canariesIn(kept: Buffer | string): string[] {
  const bytes = Buffer.isBuffer(kept) ? kept : Buffer.from(kept);
  return Object.values(CANARIES).filter((canary) => {
    const base64 = [0, 1, 2].map((shift) => Buffer.from(' '.repeat(shift) + canary).toString('base64').slice(4, -4));
    return [canary, canary.toLowerCase(), Buffer.from(canary).toString('hex'), ...base64].some((form) => bytes.includes(form)) || bytes.includes(Buffer.from(canary, 'utf16le'));
  });
}
