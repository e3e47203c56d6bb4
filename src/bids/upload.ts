import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Refused } from '../platform/errors.js';

/** More than a server could see at once; beyond, the oldest is forgotten, and its receipt rests on the parts. */
const MOST = 10_000;

/**
 * SHA-256 of files in progress, kept in memory only: absent from the receipt after a restart, when the parts prove
 * as much (decisions.md 16).
 */
export class RunningHashes {
  private readonly files = new Map<string, { next: number; hash: Hash }>();

  /** A copy that goes on from the parts already seen; none when a part was seen by another process, or out of order. */
  hashFor(fileId: string, position: number): Hash | undefined {
    if (position === 0) return createHash('sha256');
    const running = this.files.get(fileId);
    return running?.next === position ? running.hash.copy() : undefined;
  }

  advance(fileId: string, position: number, hash: Hash | undefined) {
    this.files.delete(fileId);
    if (!hash) return;
    this.files.set(fileId, { next: position + 1, hash });
    const oldest = this.files.size > MOST ? this.files.keys().next() : undefined;
    if (oldest && !oldest.done) this.files.delete(oldest.value);
  }

  wholeOf(fileId: string, parts: number): string | null {
    const running = this.files.get(fileId);
    return running?.next === parts ? running.hash.copy().digest('hex') : null;
  }

  forget(fileId: string) {
    this.files.delete(fileId);
  }
}

/** What fails on the sender's side is said as such; a failure of our disk never is. */
export async function* orCut(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch {
    throw new Refused('cut', 'L’envoi a été interrompu : recommencez ce fichier. Le reste de votre brouillon est intact.');
  }
}

/**
 * The body of a request, that a refusal neither destroys (the answer would go with it) nor leaves half read (the
 * browser would see a cut line instead of the answer).
 */
export async function withBody<T>(request: Readable, work: (body: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
  try {
    return await work(request.iterator({ destroyOnReturn: false }));
  } catch (error) {
    request.resume();
    throw error;
  }
}

/** Cuts a stream into pieces of a fixed size; one piece is held in memory at a time. */
export async function* inPieces(source: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    let rest = chunk;
    while (size + rest.length >= bytes) {
      const taken = rest.subarray(0, bytes - size);
      yield Buffer.concat([...held, taken]);
      rest = rest.subarray(taken.length);
      held = [];
      size = 0;
    }
    held.push(rest);
    size += rest.length;
  }
  if (size > 0) yield Buffer.concat(held);
}
