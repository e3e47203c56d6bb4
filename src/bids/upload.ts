import { createHash, type Hash } from 'node:crypto';
import type { Arriving } from '../platform/body.js';
import { Refused } from '../platform/errors.js';

export const PART_BYTES = 8 * 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;
/** Parts beyond those of an upload without a cut: a line may be bad, not cut at each block for ever. */
const SPARE_PARTS = 1_000;

/** How many parts a file of this size may be made of. */
export const mostParts = (size: number) => Math.ceil(size / PART_BYTES) + SPARE_PARTS;

/** More than a server could see at once; beyond, the oldest is forgotten, and its receipt rests on the parts. */
const MOST = 10_000;

/**
 * SHA-256 of files in progress, kept in memory only: absent from the receipt after a restart, when the parts prove
 * as much (decisions.md 16).
 */
export class RunningHashes {
  private readonly files = new Map<string, { offset: number; hash: Hash }>();

  /** A copy that goes on from the bytes already seen; none when another process saw some of them. */
  hashFor(fileId: string, offset: number): Hash | undefined {
    if (offset === 0) return createHash('sha256');
    const running = this.files.get(fileId);
    return running?.offset === offset ? running.hash.copy() : undefined;
  }

  advance(fileId: string, offset: number, hash: Hash | undefined) {
    this.files.delete(fileId);
    if (!hash) return;
    this.files.set(fileId, { offset, hash });
    const oldest = this.files.size > MOST ? this.files.keys().next() : undefined;
    if (oldest && !oldest.done) this.files.delete(oldest.value);
  }

  forget(fileId: string) {
    this.files.delete(fileId);
  }
}

/** What was not sent in full says so; a failure of our disk never does. */
export async function* orCut(source: AsyncIterable<Uint8Array> | Arriving): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch {
    throw wasCut();
  }
  if ('cut' in source && source.cut) throw wasCut();
}

export const wasCut = () => new Refused('cut', 'L’envoi a été interrompu : recommencez ce fichier. Le reste de votre brouillon est intact.');

/** After a cut, only whole blocks of 64 KiB: what came of the last one is dropped, and sent again (decisions.md 16). */
export async function* wholeBlocks(body: Arriving): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const whole = Math.floor((size + chunk.length) / BLOCK_BYTES) * BLOCK_BYTES;
    if (whole > 0) {
      yield* held;
      yield chunk.subarray(0, whole - size);
      held = [];
    }
    const rest = whole > 0 ? chunk.subarray(whole - size) : chunk;
    size = size + chunk.length - whole;
    if (rest.length > 0) held.push(rest);
  }
  if (!body.cut) yield* held;
}

/** Cuts a stream into pieces of a fixed size, each read while it arrives: nothing is gathered in memory. */
export class Pieces {
  private rest: Uint8Array | undefined;
  private readonly chunks: AsyncIterator<Uint8Array>;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** Whether another piece has at least one byte. */
  async more(): Promise<boolean> {
    while (!this.rest || this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done) return false;
      this.rest = next.value;
    }
    return true;
  }

  async *next(bytes: number): AsyncGenerator<Uint8Array> {
    for (let left = bytes; left > 0 && (await this.more()); ) {
      const taken = (this.rest as Uint8Array).subarray(0, left);
      this.rest = (this.rest as Uint8Array).subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }
}
