import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { KeyVault, VaultRefused } from '../../src/sealing/vault.js';

const vault = new KeyVault(randomBytes(32));

describe('the vault', () => {
  it.each(['', 'é', 'Mémoire technique « lot 2 » 🏰.pdf', 'x'.repeat(100_000)])('gives back a text', (plain) => {
    expect(vault.open(vault.seal(plain, 'draft/1'), 'draft/1')).toBe(plain);
  });

  it('gives back bytes', () => {
    const plain = randomBytes(1000);
    expect(vault.openBytes(vault.seal(plain, 'manifest/1'), 'manifest/1').equals(plain)).toBe(true);
  });

  it('never gives the same value twice, nor a value outside base64url', () => {
    const values = Array.from({ length: 200 }, () => vault.seal('même nom.pdf', 'draft/1'));
    expect(new Set(values).size).toBe(200);
    for (const value of values) expect(value).toMatch(/^v1\.[\w-]+$/);
  });

  it('opens in its own row only', () => {
    const sealed = vault.seal('prix.pdf', 'draft/1');
    for (const context of ['draft/2', 'draft/', '', 'draft/1 ']) expect(() => vault.open(sealed, context)).toThrow(VaultRefused);
  });

  it('refuses another key', () => {
    expect(() => new KeyVault(randomBytes(32)).open(vault.seal('x', 'a'), 'a')).toThrow(VaultRefused);
  });

  it('refuses a change of any character, a cut and a shortened tag', () => {
    const sealed = vault.seal('prix.pdf', 'a');
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      expect(() => vault.open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'a')).toThrow(VaultRefused);
      expect(() => vault.open(sealed.slice(0, at), 'a')).toThrow(VaultRefused);
    }
    expect(() => vault.open(`${sealed}\n`, 'a')).toThrow(VaultRefused);
  });

  it('takes a key of 32 bytes only', () => {
    expect(() => new KeyVault(randomBytes(16))).toThrow();
  });
});
