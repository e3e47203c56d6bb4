import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { parseRecipient, recipientOf } from './age-keys.js';
import { createKeys, KeyFileRefused, type Keys, readKeys } from './key-file.js';
import { openBytes, sealBytes } from './part.js';
import { KeyVault } from './vault.js';

export interface KeyringOptions {
  /** Makes the file at first start: demonstration and tests only. In production a lost file must be noticed, not replaced. */
  create: boolean;
  /** Public half (`age1…`) of the identity kept offline: opens the bids when the server and its keys are lost. */
  rescueRecipient?: string;
}

/** The instance's keys. Private halves sit in `#` fields, which neither inspect nor JSON can reach. */
export class Keyring {
  readonly #kek: string;
  /** KEKs of before a renewal: they only open, until every key is wrapped again. */
  readonly #former: readonly string[];
  readonly #signing: KeyObject;
  readonly #verifying: KeyObject;
  readonly vault: KeyVault;
  /** SPKI PEM, shown on /cle-publique and written in receipts. */
  readonly publicKeyPem: string;
  /** SHA-256, in hexadecimal, of the public key in SPKI DER. */
  readonly publicKeyFingerprint: string;

  private constructor(
    keys: Keys,
    private readonly kekRecipient: string,
    readonly rescueRecipient: string | undefined,
  ) {
    this.#kek = keys.kek;
    this.#former = keys.former;
    this.#signing = createPrivateKey(keys.signing);
    this.#verifying = createPublicKey(this.#signing);
    if (this.#verifying.asymmetricKeyType !== 'ed25519') throw new KeyFileRefused('La clé de signature doit être une clé Ed25519.');
    this.vault = new KeyVault(keys.vault);
    this.publicKeyPem = this.#verifying.export({ type: 'spki', format: 'pem' }).toString();
    this.publicKeyFingerprint = fingerprint(this.publicKeyPem);
  }

  static async open(file: string, options: KeyringOptions): Promise<Keyring> {
    checkRescue(options.rescueRecipient);
    let keys = await readKeys(file);
    if (!keys && options.create) {
      await createKeys(file);
      keys = await readKeys(file);
    }
    if (!keys) {
      throw new KeyFileRefused(
        `Le fichier de clés ${file} n’existe pas. Sans lui, aucun pli déjà reçu ne pourrait être ouvert : restaurez-le, ou corrigez KEY_FILE. À la première installation, créez-le : npm run souspli -- key-file ${file}`,
      );
    }
    let recipient: string;
    try {
      recipient = recipientOf(keys.kek);
      keys.former.forEach(recipientOf);
    } catch {
      throw new KeyFileRefused(`Le fichier de clés ${file} est abîmé : restaurez-en une copie.`);
    }
    return new Keyring(keys, recipient, options.rescueRecipient);
  }

  /** Ed25519 is deterministic: the same bytes always get the same signature, so a receipt asked twice is the same file. */
  sign(bytes: Uint8Array): string {
    return sign(null, bytes, this.#signing).toString('base64');
  }

  verify(bytes: Uint8Array, signature: string): boolean {
    return verify(null, bytes, this.#verifying, Buffer.from(signature, 'base64'));
  }

  /** Encrypts to the KEK and to the rescue recipient: base64 of an age file. */
  async wrap(text: string): Promise<string> {
    return sealBytes(this.rescueRecipient ? [this.kekRecipient, this.rescueRecipient] : [this.kekRecipient], text).toString('base64');
  }

  /** For the custodian alone (decisions.md 13). */
  async unwrap(wrapped: string): Promise<string> {
    return openWithOneOf([this.#kek, ...this.#former], wrapped);
  }

  toString() {
    return `Keyring ${this.publicKeyFingerprint}`;
  }

  toJSON() {
    return { publicKeyFingerprint: this.publicKeyFingerprint };
  }
}

/** @throws Error of the last one when none of the identities is among its recipients */
export function openWithOneOf(identities: readonly string[], wrapped: string): string {
  const bytes = Buffer.from(wrapped, 'base64');
  let failure: unknown;
  for (const identity of identities) {
    try {
      return openBytes(identity, bytes).toString('utf8');
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** SHA-256 of the key itself, not of its PEM text, whose line breaks travel badly. */
export function fingerprint(publicKeyPem: string): string {
  return createHash('sha256').update(createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' })).digest('hex');
}

/** Checked at start: a typing error found on the day of the disaster would be found too late. */
function checkRescue(recipient: string | undefined) {
  if (recipient === undefined) return;
  try {
    parseRecipient(recipient); // its checksum too
  } catch {
    throw new KeyFileRefused('La clé publique de secours doit être une clé age de la forme age1… : vérifiez sa copie.');
  }
}
