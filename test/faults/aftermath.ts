import { asOrdered } from '../support/as-ordered.js';
// After the last disaster: the calls are opened over HTTP, then the server stops and its data are read from outside.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { createHash } from 'node:crypto';
import { DataSource, In } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { Bid, StoredReceipt } from '../../src/bids/bid.js';
import { Config } from '../../src/config.js';
import { Files } from '../../src/platform/files.js';
import { JournalEntry, verifyChain } from '../../src/platform/journal-entry.js';
import { Mail } from '../../src/platform/mail.js';
import { Custodian } from '../../src/sealing/custodian.js';
import { parseManifest } from '../../src/sealing/envelope.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { verifyReceipt } from '../../src/sealing/verify-receipt.js';
import type { Acknowledgement, Campaign } from './campaign.js';
import { signedReceipt, work } from './campaign.js';
import { HttpClient } from './client.js';
import { BIDDER } from './field.js';
import type { Post } from './post.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const AFTER_MS = 10 * 60_000;

export interface Losses {
  accepted: number;
  /** Acknowledged deposits that are not there, whole and right. */
  lost: number;
}

export async function aftermath(state: Campaign, post: Post): Promise<Losses> {
  const lost = new Map<Acknowledgement, string>();
  const lose = (one: Acknowledgement, why: string) => void (lost.has(one) || lost.set(one, why));
  await state.server.stop();
  await offline(state, async (get) => {
    // What a dead process had begun is free again after its lease, and a failed mail after its pause: here at once.
    await get(DataSource).query('update "job" set "leasedUntil" = null, "runAt" = "createdAt" where "state" = \'queued\'');
  });
  const closed = Math.max(...state.field.deadlines.values());
  state.server.legalOffset = closed + AFTER_MS - Date.now();
  await state.server.ensure();
  await openAll(state);
  for (const one of state.acknowledged) await fromTheClient(state, one, (why) => lose(one, why));
  await fromTheBuyer(state, lose);
  await state.server.stop();
  await offline(state, (get) => fromTheDisk(state, post, get, lose));
  for (const [one, why] of lost) state.problems.push(`LOST ${one.call} (${one.bidId}): ${why}`);
  return { accepted: state.acknowledged.length, lost: lost.size };
}

async function openAll(state: Campaign) {
  const { tokens } = state.field;
  const [first, second] = [new HttpClient(state.server, tokens['opener-1']), new HttpClient(state.server, tokens['opener-2'])];
  for (const call of callsOf(state)) {
    for (const opener of [first, second]) {
      const { status } = await opener.ask('POST', `/api/consultations/${call}/opening/confirmation`, { declaration: 'oui' });
      if (status >= 300) state.problems.push(`${call}: the presence of an opener is refused (${status})`);
    }
    const { status, body } = await first.ask('POST', `/api/consultations/${call}/opening`, {});
    if (status >= 300) state.problems.push(`${call} does not open: ${JSON.stringify(body)}`);
  }
  await work(state);
}

/** The same key gives the same receipt for ever, byte for byte. */
async function fromTheClient(state: Campaign, one: Acknowledgement, lose: (why: string) => void) {
  const client = new HttpClient(state.server, state.field.tokens[BIDDER]);
  const { status, body } = await client.deposit(one.call, one.key);
  if (status >= 300 || (body as { receiptId?: string }).receiptId !== one.receiptId) lose(`its key gives ${status} ${JSON.stringify(body)}`);
  const json = await signedReceipt(client, one.receiptId).catch(() => '');
  if (json !== one.json) lose('its receipt is another');
}

async function fromTheBuyer(state: Campaign, lose: (one: Acknowledgement, why: string) => void) {
  const officer = new HttpClient(state.server, state.field.tokens.officer);
  for (const call of callsOf(state)) {
    const { body } = await officer.ask('GET', `/api/consultations/${call}/bids`);
    const register = body as { chain: { ok: boolean }; anomalies: string[]; minutes: boolean; bids: { id: string; status: string; files: { name: string; sha256: string; intact: boolean; href: string }[] }[] };
    if (!register.chain.ok) state.problems.push(`${call}: the chain is broken`);
    if (register.anomalies.length > 0) state.problems.push(`${call}: ${register.anomalies.join(' ')}`);
    if (!register.minutes) state.problems.push(`${call}: no minutes`);
    const promised = state.acknowledged.filter((one) => one.call === call);
    const last = promised.filter((one) => !one.late).at(-1);
    for (const one of promised) {
      const row = register.bids.find((bid) => bid.id === one.bidId);
      const expected = one.late ? 'late' : one === last ? 'opened' : 'replaced';
      if (!row || row.status !== expected) lose(one, `the register says ${row?.status ?? 'nothing'} instead of ${expected}`);
      if (row && one === last) await downloaded(state, one, row.files, (why) => lose(one, why));
    }
    for (const bid of register.bids) if (!promised.some((one) => one.bidId === bid.id)) state.problems.push(`${call}: a bid without a receipt, ${bid.id}`);
    if (register.bids.length > (state.asked.get(call) ?? 0)) state.problems.push(`${call}: more bids than were asked for`);
  }
}

