import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';

export const KIB64 = 64 * 1024;

/** Bytes cut into chunks of a size that never matches the blocks of the format. */
export async function* chunks(bytes: Uint8Array, size = 10_007): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of source) all.push(chunk);
  return Buffer.concat(all);
}

export class MemorySink extends Writable {
  private readonly all: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void) {
    this.all.push(chunk);
    done();
  }

  get bytes() {
    return Buffer.concat(this.all);
  }
}

/** A long source that never exists whole: the same random mebibyte again and again. */
export async function* repeated(mebibytes: number): AsyncGenerator<Uint8Array> {
  const block = randomBytes(1024 * 1024);
  for (let i = 0; i < mebibytes; i += 1) yield block;
}
