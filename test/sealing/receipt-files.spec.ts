import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Keyring } from '../../src/sealing/keyring.js';
import { type Receipt, signReceipt } from '../../src/sealing/receipt.js';
import type { GivenFile } from '../../src/sealing/receipt-files.js';
import { inMemory, onDisk, verifyReceiptFile } from '../../src/sealing/verify-receipt.js';
import { chunks } from './bytes.js';
import { body, offer, price } from './receipt-case.js';

let folder: string;
let ring: Keyring;
let receipt: Receipt;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'receipt-'));
  ring = await Keyring.open(join(folder, 'one.json'), { create: true });
  receipt = signReceipt(ring, body);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('files compared with a receipt', () => {
  const check = (...files: GivenFile[]) => verifyReceiptFile(receipt, files);

  it('are accepted from the disk, from memory and from a stream, whatever the chunks', async () => {
    const path = join(folder, 'copie.bin');
    writeFileSync(path, offer);
    expect(await check(onDisk('Me\u0301moire.pdf', path))).toEqual({ ok: true, files: [{ name: 'Me\u0301moire.pdf', ok: true }], missing: ['prix.txt', 'vide.txt'] });
    for (const size of [1_000, 99_999, 100_000, 300_000]) {
      expect((await check(inMemory('Mémoire.pdf', chunks(offer, size)))).ok).toBe(true);
    }
    const all = await check(inMemory('Mémoire.pdf', offer), inMemory('prix.txt', price), inMemory('vide.txt', Buffer.of()));
    expect([all.ok, all.missing]).toEqual([true, []]);
  });

  it('are refused for one bit, one byte less, one byte more, with the place', async () => {
    for (const at of [0, 99_999, 100_000, 249_999]) {
      const flipped = Buffer.from(offer);
      flipped[at] ^= 1;
      const verdict = await check(inMemory('Mémoire.pdf', flipped));
      expect([verdict.ok, verdict.files[0].reason]).toEqual([false, expect.stringMatching(at < 100_000 ? /\(partie 1\)/ : /\(partie [34]\)/)]);
    }
    expect((await check(inMemory('Mémoire.pdf', offer.subarray(1)))).ok).toBe(false);
    expect((await check(inMemory('Mémoire.pdf', Buffer.concat([offer, price])))).ok).toBe(false);
    expect((await check(inMemory('vide.txt', price))).ok).toBe(false);
  });

  it('are refused when neither their name nor their content is listed, or when none is given', async () => {
    expect(await check(inMemory('autre.pdf', Buffer.from('autre')))).toMatchObject({ ok: false, files: [{ reason: expect.stringContaining('ne figure pas') }] });
    expect((await check()).ok).toBe(false);
  });

  it('are found again under another name, and said to be so; a file given twice is said too', async () => {
    const renamed = await check(inMemory('copie (1).pdf', chunks(offer)));
    expect(renamed).toMatchObject({ ok: true, files: [{ ok: true, reason: expect.stringContaining('sous le nom « Mémoire.pdf »') }], missing: ['prix.txt', 'vide.txt'] });
    const twice = await check(inMemory('prix.txt', price), inMemory('prix.txt', price));
    expect(twice).toMatchObject({ ok: true, files: [{ ok: true }, { ok: true, reason: expect.stringContaining('deux fois') }] });
    let read = false;
    const sized: GivenFile = { name: 'x.pdf', size: 3, open: () => ((read = true), chunks(price)) };
    expect((await check(sized)).ok).toBe(false);
    expect(read).toBe(false); // of a size that no document has
  });

  it('are refused when the receipt proves nothing of their content', async () => {
    const file = receipt.files[0];
    for (const parts of [[], file.parts.slice(0, -1)]) {
      const bare = signReceipt(ring, { ...body, files: [{ ...file, parts }] });
      expect((await verifyReceiptFile(bare, [inMemory('Mémoire.pdf', offer)])).ok).toBe(false);
    }
  });

  it('of the same name are told apart by their content', async () => {
    const twins = signReceipt(ring, { ...body, files: [receipt.files[1], { ...receipt.files[0], name: 'prix.txt' }] });
    const verdict = await verifyReceiptFile(twins, [inMemory('prix.txt', offer), inMemory('prix.txt', price)]);
    expect([verdict.ok, verdict.missing]).toEqual([true, []]);
  });
});
