import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Config } from '../../src/config.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { verifyReceipt } from '../../src/sealing/verify-receipt.js';
import { MOST_BYTES, Trials } from '../../src/support/trials.js';
import { WorkstationService, type TrialResult } from '../../src/support/workstation.service.js';
import { startApp, type TestApp } from '../support/app.js';

const PART = 8 * 1024 * 1024;
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

describe('les tests à la fois', () => {
  let at = 0;
  const trials = () => new Trials(() => new Date(at));

  it('quatre en tout, deux par adresse, 60 Mo par minute et par adresse', () => {
    const t = trials();
    expect(codeOf(() => t.begin('1', 'a', 1))).toBe('done');
    expect(codeOf(() => t.begin('2', 'a', 1))).toBe('done');
    expect(codeOf(() => t.begin('3', 'a', 1))).toBe('trial-busy');
    expect(codeOf(() => t.begin('3', 'b', 1))).toBe('done');
    expect(codeOf(() => t.begin('4', 'c', 1))).toBe('done');
    expect(codeOf(() => t.begin('5', 'd', 1))).toBe('trial-busy');
    t.end('1');
    expect(codeOf(() => t.begin('5', 'd', MOST_BYTES))).toBe('done');
    for (const id of ['2', '3', '4', '5']) t.end(id);
    for (const id of ['d0', 'd1']) {
      t.begin(id, 'd', MOST_BYTES);
      t.end(id);
    }
    expect(codeOf(() => t.begin('d9', 'd', 1))).toBe('trial-busy');
    expect(codeOf(() => t.begin('e', 'e', 1))).toBe('done');
    at += 60_000;
    expect(codeOf(() => t.begin('d9', 'd', MOST_BYTES))).toBe('done');
  });

  it('celui qui n’avance plus rend sa place ; celui qui avance lentement la garde', () => {
    const t = trials();
    const slow = t.begin('slow', 'a', MOST_BYTES);
    t.begin('dead', 'b', MOST_BYTES);
    slow.received = 2_000_000;
    at += 90_000;
    expect(t.find('slow')).toBe(slow);
    expect(codeOf(() => t.find('dead'))).toBe('trial-ended');
    at += 120_000;
    expect(codeOf(() => t.find('slow'))).toBe('trial-ended');
  });

  it.each([0, -1, 1.5, Number.NaN, MOST_BYTES + 1])('refuse %s octets', (size) => {
    expect(codeOf(() => trials().begin('x', 'a', size))).toMatch(/^(empty|too-large)$/);
  });
});