async function downloaded(state: Campaign, one: Acknowledgement, files: { name: string; sha256: string; intact: boolean; href: string }[], lose: (why: string) => void) {
  const opener = new HttpClient(state.server, state.field.tokens['opener-1']);
  for (const sent of one.files) {
    const shown = files.find((file) => file.name === sent.name);
    if (!shown?.intact || shown.sha256 !== sha256(sent.content)) lose(`« ${sent.name} » is ${shown ? 'other bytes' : 'not there'}`);
    const bytes = shown ? Buffer.from(await (await opener.once('GET', shown.href)).arrayBuffer()) : Buffer.alloc(0);
    if (!bytes.equals(sent.content)) lose(`« ${sent.name} », downloaded, is not what was sent`);
  }
  if (files.length !== one.files.length) lose(`${files.length} files instead of ${one.files.length}`);
}

type Get = <T>(type: abstract new (...args: never[]) => T) => T;

/** Without the server, as an expert would: every sealed byte of every acknowledged bid, opened or not. */
async function fromTheDisk(state: Campaign, post: Post, get: Get, lose: (one: Acknowledgement, why: string) => void) {
  const { manager } = get(DataSource);
  const files = get(Files);
  const { publicKeyPem } = get<Keyring>(Keyring as never);
  const plain = async (call: string, bidId: string, blob: string, cipherSha256: string) => {
    if (sha256(await files.read(blob)) !== cipherSha256) throw new Error('sealed bytes are others');
    await asOrdered(manager, call, bidId);
    const chunks: Uint8Array[] = [];
    for await (const chunk of get(Custodian).read(manager, call, bidId, files.stream(blob))) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  for (const one of state.acknowledged) {
    try {
      const bid = await manager.findOneByOrFail(Bid, { id: one.bidId });
      const manifest = parseManifest(await plain(one.call, bid.id, bid.manifestBlob ?? '', bid.envelope.manifest.cipherSha256));
      const parts: Buffer[] = [];
      for (const part of bid.envelope.parts) parts.push(await plain(one.call, bid.id, part.id, part.cipherSha256));
      if (sha256(Buffer.concat(parts)) !== sha256(Buffer.concat(one.files.map((file) => file.content)))) lose(one, 'other bytes than were sent');
      if (manifest.files.map((file) => file.name).join() !== one.files.map((file) => file.name).join()) lose(one, 'other names than were sent');
      if (!(await manager.findOneByOrFail(StoredReceipt, { id: one.receiptId })).sealedPdf) lose(one, 'its receipt was never printed');
      if (!(await verifyReceipt(JSON.parse(one.json), publicKeyPem)).ok) lose(one, 'its receipt does not verify');
    } catch (error) {
      lose(one, String(error));
    }
  }
  for (const chain of [...callsOf(state), 'platform']) {
    const lines = await manager.find(JournalEntry, { where: { chain }, order: { seq: 'ASC' } });
    if (!verifyChain(lines).ok) state.problems.push(`the chain of ${chain} is broken`);
  }
  for (const mail of await manager.findBy(Mail, { kind: In(['receipt', 'replacement']) })) {
    if (mail.state !== 'sent' || !post.delivered.has(mail.messageId)) state.problems.push(`a receipt of ${mail.consultationId} was never mailed (${mail.state})`);
  }
}

async function offline(state: Campaign, reading: (get: Get) => Promise<void>) {
  const config = Config.of({ mode: 'test', databaseUrl: state.field.url, dataDir: state.field.folder });
  const app = await NestFactory.createApplicationContext(AppModule.with(config), { logger: false, abortOnError: false });
  try {
    await reading((type) => app.get(type as never));
  } finally {
    await app.close();
  }
}

const callsOf = (state: Campaign) => [...new Set(state.acknowledged.map((one) => one.call))];
