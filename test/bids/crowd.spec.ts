// Many at once, and those who never end: others are not affected, and what was held is given back.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { Agent, request as ask } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { BidFile, mustFit } from '../../src/bids/draft.js';
import { Config } from '../../src/config.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { launched, startApp, type TestApp } from '../support/app.js';

const TUS = { 'tus-resumable': '1.0.0' };
/** Larger runs by hand: ABORTED=10000 IDLE=2000 npx jest test/bids/crowd. */
const ABORTED = Number(process.env.ABORTED ?? 50);
const IDLE = Number(process.env.IDLE ?? 60);

describe('la foule', () => {
  let t: TestApp;
  let id = '';
  let port = 0;
  let token = '';
  let agent: Agent;

  const http = (method: string, path: string, { headers = {}, body, who = token, cutAfter }: { headers?: Record<string, string>; body?: Buffer; who?: string; cutAfter?: number } = {}) =>
    new Promise<{ status: number; location: string; offset: string; text: string }>((resolve, reject) => {
      const sent = ask({ port, host: '127.0.0.1', method, path, agent, headers: { authorization: `Bearer ${who}`, accept: 'application/json', ...(body ? { 'content-length': String(body.length) } : {}), ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, location: String(response.headers.location), offset: String(response.headers['upload-offset']), text: Buffer.concat(chunks).toString() }));
      });
      sent.on('error', cutAfter === undefined ? reject : () => resolve({ status: 0, location: '', offset: '', text: '' }));
      if (cutAfter === undefined) sent.end(body);
      else sent.write(body?.subarray(0, cutAfter), () => setTimeout(() => sent.destroy(), 5));
    });
  const uploads = () => `/api/consultations/${id}/bid/uploads`;
  const create = (size: number, name = 'offre.pdf') => http('POST', uploads(), { headers: { ...TUS, 'upload-length': String(size), 'upload-metadata': `filename ${Buffer.from(name).toString('base64')}` } });
  const send = (location: string, body: Buffer, cutAfter?: number) => http('PATCH', new URL(location, 'http://x').pathname, { body, cutAfter, headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' } });
  const remove = async () => {
    for (const { id: file } of await t.source.manager.find(BidFile, { select: { id: true } })) await http('DELETE', `${uploads()}/${file}`, { headers: TUS });
  };

  beforeAll(async () => {
    t = await startApp('sqlite', { config: { maxFileBytes: 6e9, maxBidBytes: 20e9, maxBidFiles: 60 } });
    ({ consultationId: id } = await launched(t));
    t.clock.moveTo('2023-07-25T10:00:00.000Z');
    await t.app.listen(0, '127.0.0.1');
    port = Number(new URL(await t.app.getUrl()).port);
    ({ token } = await t.browser('passerelle'));
    agent = new Agent({ keepAlive: true, maxSockets: 64 });
  }, 60_000);
  afterAll(async () => {
    agent.destroy();
    await t.close();
  });

  it.each([11, 20, 40])('%d envois à la fois, pendant que d’autres lisent : tous arrivent, toutes les pages répondent', async (many) => {
    const content = Buffer.alloc(300_000, 7);
    const { token: officer } = await t.browser('officer');
    const turn = { over: false };
    const statuses = new Set<number>();
    const reading = (async () => {
      while (!turn.over) statuses.add((await http('GET', '/api/commissions', { who: officer })).status);
    })();
    const sent = await Promise.all(
      Array.from({ length: many }, async (_, n) => {
        const made = await create(content.length, `offre ${n}.pdf`);
        return (await send(made.location, content)).status;
      }),
    );
    turn.over = true;
    await reading;
    expect(sent).toEqual(Array.from({ length: many }, () => 204));
    expect([...statuses]).toEqual([200]);
    expect(await t.source.manager.countBy(BidFile, { state: 'complete' })).toBe(many);
    await remove();
  }, 120_000);

  it('des envois abandonnés en route ne gardent ni descripteur, ni fichier, ni mémoire', async () => {
    const files = join(t.app.get(Config).dataDir, 'files');
    const descriptors = () => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
    const partial = () => readdirSync(files, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.part')).length;
    const made = await create(5_000_000);
    const content = Buffer.alloc(1_000_000, 3);
    await send(made.location, content, 1000);
    const before = { descriptors: descriptors(), memory: process.memoryUsage().arrayBuffers };
    for (let n = 0; n < ABORTED; n += 10) await Promise.all(Array.from({ length: 10 }, () => send(made.location, content, 20_000)));
    for (let tries = 0; tries < 200 && (partial() > 0 || descriptors() > before.descriptors + 5); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(partial()).toBe(0);
    expect(descriptors()).toBeLessThanOrEqual(before.descriptors + 5);
    expect(process.memoryUsage().arrayBuffers - before.memory).toBeLessThan(64e6);
    // And it goes on from where it is.
    const { offset } = await http('HEAD', new URL(made.location, 'http://x').pathname, { headers: TUS });
    expect(Number(offset) % 65_536).toBe(0);
    await remove();
  }, 120_000 + ABORTED * 100);

  it('des connexions muettes n’empêchent personne de déposer', async () => {
    const sockets: Socket[] = [];
    for (let n = 0; n < IDLE; n += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      // Half of them say nothing; the others begin an upload and stop.
      if (n % 2) socket.write(`PATCH ${uploads()}/x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-length: 1000\r\n`);
    }
    const made = await create(200_000);
    expect((await send(made.location, Buffer.alloc(200_000, 9))).status).toBe(204);
    const body = Buffer.from(JSON.stringify({ idempotencyKey: 'cle-parmi-les-muets-1' }));
    const deposit = await http('POST', `/api/consultations/${id}/bid/deposit`, { body, headers: { 'content-type': 'application/json' } });
    expect(deposit.status).toBe(201);
    for (const socket of sockets) socket.destroy();
  }, 60_000 + IDLE * 100);

  it('plus de 4 Go en un fichier : la taille, la place et la suite se comptent sans erreur', async () => {
    const size = 2 ** 32 + 123;
    const made = await create(size);
    expect(made.status).toBe(201);
    expect((await send(made.location, Buffer.alloc(65_536, 1))).offset).toBe('65536');
    expect(await t.source.manager.findOneByOrFail(BidFile, { state: 'sending' })).toMatchObject({ size });
    expect((await create(6e9 + 1)).status).toBe(413);
    expect((await create(2 ** 53)).status).toBeGreaterThanOrEqual(400);
    await remove();
  });

  it('100 001 fichiers : la phrase, à la page comme au programme, et rien au-delà de la limite', async () => {
    const many = Array.from({ length: 100_000 }, () => ({ size: 1 }));
    expect(() => mustFit({ maxFileBytes: 10, maxBidBytes: 1e9, maxBidFiles: 100_000 }, { name: 'x', size: 1 }, many)).toThrow('Un pli contient 100000 fichiers au plus.');
    const one = (n: number) => `--x\r\ncontent-disposition: form-data; name="files"; filename="f${n}"\r\n\r\nx\r\n`;
    const body = Buffer.from(`${Array.from({ length: 100_001 }, (_, n) => one(n)).join('')}--x--\r\n`);
    const { token: cookie, csrf } = await t.browser('lignes');
    const answer = await http('POST', `/consultations/${id}/pli/fichiers?_csrf=${csrf}`, { body, headers: { cookie: `souspli=${cookie}`, authorization: '', accept: 'text/html', 'content-type': 'multipart/form-data; boundary=x' } });
    expect([303, 422, 413]).toContain(answer.status);
    const { maxBidFiles } = t.app.get(Config);
    expect(await t.source.manager.count(BidFile)).toBeLessThanOrEqual(maxBidFiles + 1);
    expect((await t.source.manager.findOneByOrFail(Consultation, { id })).status).toBe('launched');
  }, 120_000);
});