describe('tester mon poste', () => {
  let t: TestApp;
  let files = '';
  // A fresh application for each: the budget of an address is kept in memory.
  const fresh = async () => {
    await t?.close();
    t = await startApp('sqlite', { mode: 'test' });
    files = join(t.app.get(Config).dataDir, 'files');
  };
  beforeAll(fresh, 60_000);
  afterAll(() => t.close());

  const kept = () => {
    try {
      return readdirSync(files, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(files, name)).isFile());
    } catch {
      return [];
    }
  };
  const tus = (call: ReturnType<ReturnType<TestApp['anonymous']>['post']>) => call.set('tus-resumable', '1.0.0');
  const begin = (size: unknown) => tus(t.anonymous().post('/tester-mon-poste/envois')).set('upload-length', String(size));
  const patch = (url: string, offset: number, body: Buffer) =>
    tus(t.anonymous().patch(url)).set('content-type', 'application/offset+octet-stream').set('upload-offset', String(offset)).send(body);
  const end = (url: string) => t.anonymous().post(`${url}/recu`).set('accept', 'application/json');
  const form = () => t.anonymous().post('/tester-mon-poste/fichiers').set('accept', 'text/html');

  it('dit ce qu’il faut, à tout le monde, et l’heure du serveur', async () => {
    const page = await t.anonymous().get('/tester-mon-poste').expect(200);
    for (const words of ['Firefox', '100\u00a0Mo', 'data-workstation', '<noscript>', 'BEGIN PUBLIC KEY', 'enctype="multipart/form-data"']) expect(page.text).toContain(words);
    const { body } = await t.anonymous().get('/tester-mon-poste/heure').expect(200).expect('cache-control', 'no-store');
    expect(Math.abs(Date.parse((body as { now: string }).now) - Date.now())).toBeLessThan(5000);
  });

  it('le chemin d’un vrai dépôt : parties scellées, reçu signé sans valeur, et rien ne reste', async () => {
    const bytes = randomBytes(MOST_BYTES);
    const lines = await t.source.manager.count(JournalEntry);
    const started = await begin(bytes.length).expect(201);
    const url = started.headers.location ?? '';
    for (let at = 0; at < bytes.length; at += PART) await patch(url, at, bytes.subarray(at, at + PART)).expect(204);
    await patch(url, 2 * PART, bytes.subarray(2 * PART)).expect(409); // again, after a lost answer: the offset is asked
    await tus(t.anonymous().head(url)).expect(200).expect('upload-offset', String(bytes.length));
    const { receipt, signed } = (await end(url).expect(200)).body as TrialResult;
    expect(receipt).toMatchObject({ format: 'souspli/essai/v1', size: bytes.length, sha256: sha(bytes), receivedAt: t.clock.now().toISOString() });
    expect(receipt.warning).toContain('ESSAI – sans valeur');
    expect(receipt.parts.map((part) => part.sha256)).toEqual([0, 1, 2].map((n) => sha(bytes.subarray(n * PART, (n + 1) * PART))));
    expect(verify(null, Buffer.from(signed), createPublicKey(receipt.signature.publicKey), Buffer.from(receipt.signature.value, 'base64'))).toBe(true);
    expect(JSON.parse(signed)).toEqual({ ...receipt, signature: undefined });
    expect((await verifyReceipt(receipt)).ok).toBe(false); // never taken for a real one
    expect(kept()).toEqual([]);
    expect(await t.source.manager.count(JournalEntry)).toBe(lines);
    expect(t.logged.filter((line) => line.includes('workstation')).map((line) => Object.keys(JSON.parse(line) as object))).toEqual([['level', 'message', 'bytes', 'milliseconds', 'javascript']]);
    await end(url).expect(409);
  });

  it('pendant l’envoi, le disque ne voit que des octets scellés', async () => {
    await fresh();
    const plain = Buffer.alloc(1_000_000, 'clair ');
    const seen: Buffer[] = [];
    const service = t.app.get(WorkstationService);
    async function* source() {
      for (let i = 0; i < plain.length; i += 100_000) {
        yield plain.subarray(i, i + 100_000);
        await new Promise((done) => setTimeout(done, 5));
        seen.push(...kept().map((name) => readFileSync(join(files, name))));
      }
    }
    await service.write(service.begin('a', plain.length), Object.assign(source(), { cut: false }));
    expect(Math.max(...seen.map((one) => one.length))).toBeGreaterThan(100_000);
    expect(seen.some((one) => one.includes('clair'))).toBe(false);
    expect(kept()).toEqual([]);
  });

  it('refuse ce qui n’était pas annoncé, d’une phrase', async () => {
    await fresh();
    for (const size of [0, -5, 'x', null, 1e12, '1e3']) expect((await begin(size)).status).toBeGreaterThanOrEqual(400);
    const url = (await begin(1000).expect(201)).headers.location ?? '';
    expect((await patch(url, 0, Buffer.alloc(1001)).expect(413)).body).toMatchObject({ code: 'too-large' });
    expect((await patch(url, 500, Buffer.alloc(10)).expect(409)).body).toMatchObject({ code: 'wrong-offset' });
    expect((await end(url).expect(409)).body).toMatchObject({ code: 'incomplete' });
    await patch(url, 0, Buffer.alloc(10)).expect(204);
    await patch(url, 10, Buffer.alloc(990)).expect(204);
    await end(url).expect(200);
    await tus(t.anonymous().delete(url)).expect(204);
    for (const bad of ['x', '-1', '9e9', '%00']) expect((await patch(`/tester-mon-poste/envois/${bad}`, 0, Buffer.alloc(1))).status).toBeLessThan(500);
    expect(kept()).toEqual([]);
  });

  it('quand le budget est épuisé : la page et une phrase, pas une page d’erreur', async () => {
    await fresh();
    await begin(1000).expect(201);
    await begin(1000).expect(201);
    const json = await begin(1000).expect(409);
    expect((json.body as { message: string }).message).toContain('Attendez une minute');
    const page = await form().attach('files', Buffer.from('abc'), 'a.txt').expect(409);
    expect(page.text).toContain('<h1>Tester mon poste</h1>');
    expect(page.text).toContain('le dépôt, lui, reste ouvert');
  });

  it('sans JavaScript : un formulaire, le même reçu d’essai sur la page', async () => {
    await fresh();
    const bytes = randomBytes(300_000);
    const page = await form().attach('files', bytes, 'mon mémoire secret.pdf').expect(200);
    for (const words of ['Votre poste peut déposer', 'ESSAI – sans valeur', sha(bytes), '300\u00a0ko', 'Mbit/s']) expect(page.text).toContain(words);
    expect(page.text).not.toContain('secret');
    expect(kept()).toEqual([]);
    expect((await form().attach('files', Buffer.alloc(0), 'vide.txt').expect(409)).text).toContain('Choisissez un fichier');
    expect((await form().field('autre', 'x').expect(409)).text).toContain('Choisissez un fichier');
    expect((await form().type('form').send({ files: 'x' }).expect(409)).text).toContain('Choisissez un fichier');
    expect((await form().attach('files', Buffer.alloc(MOST_BYTES + 1), 'gros.bin').expect(413)).text).toContain('20 Mo au plus');
    expect(kept()).toEqual([]);
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=x', 'application/json; charset=utf-7', 'text/plain'])('hostile : %s', async (type) => {
    await fresh();
    const cut = '--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-';
    for (const body of ['', '--x\r\n\r\n', 'garbage', cut, '{"size":{"$gt":1}}', `--x\r\n${'A'.repeat(100_000)}`]) {
      const answer = await form().set('content-type', type).send(body);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(/at .*\.(js|ts):\d+/);
    }
    expect(kept()).toEqual([]);
    expect(t.logged.filter((line) => line.includes('unexpected'))).toEqual([]);
    await t.anonymous().get('/sante').expect(200);
  });

  it('20 Mo passent à mémoire plate, et un envoi coupé ne laisse rien', async () => {
    await fresh();
    await t.app.listen(0);
    const { port } = t.app.getHttpServer().address() as AddressInfo;
    const head = '--x\r\nContent-Disposition: form-data; name="files"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n';
    const chunk = randomBytes(64_000);
    let measure: (() => void) | undefined;
    const send = (chunks: number, cut = false) =>
      new Promise<number>((answer) => {
        const call = httpRequest({ port, method: 'POST', path: '/tester-mon-poste/fichiers', headers: { 'content-type': 'multipart/form-data; boundary=x', accept: 'text/html' } }, (response) => response.resume().on('end', () => answer(response.statusCode ?? 0)));
        call.on('error', () => answer(0));
        call.write(head);
        let left = chunks;
        const more = (): unknown => {
          while (left > 0) {
            left -= 1;
            if (left % 30 === 0) measure?.();
            if (!call.write(chunk)) return call.once('drain', more);
          }
          return cut ? call.destroy() : call.end('\r\n--x--\r\n');
        };
        more();
      });
    expect(await send(10)).toBe(200);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void; // what is measured is what is held, not what waits to be swept
    collect();
    const before = process.memoryUsage().arrayBuffers;
    const held: number[] = [];
    measure = () => {
      collect();
      held.push(process.memoryUsage().arrayBuffers - before);
    };
    expect(await send(310)).toBe(200);
    measure = undefined;
    expect(held).toHaveLength(11);
    // Freed buffers are counted for a while: a file kept in memory would show in every measure of the second half.
    expect(Math.min(...held.slice(5))).toBeLessThan(4_000_000);
    await send(50, true);
    for (let i = 0; i < 50 && kept().length > 0; i += 1) await new Promise((done) => setTimeout(done, 20));
    expect(kept()).toEqual([]);
  });
});
