import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { Vault } from '../platform/vault.js';

const PREFIX = 'v1.';
const NONCE = 12;
const TAG = 16;

/** Wrong key, altered value, or value moved to another row: nothing tells them apart, on purpose. */
export class VaultRefused extends Error {
  constructor() {
    super('Cette valeur protégée ne peut pas être relue : elle a été altérée, déplacée, ou scellée avec une autre clé.');
  }
}

/** AES-256-GCM under the vault key (decisions.md 14): `v1.` + base64url(nonce, ciphertext, tag). */
export class KeyVault extends Vault {
  readonly #key: KeyObject;

  constructor(key: Uint8Array) {
    super();
    if (key.length !== 32) throw new Error('The vault key has 32 bytes');
    this.#key = createSecretKey(key);
  }

  /** @param context what the value is and whose, e.g. `draft-file/<id>/name`: it opens under that context only */
  seal(plain: string | Uint8Array, context: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG });
    cipher.setAAD(associated(context));
    const body = Buffer.concat([cipher.update(plain as Uint8Array), cipher.final()]);
    return PREFIX + Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
  }

  open(sealed: string, context: string): string {
    return this.openBytes(sealed, context).toString('utf8');
  }

  openBytes(sealed: string, context: string): Buffer {
    if (!sealed.startsWith(PREFIX)) throw new VaultRefused();
    const text = sealed.slice(PREFIX.length);
    const bytes = Buffer.from(text, 'base64url');
    // Buffer skips what is not base64url: without this, several texts would open as one value.
    if (bytes.toString('base64url') !== text || bytes.length < NONCE + TAG) throw new VaultRefused();
    try {
      // Without authTagLength, GCM accepts tags of 4 bytes, which can be guessed.
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAAD(associated(context));
      decipher.setAuthTag(bytes.subarray(-TAG));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
    } catch {
      throw new VaultRefused();
    }
  }
}

/** The version is authenticated too: a value cannot be passed off as one of another version. */
const associated = (context: string) => Buffer.from(`souspli/vault/v1\n${context}`);
