// Data and client of bench/deposits.mjs: organisations with their sessions, one call, and the tus protocol over keep-alive connections.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createApp } from '../dist/app.setup.js';
import { Config } from '../dist/config.js';
import { Consultation, Invitation } from '../dist/consultations/consultation.js';
import { Authority, Membership, Organisation, Person } from '../dist/people/people.js';
import { Sessions } from '../dist/people/sessions.js';
import { Actor } from '../dist/platform/actor.js';
import { Acts } from '../dist/platform/acts.js';
import { localOf } from '../dist/platform/dates.js';
import { Custodian } from '../dist/sealing/custodian.js';

const PART_BYTES = 8 * 1024 * 1024;
export const CALL = 'appel';

/** @returns the folder, the configuration of a server on it, and a token for each organisation and for the officer */
export async function prepare(organisations, limits = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'souspli-bench-'));
  const config = { mode: 'test', databaseUrl: `sqlite:${folder}/bench.sqlite`, dataDir: folder, maxFileBytes: 6e9, maxBidBytes: 7e9, ...limits };
  const app = await createApp(Config.of(config));
  const tokens = [];
  await app.get(Acts).perform(Actor.system, 'bench.seed', async (act) => {
    act.require(true);
    const letterhead = { brandLines: ['PRÉFÈTE'], motto: ['Liberté'], serviceLines: ['DDETS'], authorTitles: ['La Préfète'], delegationLine: 'Pour la Préfète', footerLines: ['Place'] };
    await act.add(Object.assign(new Authority(), { id: 'ddets', territory: '67', timeZone: 'Europe/Paris', place: 'Strasbourg', chronoKey: 'DDETS67', letterhead }), Object.assign(new Organisation(), { id: 'ddets', kind: 'authority', name: 'DDETS' }));
    const person = async (id, organisationId, role, territory) => {
      await act.add(Object.assign(new Person(), { id, email: `${id}@bench.example`, givenName: id, familyName: 'Mesure' }), Object.assign(new Membership(), { id: `m-${id}`, personId: id, organisationId, role, territory, validFrom: new Date(0) }));
    };
    await person('officer', 'ddets', 'dept-officer', '67');
    for (const opener of ['o1', 'o2']) await person(opener, 'ddets', 'opener', '67');
    const call = Object.assign(new Consultation(), { id: CALL, ocid: 'ocds-bench', authorityId: 'ddets', territory: '67', reference: 'BENCH-1', buyerName: 'Préfecture', title: 'Mesure', object: 'Mesure', timeZone: 'Europe/Paris', openingDelayMinutes: 60, quorum: 2, openerIds: ['o1', 'o2'], substituteIds: [], contact: { name: 'x', phone: '', email: 'x@x.example' }, createdAt: act.now });
    call.plan(localOf(new Date(Math.ceil(act.now.getTime() / 60_000) * 60_000 + 86_400_000), 'Europe/Paris'), act.now);
    const version = call.launch(act.now);
    await app.get(Custodian).create(act, { consultationId: CALL, notBefore: call.opensAt, quorum: 2, openers: ['o1', 'o2'], substitutes: [] });
    await act.add(call, version);
    for (let n = 0; n < organisations; n += 1) {
      await act.add(Object.assign(new Organisation(), { id: `org${n}`, kind: 'company', name: `Organisation ${n}` }));
      await person(`p${n}`, `org${n}`, 'bidder', '*');
      await act.add(Object.assign(new Invitation(), { id: `i${n}`, consultationId: CALL, organisationId: `org${n}`, personId: `p${n}`, number: n + 1, name: `Organisation ${n}`, email: `p${n}@bench.example`, invitedAt: act.now }));
    }
  }, { limitMs: 120_000 });
  for (let n = 0; n < organisations; n += 1) tokens.push(await app.get(Sessions).open(`p${n}`));
  const officer = await app.get(Sessions).open('officer');
  await app.close();
  return { folder, config, tokens, officer, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A server in a process of its own: its memory is its own. */
export async function serve(given) {
  const child = spawn(process.execPath, ['bench/deposits-server.mjs', JSON.stringify(given)], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ready ')) return { port: Number(line.slice(6)), pid: child.pid, peakRssMb: () => peakRssMb(child.pid), stop: () => new Promise((resolve) => child.once('exit', resolve) && child.stdin.end()) };
  }
  throw new Error('The server did not start');
}

/** The highest it ever was, as the kernel says it. */
const peakRssMb = (pid) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

export class Client {
  statuses = [];
  constructor(port, token, connections = 1024) {
    Object.assign(this, { port, token, agent: new Agent({ keepAlive: true, maxSockets: connections }) });
  }

  ask(method, path, { body, headers = {} } = {}) {
    return new Promise((resolve, reject) => {
      const sent = request({ port: this.port, host: '127.0.0.1', method, path, agent: this.agent, headers: { authorization: `Bearer ${this.token}`, accept: 'application/json', ...(body ? { 'content-length': body.length } : {}), ...headers } }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          this.statuses.push(response.statusCode);
          resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() });
        });
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** tus 1.0, in parts of 8 MiB. @param bytes how many; the content is one block, over and over */
  async upload(bytes, block) {
    const tus = { 'tus-resumable': '1.0.0' };
    const name = `filename ${Buffer.from('offre.pdf').toString('base64')},filetype ${Buffer.from('application/pdf').toString('base64')}`;
    const made = await this.ask('POST', `/api/consultations/${CALL}/bid/uploads`, { headers: { ...tus, 'upload-length': String(bytes), 'upload-metadata': name } });
    if (made.status !== 201) throw new Error(`POST ${made.status}: ${made.text}`);
    const path = new URL(made.headers.location, 'http://x').pathname;
    for (let offset = 0; offset < bytes; offset += PART_BYTES) {
      const part = await this.ask('PATCH', path, { body: block.subarray(0, Math.min(PART_BYTES, bytes - offset)), headers: { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' } });
      if (part.status !== 204) throw new Error(`PATCH ${part.status}: ${part.text}`);
    }
  }

  /** The same bytes, in the same parts, to the bare receiver. */
  async put(bytes, block) {
    for (let offset = 0; offset < bytes; offset += PART_BYTES) await this.ask('PUT', '/', { body: block.subarray(0, Math.min(PART_BYTES, bytes - offset)) });
  }

  async deposit(key) {
    const began = performance.now();
    const body = Buffer.from(JSON.stringify({ idempotencyKey: key }));
    const { status } = await this.ask('POST', `/api/consultations/${CALL}/bid/deposit`, { body, headers: { 'content-type': 'application/json' } });
    return { status, ms: performance.now() - began };
  }
}
