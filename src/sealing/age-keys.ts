import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { bech32 } from '@scure/base';

// Keys of age v1, X25519 only: Debian's age 1.1.1, which must open everything without us, knows no other native one.
const RECIPIENT = 'age';
const IDENTITY = 'age-secret-key-';
/** DER of an X25519 key (RFC 8410): these bytes, then the 32 of the key. */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** `age1…`: whoever has it can seal. */
export interface Recipient {
  raw: Buffer;
  key: KeyObject;
}

/** `AGE-SECRET-KEY-1…`: whoever has it can open. */
export interface Identity {
  key: KeyObject;
  recipient: Recipient;
}

/** @returns `AGE-SECRET-KEY-1…`, what `age-keygen` writes */
export function generateIdentity(): string {
  const der = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  return bech32.encodeFromBytes(IDENTITY, der.subarray(PKCS8.length)).toUpperCase();
}

/** @returns `age1…`, the public half */
export const recipientOf = (identity: string): string => bech32.encodeFromBytes(RECIPIENT, parseIdentity(identity).recipient.raw);

/** @throws Error when it is not the public half of an X25519 identity; a typing error is seen by its checksum */
export function parseRecipient(text: string): Recipient {
  if (text !== text.toLowerCase()) throw new Error('An age recipient is written in lower case');
  return recipientFrom(keyBytes(text, RECIPIENT));
}

/** @throws Error likewise; the message never quotes the key */
export function parseIdentity(text: string): Identity {
  if (text !== text.toUpperCase()) throw new Error('An age identity is written in upper case');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, keyBytes(text, IDENTITY)]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(SPKI.length);
  return { key, recipient: recipientFrom(raw) };
}

export function recipientFrom(raw: Uint8Array): Recipient {
  return { raw: Buffer.from(raw), key: createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' }) };
}

export function ephemeralKey(): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return { key: privateKey, recipient: { raw: publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI.length), key: publicKey } };
}

/** @throws Error on a point of low order: the secret would be the same for everybody */
export function sharedSecret(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const secret = diffieHellman({ privateKey, publicKey }); // OpenSSL refuses an all-zero result by itself; the format demands it
  if (secret.every((byte) => byte === 0)) throw new Error('A point of low order');
  return secret;
}

function keyBytes(text: string, prefix: string): Uint8Array {
  // Without `cause` nor the library's words, which quote the text: it may be a private key.
  const found = bech32.decodeUnsafe(text);
  if (found?.prefix !== prefix) throw new Error('Not a key of age');
  const bytes = bech32.fromWordsUnsafe(found.words);
  if (bytes?.length !== 32) throw new Error('Not an X25519 key of age');
  return bytes;
}
