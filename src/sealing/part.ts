import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter } from 'age-encryption';
import { TooLarge } from '../platform/errors.js';

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
  const plain = new Meter(options.maxBytes, options.onPlain);
  const cipher = new Meter();
  try {
    // Web streams pull: a slow disk slows the network down instead of filling the memory.
    const sealed = await encrypterTo(recipients).encrypt(ReadableStream.from(plain.through(source)));
    await pipeline(Readable.from(cipher.through(sealed), { objectMode: false }), sink);
  } catch (error) {
    sink.destroy();
    throw error;
  }
  return { plainSize: plain.size, sha256: plain.digest(), cipherSize: cipher.size, cipherSha256: cipher.digest() };
}

/** The package encrypts to nobody without a word: the bid would be lost for ever. */
export function encrypterTo(recipients: readonly string[]): Encrypter {
  if (recipients.length === 0) throw new Error('Nobody could open what is sealed to no recipient');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter;
}

/** Each block of 64 KiB is authenticated before it is given; a cut is only known at the end, so keep nothing before it. */
export async function* openPart(identity: string, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  let broken: { error: unknown } | undefined;
  async function* watched() {
    try {
      yield* source;
    } catch (error) {
      broken = { error };
      throw error;
    }
  }
  try {
    yield* await decrypter.decrypt(ReadableStream.from(watched()));
  } catch (error) {
    if (broken) throw broken.error;
    throw new UnreadablePart({ cause: error });
  }
}

class Meter {
  size = 0;
  private readonly hash = createHash('sha256');

  constructor(
    private readonly max = Number.MAX_SAFE_INTEGER,
    private readonly see?: (chunk: Uint8Array) => void,
  ) {}

  async *through(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      this.size += chunk.length;
      if (this.size > this.max) throw new PartTooLarge(this.max);
      this.hash.update(chunk);
      this.see?.(chunk);
      yield chunk;
    }
  }

  digest() {
    return this.hash.digest('hex');
  }
}
