import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Config } from '../../src/config.js';
import { readAnswer } from '../../src/evaluations/answer-upload.js';
import { DiskFiles } from '../../src/platform/files.js';
import { SystemRandom, sha256 } from '../../src/platform/random.js';
import type { Req } from '../../src/platform/web.js';

const BOUNDARY = 'xxBOUNDARYxx';
type Part = { name: string; filename?: string; content: Buffer | string };

const body = (parts: Part[]) =>
  Buffer.concat([...parts.flatMap(({ name, filename, content }) => [Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')]), Buffer.from(`--${BOUNDARY}--\r\n`)]);
const request = (bytes: Buffer) => Object.assign(Readable.from([bytes.subarray(0, 700), bytes.subarray(700)]), { headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } }) as unknown as Req;

describe('réponse d’un candidat', () => {
  const folder = mkdtempSync(join(tmpdir(), 'souspli-answers-'));
  const random = new SystemRandom();
  const files = new DiskFiles(folder, random);
  const config = Config.of({ mode: 'test', dataDir: folder, keyFile: join(folder, 'keys.json'), maxFileBytes: 1_000_000 });
  const read = (parts: Part[]) => readAnswer(request(body(parts)), { files, random, config });
  const kept = async () => {
    let count = 0;
    for await (const _ of files.kept()) count += 1;
    return count;
  };
  const refused = (sentence: string) => expect.objectContaining({ code: 'invalid', typed: { answer: 'Ma réponse' }, errors: [{ field: 'files', message: expect.stringContaining(sentence) }] });

  it('s’écrit sur le disque à mesure qu’elle arrive, avec son empreinte', async () => {
    const content = Buffer.alloc(300_000, 'a');
    const found = await read([{ name: 'answer', content: '  Ma réponse\r\n' }, { name: 'files', filename: 'C:\\dossier\\mémoire.pdf', content }, { name: 'files', filename: '', content: '' }, { name: 'autre', filename: 'x.pdf', content: 'x' }]);
    expect(found).toMatchObject({ text: 'Ma réponse', files: [{ name: 'mémoire.pdf', size: 300_000, sha256: sha256(content) }] });
    expect((await files.read(found.files[0]?.blob ?? '')).equals(content)).toBe(true);
    await files.remove(found.files[0]?.blob ?? '');
  });

  it('refuse ce qui est vide, trop grand, trop nombreux ou d’un autre format, garde le texte, et ne laisse rien sur le disque', async () => {
    const answer = { name: 'answer', content: 'Ma réponse' };
    const good = { name: 'files', filename: 'a.pdf', content: 'x' };
    await expect(read([answer, good, { name: 'files', filename: 'b.pdf', content: '' }])).rejects.toEqual(refused('est vide'));
    await expect(read([answer, good, { name: 'files', filename: 'b.pdf', content: Buffer.alloc(1_000_001) }])).rejects.toEqual(refused('dépasse'));
    await expect(read([answer, good, { name: 'files', filename: 'b.exe', content: 'x' }])).rejects.toEqual(refused('formats acceptés'));
    await expect(read([answer, ...Array.from({ length: 21 }, () => good)])).rejects.toEqual(refused('20 fichiers au plus'));
    expect(await kept()).toBe(0);
  });

  it('coupée en route, ne laisse rien', async () => {
    const whole = body([{ name: 'files', filename: 'a.pdf', content: Buffer.alloc(5000) }]);
    await expect(readAnswer(request(whole.subarray(0, 2000)), { files, random, config })).rejects.toMatchObject({ code: 'cut' });
    await expect(readAnswer(Object.assign(request(whole), { headers: { 'content-type': 'multipart/form-data' } }), { files, random, config })).rejects.toMatchObject({ code: 'bad-request' });
    expect(await kept()).toBe(0);
    rmSync(folder, { recursive: true });
  });

  it('sans fichier, se lit d’un corps ordinaire', async () => {
    expect(await readAnswer({ headers: {}, body: { answer: ' Bien reçu ' } } as Req, { files, random, config })).toEqual({ text: 'Bien reçu', files: [] });
    expect(await readAnswer({ headers: {}, body: { answer: ['x'] } } as unknown as Req, { files, random, config })).toEqual({ text: '', files: [] });
  });
});
