import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { createHash } from 'node:crypto';
import { monotonicNow } from '../platform/clock.js';
import type { Files } from '../platform/files.js';
import { sha256 } from '../platform/random.js';
import type { Keyring } from '../sealing/keyring.js';
import { openPart, sealPart, UnreadablePart } from '../sealing/part.js';

/** Two blocks of the seal and a bit: what a small file of a real bid goes through. What is written differs each time: its key does. */
const PLAIN = Buffer.alloc(160_000, 'Dépôt d’essai de Souspli. ');
const PATIENCE_MS = 20_000;

export interface SelfTest {
  outcome: 'ok' | 'failed';
  /** A word of ours or a code of the system, never a message: it would name a path. */
  fault: string | null;
  milliseconds: number;
}

const FAULTS: Record<string, string> = {
  'too-slow': `il n’a pas abouti en ${PATIENCE_MS / 1000} secondes`,
  hash: 'les octets relus n’étaient pas ceux qui avaient été écrits',
  unreadable: 'le fichier scellé n’a pas pu être relu',
  signature: 'l’accusé n’a pas pu être signé',
  ENOSPC: 'le disque était plein',
  EROFS: 'le disque n’acceptait plus d’écriture',
  EACCES: 'le disque a refusé l’écriture',
  EIO: 'le disque a répondu par une erreur',
  EMFILE: 'trop de fichiers étaient ouverts',
};

export const faultInFrench = (fault: string | null) => (fault ? (FAULTS[fault] ?? `erreur du système (${fault})`) : '');

/**
 * Dépôt d'essai : sealed, durable, read back, opened, compared, signed, removed. To a key made for the occasion and lost
 * at once; no consultation is touched.
 */
export async function selfTest(files: Files, keyring: Keyring): Promise<SelfTest> {
  const began = monotonicNow();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('too-slow'), PATIENCE_MS);
    timer.unref();
  });
  const fault = await Promise.race([tried(files, keyring), late]);
  clearTimeout(timer);
  return { outcome: fault === null ? 'ok' : 'failed', fault, milliseconds: Math.round(monotonicNow() - began) };
}

/** Never rejects: a failure is what the test is there to find. @returns the fault, or null */
async function tried(files: Files, keyring: Keyring): Promise<string | null> {
  try {
    return await deposit(files, keyring);
  } catch (error) {
    if (error instanceof UnreadablePart) return 'unreadable';
    const { code } = Object(error) as NodeJS.ErrnoException;
    return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,30}$/.test(code) ? code : 'failed';
  }
}

async function deposit(files: Files, keyring: Keyring): Promise<string | null> {
  const identity = await generateX25519Identity();
  const blob = await files.create();
  try {
    const facts = await sealPart([await identityToRecipient(identity)], once(PLAIN), blob.sink);
    await blob.commit();
    const cipher = createHash('sha256');
    const read = createHash('sha256');
    async function* passing() {
      for await (const chunk of files.stream(blob.key) as AsyncIterable<Buffer>) {
        cipher.update(chunk);
        yield chunk;
      }
    }
    for await (const chunk of openPart(identity, passing())) read.update(chunk);
    if (read.digest('hex') !== sha256(PLAIN) || cipher.digest('hex') !== facts.cipherSha256) return 'hash';
    const receipt = Buffer.from(`souspli/essai/v1 ${facts.cipherSha256}`);
    return keyring.verify(receipt, keyring.sign(receipt)) ? null : 'signature';
  } finally {
    await blob.abort();
    await files.remove(blob.key);
  }
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}
