import { createHash, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { PartTooLarge, sealPart } from '../../src/sealing/part.js';
import { chunks, KIB64, MemorySink, repeated } from './bytes.js';

const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let recipient: string;

beforeAll(async () => {
  recipient = await identityToRecipient(await generateX25519Identity());
});

describe('the sealing of a part', () => {
  it('accepts maxBytes and refuses one more, closing source and sink', async () => {
    const exact = await sealPart([recipient], chunks(randomBytes(KIB64)), new MemorySink(), { maxBytes: KIB64 });
    expect(exact.plainSize).toBe(KIB64);
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield randomBytes(10_000);
      } finally {
        closed = true;
      }
    }
    const sink = new MemorySink();
    const error = await sealPart([recipient], endless(), sink, { maxBytes: KIB64 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PartTooLarge);
    expect(error).toMatchObject({ status: 413, code: 'part-too-large', maxBytes: KIB64 });
    expect([closed, sink.destroyed]).toEqual([true, true]);
  });

  it('fails with the error of its source or of its sink', async () => {
    async function* cut() {
      yield randomBytes(100_000);
      throw new Error('socket hang up');
    }
    await expect(sealPart([recipient], cut(), new MemorySink())).rejects.toThrow('socket hang up');
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('ENOSPC')) });
    await expect(sealPart([recipient], chunks(randomBytes(200_000)), full)).rejects.toThrow('ENOSPC');
  });

  it('shows each plain byte once, in order, to whoever hashes the whole file', async () => {
    const plain = randomBytes(150_000);
    const whole = createHash('sha256');
    await sealPart([recipient], chunks(plain.subarray(0, 70_000)), new MemorySink(), { onPlain: (chunk) => whole.update(chunk) });
    await sealPart([recipient], chunks(plain.subarray(70_000)), new MemorySink(), { onPlain: (chunk) => whole.update(chunk) });
    expect(whole.digest('hex')).toBe(hex(plain));
  });

  it('refuses to seal to nobody or to a wrong recipient', async () => {
    await expect(sealPart([], chunks(randomBytes(10)), new MemorySink())).rejects.toThrow();
    const sink = new MemorySink();
    await expect(sealPart([`${recipient.slice(0, -1)}${recipient.endsWith('x') ? 'q' : 'x'}`], chunks(randomBytes(10)), sink)).rejects.toThrow();
    expect(sink.destroyed).toBe(true);
  });

  it('reads no further than the sink writes: memory stays flat', async () => {
    let [produced, written, worst] = [0, 0, 0];
    async function* counted() {
      for await (const block of repeated(64)) {
        produced += block.length;
        worst = Math.max(worst, produced - written);
        yield block;
      }
    }
    const slow = new Writable({
      highWaterMark: KIB64,
      write(chunk: Buffer, _encoding, done) {
        written += chunk.length;
        setImmediate(done);
      },
    });
    await sealPart([recipient], counted(), slow);
    expect(produced).toBe(64 * 1024 * 1024);
    expect(worst).toBeLessThan(8 * 1024 * 1024);
  });
});
