import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonical } from '../../src/platform/canonical.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { type Receipt, signReceipt } from '../../src/sealing/receipt.js';
import { verifyReceipt } from '../../src/sealing/verify-receipt.js';
import { body } from './receipt-case.js';

let folder: string;
let ring: Keyring;
let other: Keyring;
let receipt: Receipt;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'receipt-'));
  ring = await Keyring.open(join(folder, 'one.json'), { create: true });
  other = await Keyring.open(join(folder, 'two.json'), { create: true });
  receipt = signReceipt(ring, body);
});
afterAll(() => rmSync(folder, { recursive: true }));

const copy = () => JSON.parse(JSON.stringify(receipt)) as Receipt;

/** Every leaf of the receipt, as the path that leads to it. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [path];
  const entries = Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function change(target: Receipt, path: string[], by: (old: unknown) => unknown): Receipt {
  const parent = path.slice(0, -1).reduce<Record<string, unknown>>((o, key) => o[key] as Record<string, unknown>, target as never);
  const key = path.at(-1) as string;
  const value = by(parent[key]);
  if (value === undefined) delete parent[key];
  else parent[key] = value;
  return target;
}

const altered = (old: unknown) => (typeof old === 'number' ? old + 1 : typeof old === 'boolean' ? !old : typeof old === 'string' ? `${old} ` : 'x');

describe('a receipt', () => {
  it('is accepted as issued, also after a journey through JSON with its keys in another order', async () => {
    expect(await verifyReceipt(receipt, ring.publicKeyPem)).toMatchObject({ ok: true, trusted: true, fingerprint: ring.publicKeyFingerprint });
    const shuffled = Object.fromEntries(Object.entries(copy()).toReversed());
    expect((await verifyReceipt(shuffled, ring.publicKeyPem)).ok).toBe(true);
  });

  it('is the same to the byte when signed again', () => {
    const again = signReceipt(ring, Object.fromEntries(Object.entries(body).toReversed()) as never);
    expect(canonical(again)).toBe(canonical(receipt));
  });

  it('is refused when any one of its fields is altered, removed or added', async () => {
    const paths = leaves(receipt);
    expect(paths.length).toBeGreaterThan(35);
    for (const path of paths) {
      for (const by of [altered, () => undefined]) {
        const verdict = await verifyReceipt(change(copy(), path, by), ring.publicKeyPem);
        // A PEM with one more space is still the same key; removing it is not.
        const harmless = path.join('.') === 'signature.publicKey' && by === altered;
        expect([path.join('.'), verdict.ok]).toEqual([path.join('.'), harmless]);
        if (!harmless) expect(verdict.reason).toMatch(/ .*\.$/);
      }
    }
    expect((await verifyReceipt({ ...copy(), note: 'ajout' }, ring.publicKeyPem)).ok).toBe(false);
  });

  it('signed by another key is refused when the key is known, and marked as unproved when it is not', async () => {
    const forged = signReceipt(other, body);
    expect(await verifyReceipt(forged, ring.publicKeyPem)).toMatchObject({ ok: false, reason: expect.stringContaining('autre clé') });
    expect(await verifyReceipt(forged)).toMatchObject({ ok: true, trusted: false, reason: expect.stringContaining('n’a pas été comparée') });
    const mixed = { ...copy(), signature: { ...receipt.signature, publicKey: other.publicKeyPem } };
    expect((await verifyReceipt(mixed)).ok).toBe(false);
    expect((await verifyReceipt(receipt, 'pas une clé')).ok).toBe(false);
  });

  it('whose verdict contradicts its dates is refused, even well signed', async () => {
    const at = (receivedAt: string, status: 'in-time' | 'late') => verifyReceipt(signReceipt(ring, { ...body, receivedAt, status }), ring.publicKeyPem).then((verdict) => verdict.ok);
    expect(await Promise.all([at('2023-07-26T21:59:00.000Z', 'late'), at('2023-07-26T21:58:59.999Z', 'in-time')])).toEqual([true, true]);
    expect(await Promise.all([at('2023-07-26T21:59:00.000Z', 'in-time'), at('2023-07-26T21:58:59.999Z', 'late'), at('2023-07-26T21:59Z', 'late')])).toEqual([false, false, false]);
  });

  it('that is no receipt at all is refused without an exception', async () => {
    for (const odd of [null, undefined, 3, 'x', [], {}, { format: 'souspli/receipt/v1' }, { format: 'souspli/receipt/v1', signature: { alg: 'Ed25519', publicKey: 'x', value: 'x' } }]) {
      expect(await verifyReceipt(odd)).toMatchObject({ ok: false, reason: expect.any(String) });
    }
  });
});
