import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyFiles } from '../../src/command-verify.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { signReceipt } from '../../src/sealing/receipt.js';
import { body, offer } from './receipt-case.js';
import { type ReceiptCase, receiptCases } from './receipt-cases.js';

let folder: string;
let ring: Keyring;
let cases: ReceiptCase[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-'));
  ring = await Keyring.open(join(folder, 'one.json'), { create: true });
  cases = receiptCases(ring, await Keyring.open(join(folder, 'two.json'), { create: true }));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder as a person would have it: the receipt and the files beside it. */
function laid(one: Pick<ReceiptCase, 'text' | 'files'>, name: string): string[] {
  const at = join(folder, name);
  mkdirSync(at);
  return [['recu.json', one.text] as const, ...one.files].map(([file, content]) => {
    writeFileSync(join(at, file), content);
    return join(at, file);
  });
}

describe('npm run souspli -- verify', () => {
  it('dit vrai de chaque cas de la table, avec la raison', async () => {
    expect(cases.length).toBeGreaterThan(25);
    for (const [i, one] of cases.entries()) {
      const key = one.key?.includes('PUBLIC') ? join(folder, `${i}.pem`) : one.key;
      if (one.key && key !== one.key) writeFileSync(key as string, one.key);
      const found = await verifyFiles(laid(one, String(i)), { key });
      const said = found.lines.join('\n');
      expect([one.title, found.ok]).toEqual([one.title, one.ok]);
      for (const sentence of one.says) expect(`${one.title}\n${said}`).toMatch(sentence);
      expect(found.json).toMatchObject({ kind: 'receipt', ok: one.ok });
    }
  });

  it('accepte un choix de fichiers quand on le dit, et la clé donnée telle quelle', async () => {
    const paths = laid({ text: JSON.stringify(signReceipt(ring, body)), files: [['Mémoire.pdf', offer]] }, 'some');
    expect(await verifyFiles(paths, { some: true, key: ring.publicKeyPem })).toMatchObject({ ok: true, json: { missing: ['prix.txt', 'vide.txt'] } });
    expect((await verifyFiles(paths)).ok).toBe(false);
  });

  it('dit ce qui manque, sans pile ni code : rien, un fichier absent, un dossier, une clé absente', async () => {
    const [receipt = ''] = laid({ text: '{}', files: [] }, 'wrong');
    await expect(verifyFiles([])).rejects.toThrow('Indiquez l’accusé de réception');
    await expect(verifyFiles([receipt, join(folder, 'absent.pdf')])).rejects.toThrow(/absent\.pdf » n’existe pas/);
    await expect(verifyFiles([receipt, folder])).rejects.toThrow(/est un dossier : donnez les fichiers/);
    await expect(verifyFiles([receipt], { key: join(folder, 'absente.pem') })).rejects.toThrow(/absente\.pem » n’existe pas/);
  });

  it('n’écrit au terminal aucun caractère qui le commande, même signé par n’importe qui', async () => {
    const evil = '\u001b[2J\u202Efdp.exe';
    const text = JSON.stringify(signReceipt(ring, { ...body, buyer: evil, files: [{ ...body.files[1], name: evil }] }));
    const found = await verifyFiles(laid({ text, files: [['autre.txt', offer]] }, 'evil'));
    expect(found.lines.join('\n')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(found.ok).toBe(false);
  });
});

describe('la commande entière', () => {
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      // The compiled program, as people run it; scripts/test.mjs builds it first.
      execFile(process.execPath, ['dist/cli.js', 'verify', ...args], { env: { PATH: process.env.PATH } }, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }));
    });

  it('rend 0 ou 1, et du JSON pour les machines', async () => {
    const right = laid(cases[0], 'right');
    expect(await run(...right, '--key', ring.publicKeyFingerprint)).toMatchObject({ code: 0, out: expect.stringMatching(/^CONFORME/), err: '' });
    const wrong = laid(cases.find((one) => one.title === 'un prix changé') as ReceiptCase, 'wrong-price');
    const { code, out } = await run(...wrong, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, kind: 'receipt', files: [{ ok: true }, { ok: false, reason: expect.stringContaining('prix.txt') }, { ok: true }] });
    expect(await run('absent.json')).toMatchObject({ code: 1, err: expect.stringMatching(/^Le fichier « absent\.json » n’existe pas\.\n$/) });
  });
});
