import { createPublicKey, verify } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { Keyring } from '../../src/sealing/keyring.js';

let folder: string;
let file: string;
const text = Buffer.from('récépissé');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
  file = join(folder, 'keys', 'souspli.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const content = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;

describe('the keyring', () => {
  it('is made at first start, readable by its owner alone, and found again as it was', async () => {
    const first = await Keyring.open(file, { create: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'keys'))).toEqual(['souspli.json']);
    const before = readFileSync(file);
    const again = await Keyring.open(file, { create: true });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(again.publicKeyFingerprint).toBe(first.publicKeyFingerprint);
    expect(again.verify(text, first.sign(text))).toBe(true);
    expect(again.vault.open(first.vault.seal('nom', 'a'), 'a')).toBe('nom');
    expect(await again.unwrap(await first.wrap('identité'))).toBe('identité');
  });

  it('made by several processes at once is one keyring', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => Keyring.open(file, { create: true })));
    expect(new Set(rings.map((ring) => ring.publicKeyFingerprint)).size).toBe(1);
  });

  it('is never made in production: a lost file stops the start', async () => {
    await expect(Keyring.open(file, { create: false })).rejects.toThrow(/n’existe pas.*restaurez-le/);
    expect(existsSync(file)).toBe(false);
  });

  it.each([0o640, 0o604, 0o660, 0o610, 0o777])('refuses a file with rights %o, even in a demonstration', async (mode) => {
    await Keyring.open(file, { create: true });
    chmodSync(file, mode);
    await expect(Keyring.open(file, { create: true })).rejects.toThrow(/accessible à d’autres.*chmod 600/);
    chmodSync(file, 0o400);
    await expect(Keyring.open(file, { create: false })).resolves.toBeInstanceOf(Keyring);
  });

  it('refuses a damaged file, makes no other, and quotes nothing of it', async () => {
    await Keyring.open(file, { create: true });
    const good = content();
    const checksum = good.kek.slice(0, -1) + (good.kek.endsWith('Q') ? 'P' : 'Q');
    const bad = [good.kek, '', 'null', '[]', { ...good, kek: '' }, { ...good, kek: checksum }, { ...good, vault: 'abc' }, { ...good, format: 'x' }];
    for (const value of bad) {
      const written = typeof value === 'string' ? value : JSON.stringify(value);
      writeFileSync(file, written);
      const error = await Keyring.open(file, { create: true }).then(String, (caught: Error) => inspect(caught));
      expect(error).toMatch(/Le fichier de clés .* (est abîmé|n’est pas au format)/);
      for (const secret of [good.kek, good.vault]) expect(error).not.toContain(secret.slice(0, 16));
      expect(readFileSync(file, 'utf8')).toBe(written);
    }
  });

  it('shows no key when printed', async () => {
    const ring = await Keyring.open(file, { create: true });
    const secrets = [content().kek, content().vault, content().signing.split('\n')[1], Buffer.from(content().vault, 'base64url').toString('hex')];
    const printed = [String(ring), JSON.stringify(ring), JSON.stringify({ ring, vault: ring.vault }), inspect(ring, { depth: 9, showHidden: true })];
    for (const secret of secrets) for (const words of printed) expect(words).not.toContain(secret);
  });

  it('signs so that anybody can check with the published key', async () => {
    const ring = await Keyring.open(file, { create: true });
    const signature = Buffer.from(ring.sign(text), 'base64');
    expect(ring.sign(text)).toBe(ring.sign(text));
    expect(verify(null, text, createPublicKey(ring.publicKeyPem), signature)).toBe(true);
    expect(ring.verify(Buffer.from('autre'), ring.sign(text))).toBe(false);
    expect(ring.publicKeyFingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('wraps to the rescue key as well, once it is given', async () => {
    const rescue = await generateX25519Identity();
    const decrypter = new Decrypter();
    decrypter.addIdentity(rescue);
    const alone = await Keyring.open(file, { create: true });
    const open = async (wrapped: string) => decrypter.decrypt(new Uint8Array(Buffer.from(wrapped, 'base64')), 'text');
    await expect(open(await alone.wrap('identité'))).rejects.toThrow();
    const both = await Keyring.open(file, { create: false, rescueRecipient: await identityToRecipient(rescue) });
    const wrapped = await both.wrap('identité');
    expect(await open(wrapped)).toBe('identité');
    expect(await both.unwrap(wrapped)).toBe('identité');
  });

  it('refuses a rescue key copied with an error, or a private one', async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const swapped = recipient.slice(0, 20) + (recipient[20] === 'q' ? 'p' : 'q') + recipient.slice(21);
    for (const rescueRecipient of ['', 'age1', identity, swapped]) {
      await expect(Keyring.open(file, { create: true, rescueRecipient })).rejects.toThrow('clé publique de secours');
    }
  });
});
