import { createHash, type Hash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TooLarge } from '../platform/errors.js';
import { AgeOpener, AgeSealer } from './age-payload.js';

export interface SealedPart {
  plainSize: number;
  /** SHA-256 of the plain bytes, in hexadecimal. */
  sha256: string;
  cipherSize: number;
  cipherSha256: string;
}

export interface SealOptions {
  /** Largest number of plain bytes accepted. */
  maxBytes?: number;
  /** Sees each plain chunk as it passes: whole-file hash kept running over several parts (decisions.md 16), antivirus (18). */
  onPlain?: (chunk: Uint8Array) => void;
  /** The whole file's hash, when this part is its first: until the part's end they are one, and hashing costs more than sealing. */
  begins?: Hash;
}

export class PartTooLarge extends TooLarge {
  constructor(readonly maxBytes: number) {
    super('part-too-large', `Cet envoi dépasse la taille maximale de ${maxBytes.toLocaleString('fr-FR')} octets.`, { maxBytes });
  }
}

/** Truncated, altered, or sealed to another key. A failure of the disk or the network is never disguised as this. */
export class UnreadablePart extends Error {
  constructor(options?: ErrorOptions) {
    super('Ce fichier scellé est illisible : il est incomplet, altéré, ou scellé pour une autre consultation.', options);
  }
}

/**
 * Writes one complete age v1 file, with a file key of its own, while the bytes arrive: plaintext never touches the disk.
 * Ends the sink; destroys it on failure, and the caller removes the partial object. A source that merely ends
 * early gives a complete, readable part of what came.
 * An HTTP request given as it is would be destroyed by a failure, answer included: pass
 * `request.iterator({ destroyOnReturn: false })`.
 */
export async function sealPart(
  recipients: readonly string[],
  source: AsyncIterable<Uint8Array>,
  sink: Writable,
  options: SealOptions = {},
): Promise<SealedPart> {
  const plain = new Meter(options.maxBytes, options.begins);
  const cipher = new Meter();
  async function* sealed(age: AgeSealer) {
    yield cipher.see(age.head);
    for await (const chunk of source) {
      plain.see(chunk);
      options.onPlain?.(chunk);
      for (const block of age.push(chunk)) yield cipher.see(block);
    }
    yield cipher.see(age.end());
  }
  try {
    // The sink pulls: a slow disk slows the network down instead of filling the memory.
    await pipeline(sealed(new AgeSealer(recipients)), sink);
  } catch (error) {
    sink.destroy();
    throw error;
  }
  return { plainSize: plain.size, sha256: plain.digest(), cipherSize: cipher.size, cipherSha256: cipher.digest() };
}

/** Each block of 64 KiB is authenticated before it is given; a cut is only known at the end, so keep nothing before it. */
export async function* openPart(identity: string, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const age = new AgeOpener(identity);
  // What the source throws passes as it is; only what age refuses makes the part unreadable.
  for await (const chunk of source) yield* refusing(() => [...age.push(chunk)]);
  const [last] = refusing(() => [age.end()]);
  if (last && last.length > 0) yield last;
}

/** Small contents, held in memory: manifests, wrapped keys. */
export function sealBytes(recipients: readonly string[], plain: string | Uint8Array): Buffer {
  const age = new AgeSealer(recipients);
  return Buffer.concat([age.head, ...age.push(typeof plain === 'string' ? Buffer.from(plain) : plain), age.end()]);
}

/** @throws UnreadablePart */
export function openBytes(identity: string, sealed: Uint8Array): Buffer {
  const age = new AgeOpener(identity);
  return Buffer.concat(refusing(() => [...age.push(sealed), age.end()]));
}

function refusing<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new UnreadablePart({ cause: error });
  }
}

class Meter {
  size = 0;

  constructor(
    private readonly max = Number.MAX_SAFE_INTEGER,
    private readonly hash = createHash('sha256'),
  ) {}

  see<T extends Uint8Array>(chunk: T): T {
    this.size += chunk.length;
    if (this.size > this.max) throw new PartTooLarge(this.max);
    this.hash.update(chunk);
    return chunk;
  }

  digest() {
    return this.hash.copy().digest('hex'); // the hash may go on
  }
}
