// The tus protocol as it is spoken over the wire: its two faces, its refusals, and what hostile or unlucky clients send.
import { jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { TusClient } from '../../scripts/tus-client.mjs';
import { BidFile, BidPart } from '../../src/bids/draft.js';
import { Config } from '../../src/config.js';
import { Files } from '../../src/platform/files.js';
import { sha256 } from '../../src/platform/random.js';
import { type Browser, launched, startApp, type TestApp } from '../support/app.js';
import { bytes, MIB } from './world.js';

const KIB = 1024;
/** Accelerated: what waits two minutes in production waits this long here. */
const SILENCE = 400;

describe('le protocole tus', () => {
  let t: TestApp;
  let id: string;
  let company: Browser;
  let port: number;
  let mine: TusClient;
  let others: TusClient;
  let files: string;

  beforeAll(async () => {
    t = await startApp('sqlite', { config: { maxFileBytes: 5 * MIB, maxBidBytes: 40 * MIB, maxBidFiles: 40, silenceMs: SILENCE } });
    ({ consultationId: id } = await launched(t));
    await t.app.listen(0);
    port = (t.app.getHttpServer().address() as AddressInfo).port;
    company = await t.browser('passerelle');
    mine = client(company.token);
    others = client((await t.browser('territoires')).token);
    files = join(t.app.get(Config).dataDir, 'files');
  }, 60_000);
  afterAll(() => t.close());

  const client = (token: string) => new TusClient(`http://127.0.0.1:${port}/api/consultations/${id}/bid/uploads`, { authorization: `Bearer ${token}` });
  const partials = () => readdirSync(files, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.part'));
  const partsOf = (path: string) => t.source.manager.find(BidPart, { where: { fileId: path.split('/').at(-1) }, order: { position: 'ASC' } });
  /** A request written by hand, so that it may lie; `end` waits for the answer. */
  const raw = (path: string, headers: Record<string, string | number>): Socket => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    const lines = Object.entries({ host: 'x', authorization: `Bearer ${company.token}`, 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream', 'upload-offset': 0, ...headers });
    socket.write(`PATCH ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    return socket;
  };
  const answerOf = (socket: Socket) =>
    new Promise<string>((done) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk)).on('close', () => done(text));
      setTimeout(() => socket.destroy(), 5_000).unref();
    });
  const offsetIs = async (path: string, expected: number) => {
    for (let i = 0; i < 100 && (await mine.offset(path)) !== expected; i += 1) await pause(20);
    expect(await mine.offset(path)).toBe(expected);
  };

  it('annonce ce qu’il sait faire, et rien aux autres sites', async () => {
    const { status, headers } = await mine.request('OPTIONS');
    expect(status).toBe(204);
    expect(headers).toMatchObject({ 'tus-resumable': '1.0.0', 'tus-version': '1.0.0', 'tus-extension': 'creation,creation-with-upload,termination', 'tus-max-size': String(5 * MIB) });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('crée, envoie, dit où il en est, reprend, supprime ; aucun en-tête ne dit un nom', async () => {
    const content = bytes(300 * KIB);
    const path = await mine.create({ name: 'SECRET « é ».pdf', size: content.length, type: 'application/pdf' });
    expect(path).toMatch(new RegExp(`^/api/consultations/${id}/bid/uploads/[0-9a-f-]{36}$`));
    expect(await mine.append(path, 0, content.subarray(0, 64 * KIB))).toBe(64 * KIB);
    const head = await mine.request('HEAD', path);
    expect(head.headers).toMatchObject({ 'upload-offset': String(64 * KIB), 'upload-length': String(content.length), 'cache-control': 'no-store' });
    expect(JSON.stringify(head.headers)).not.toMatch(/SECRET|U0VDUkVU|metadata/i);
    const shown = await mine.request('GET', path);
    expect(shown.json).toEqual({ size: content.length, parts: [{ size: 64 * KIB, sha256: sha256(content.subarray(0, 64 * KIB)) }] });
    await mine.resume(path, content.length, (from, to) => content.subarray(from, to), 100 * KIB);
    const draft = (await mine.request('GET', `/api/consultations/${id}/bid`)).json as unknown as { files: { name: string; state: string; uploadUrl: string }[] };
    expect(draft.files).toEqual([expect.objectContaining({ name: 'SECRET « é ».pdf', state: 'complete', uploadUrl: path })]);
    await mine.remove(path);
    expect((await mine.request('HEAD', path)).status).toBe(404);
  });

  it('création avec les premiers octets : un petit fichier en une demande', async () => {
    const content = bytes(500);
    const metadata = `filename ${Buffer.from('petit.pdf').toString('base64')}`;
    const made = await mine.request('POST', undefined, { 'upload-length': '500', 'upload-metadata': metadata, 'content-type': 'application/offset+octet-stream' }, content);
    expect([made.status, made.headers['upload-offset']]).toEqual([201, '500']);
    expect(await t.source.manager.findOneByOrFail(BidFile, { id: String(made.headers.location).split('/').at(-1) })).toMatchObject({ state: 'complete', sha256: sha256(content) });
    await mine.remove(String(made.headers.location));
  });

  it('parle aussi à la page, avec sa session et son jeton ; sans eux, rien', async () => {
    const at = `http://127.0.0.1:${port}/consultations/${id}/pli/envois`;
    const page = new TusClient(at, { cookie: `souspli=${company.token}`, 'x-csrf-token': company.csrf });
    const path = await page.send({ name: 'page.pdf', content: bytes(100) });
    expect(path).toContain(`/consultations/${id}/pli/envois/`);
    await page.remove(path);
    const forged = new TusClient(at, { cookie: `souspli=${company.token}` });
    expect(await forged.request('POST', undefined, { 'upload-length': '10' })).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    const stranger = new TusClient(at);
    for (const method of ['OPTIONS', 'POST', 'HEAD', 'PATCH', 'DELETE', 'GET']) {
      expect((await stranger.request(method, method === 'POST' || method === 'OPTIONS' ? undefined : path)).status).toBe(401);
    }
  });

  it('l’adresse d’une autre organisation est 404 dans tous les verbes, comme celle qui n’existe pas', async () => {
    const path = await mine.create({ name: 'a.pdf', size: 10 });
    const body = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    for (const [method, headers] of [['HEAD', {}], ['PATCH', body], ['DELETE', {}], ['OPTIONS', {}], ['GET', {}]] as const) {
      const foreign = await others.request(method, path, headers, method === 'PATCH' ? bytes(10) : undefined);
      const none = await others.request(method, path.replace(/[0-9a-f-]{36}$/, '00000000-0000-4000-8000-000000000000'), headers, method === 'PATCH' ? bytes(10) : undefined);
      expect(foreign.status).toBe(404);
      expect([foreign.status, foreign.text]).toEqual([none.status, none.text]);
    }
    expect(await mine.offset(path)).toBe(0);
    await mine.remove(path);
  });

  it('refuse avant les octets ce qui dépasse, d’une phrase en français', async () => {
    const ask = (size: number | string) => mine.request('POST', undefined, { 'upload-length': String(size), 'upload-metadata': `filename ${Buffer.from('plan.pdf').toString('base64')}` });
    expect(await ask(5 * MIB + 1)).toMatchObject({ status: 413, json: { code: 'too-large', message: expect.stringContaining('« plan.pdf » dépasse la taille annoncée') } });
    expect(await ask(0)).toMatchObject({ status: 422, json: { message: expect.stringContaining('vide') } });
    for (const wrong of ['-1', 'x', '1.5', '1e3', '']) expect((await ask(wrong)).status).toBe(400);
    expect(await t.source.manager.count(BidFile)).toBe(0);
  });

  it('parle le protocole jusque dans ses refus', async () => {
    const path = await mine.create({ name: 'a.pdf', size: 100 });
    const patch = (headers: Record<string, string | undefined>, content = bytes(100)) =>
      mine.request('PATCH', path, { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0', ...headers }, content);
    expect(await patch({ 'upload-offset': undefined })).toMatchObject({ status: 400 });
    for (const wrong of ['-1', 'x', '1e1', '99999999999999999999']) expect(await patch({ 'upload-offset': wrong })).toMatchObject({ status: 400 });
    expect(await patch({ 'upload-offset': '50' }, bytes(50))).toMatchObject({ status: 409, json: { code: 'wrong-offset' } });
    expect(await patch({ 'content-type': 'application/octet-stream' })).toMatchObject({ status: 415 });
    expect(await patch({ 'tus-resumable': undefined })).toMatchObject({ status: 412, headers: { 'tus-version': '1.0.0' } });
    expect(await patch({ 'tus-resumable': '0.2.2' })).toMatchObject({ status: 412 });
    expect(await patch({}, bytes(101))).toMatchObject({ status: 413 });
    expect(await mine.request('POST', undefined, { 'upload-defer-length': '1' })).toMatchObject({ status: 501 });
    expect(await mine.request('POST', undefined, { 'upload-length': '10', 'upload-concat': 'partial' })).toMatchObject({ status: 501 });
    expect(await mine.request('POST', undefined, { 'upload-length': '10', 'upload-metadata': 'filename é é' })).toMatchObject({ status: 400 });
    expect(await mine.offset(path)).toBe(0);
    expect(await partsOf(path)).toEqual([]);
    await mine.remove(path);
  });

  it('une bombe gzip n’est ni dépliée, ni gardée', async () => {
    const path = await mine.create({ name: 'a.pdf', size: 100_000 });
    const bomb = gzipSync(Buffer.alloc(50 * MIB));
    const sent = await mine.request('PATCH', path, { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0', 'content-encoding': 'gzip' }, bomb);
    expect(sent).toMatchObject({ status: 415, json: { code: 'encoded' } });
    expect(await mine.offset(path)).toBe(0);
    await mine.remove(path);
  });

  it('un Content-Length qui ment : plus qu’annoncé n’est pas lu, moins ne passe pas pour un fichier', async () => {
    const path = await mine.create({ name: 'a.pdf', size: 200 * KIB });
    const less = raw(path, { 'content-length': 200 * KIB });
    less.end(bytes(150 * KIB));
    await answerOf(less);
    await offsetIs(path, 128 * KIB);
    const more = raw(path, { 'content-length': 10 * KIB, 'upload-offset': 128 * KIB, connection: 'close' });
    more.write(bytes(50 * KIB));
    await answerOf(more);
    await offsetIs(path, 138 * KIB);
    const chunked = await mine.request('PATCH', path, { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(138 * KIB), 'transfer-encoding': 'chunked' }, (async function* () {
      for (let n = 0; n < 10; n += 1) yield bytes(20 * KIB, n);
    })());
    expect(chunked.status).toBe(413);
    await offsetIs(path, 138 * KIB);
    await mine.remove(path);
    expect(partials()).toEqual([]);
  });

  it('un envoi coupé garde ses blocs entiers ; le suivant reprend là, sans attendre que le serveur s’aperçoive de la coupure', async () => {
    const content = bytes(MIB);
    const path = await mine.create({ name: 'coupé.pdf', size: content.length });
    const hanging = raw(path, { 'content-length': content.length }); // the network is gone: neither bytes nor an end
    hanging.write(content.subarray(0, 300 * KIB));
    await pause(100);
    expect(await mine.offset(path)).toBe(256 * KIB);
    hanging.destroy();
    await mine.resume(path, content.length, (from, to) => content.subarray(from, to));
    const whole = await t.source.manager.findOneByOrFail(BidFile, { id: path.split('/').at(-1) });
    expect(whole).toMatchObject({ state: 'complete', sha256: sha256(content) });
    expect(partials()).toEqual([]);
    await mine.remove(path);
  });

  it('deux envois du même fichier à la fois : un seul avance, aucun octet n’est mêlé', async () => {
    const content = bytes(600 * KIB);
    const path = await mine.create({ name: 'double.pdf', size: content.length });
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => mine.append(path, 0, content)));
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of tries) if (one.status === 'rejected') expect([409, 413]).toContain((one.reason as { status: number }).status);
    expect((await partsOf(path)).reduce((sum, part) => sum + part.plainSize, 0)).toBe(content.length);
    await mine.remove(path);
  });

  it('lent mais en route : il arrive ; muet, ou un octet à la fois : coupé, et ce qui est entier est gardé', async () => {
    const content = bytes(640 * KIB);
    const slow = await mine.create({ name: 'lent.pdf', size: content.length });
    const steadily = async function* () {
      for (let at = 0; at < content.length; at += 64 * KIB) {
        yield content.subarray(at, at + 64 * KIB);
        await pause(SILENCE / 3);
      }
    };
    expect(await mine.append(slow, 0, steadily(), { 'content-length': String(content.length) })).toBe(content.length);

    const mute = await mine.create({ name: 'muet.pdf', size: content.length });
    const socket = raw(mute, { 'content-length': content.length });
    socket.write(content.subarray(0, 100 * KIB));
    await answerOf(socket); // the server cuts
    await offsetIs(mute, 64 * KIB);

    const drip = await mine.create({ name: 'goutte.pdf', size: 100 });
    const drops = raw(drip, { 'content-length': 100 });
    const dripping = setInterval(() => drops.write('x'), SILENCE / 10);
    await answerOf(drops);
    clearInterval(dripping);
    await offsetIs(drip, 0);
    expect(partials()).toEqual([]);
    for (const path of [slow, mute, drip]) await mine.remove(path);
  });

  it('un disque qui refuse en cours de route : 503 aussitôt, avec la phrase, et l’envoi reprend après', async () => {
    const content = bytes(4 * MIB);
    const path = await mine.create({ name: 'disque.pdf', size: content.length });
    const full = jest.spyOn(t.app.get(Files), 'create').mockRejectedValueOnce(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
    await expect(mine.append(path, 0, content)).rejects.toMatchObject({ status: 503, code: 'try-again', answer: { headers: { 'retry-after': '10' } } });
    full.mockRestore();
    await mine.resume(path, content.length, (from, to) => content.subarray(from, to), MIB);
    await offsetIs(path, content.length);
    await mine.remove(path);
  });

  it('des noms hostiles restent des données', async () => {
    const names = ['../../etc/passwd', 'devis\u202Efdp.exe', 'a\u0000b.pdf', '\r\nSet-Cookie: x=1', `${'é'.repeat(5_000)}.pdf`, '', '...', '<script>alert(1)</script>.pdf', '👩‍🔧 plan.pdf'];
    const paths = [];
    for (const name of names) paths.push(await mine.create({ name, size: 10 }));
    const draft = (await mine.request('GET', `/api/consultations/${id}/bid`)).json as unknown as { files: { name: string }[] };
    expect(draft.files.map((file) => file.name)).toEqual(['passwd', 'devisfdp.exe', 'ab.pdf', 'Set-Cookie: x=1', expect.stringMatching(/^é+\.pdf$/), 'fichier', 'fichier', 'script>.pdf', '👩‍🔧 plan.pdf']);
    expect([...(draft.files[4]?.name ?? '')].length).toBeLessThanOrEqual(200);
    for (const path of paths) await mine.remove(path);
  });

  it('un morceau après « Déposer » est refusé, et le pli ne change pas', async () => {
    const path = await mine.send({ name: 'offre.pdf', content: bytes(100) });
    await company.post(`/consultations/${id}/pli/deposer`, { idempotencyKey: 'cle-de-depot-apres-0001' }).expect(303);
    const after = await mine.request('PATCH', path, { 'content-type': 'application/offset+octet-stream', 'upload-offset': '100' }, bytes(10));
    expect(after).toMatchObject({ status: 409, json: { code: 'draft-closed' } });
    expect(await mine.request('DELETE', path)).toMatchObject({ status: 409 });
    expect(await partsOf(path)).toHaveLength(1);
    expect(t.logged.filter((line) => line.includes('unexpected'))).toEqual([]);
  });
});
