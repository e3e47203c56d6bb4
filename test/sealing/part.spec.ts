import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { openBytes, openPart, sealBytes, sealPart, UnreadablePart } from '../../src/sealing/part.js';
import { chunks, collect, KIB64, MemorySink } from './bytes.js';
import { openWithStockAge, sealWithStockAge, stockAge } from './stock-age.js';

const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let identity: string;
let recipient: string;

beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});

async function sealed(plain: Uint8Array) {
  const sink = new MemorySink();
  const part = await sealPart([recipient], chunks(plain), sink);
  return { part, bytes: sink.bytes };
}

const SIZES = [0, 1, KIB64 - 1, KIB64, KIB64 + 1, 2 * KIB64 - 1, 2 * KIB64, 2 * KIB64 + 1, 5 * KIB64, 20 * 1024 * 1024];

describe('a part', () => {
  it.each(SIZES)('of %i bytes is given back as it was, with true sizes and hashes', async (size) => {
    const plain = randomBytes(size);
    const { part, bytes } = await sealed(plain);
    expect(part).toEqual({ plainSize: size, sha256: hex(plain), cipherSize: bytes.length, cipherSha256: hex(bytes) });
    expect((await collect(openPart(identity, chunks(bytes)))).equals(plain)).toBe(true);
  });

  it.each(SIZES)('of %i bytes is opened by the package and by the stock age tool', async (size) => {
    const plain = randomBytes(size);
    const { bytes } = await sealed(plain);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.from(await decrypter.decrypt(new Uint8Array(bytes))).equals(plain)).toBe(true);
    if (stockAge) expect(openWithStockAge(identity, bytes)?.equals(plain)).toBe(true);
  });

  it.each(SIZES)('of %i bytes sealed by the package, or by the stock age tool, is opened', async (size) => {
    const plain = randomBytes(size);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const files = [await encrypter.encrypt(new Uint8Array(plain)), ...(stockAge ? [sealWithStockAge([recipient], plain)] : [])];
    for (const file of files) expect((await collect(openPart(identity, chunks(file)))).equals(plain)).toBe(true);
  });

  it('has its own file key: the same bytes twice share no block', async () => {
    const plain = Buffer.alloc(KIB64);
    const [one, two] = [await sealed(plain), await sealed(plain)];
    expect(one.part.sha256).toBe(two.part.sha256);
    expect(one.bytes.subarray(-1000).equals(two.bytes.subarray(-1000))).toBe(false);
  });

  it('holds nothing of the plain text', async () => {
    const { bytes } = await sealed(Buffer.from('Prix : 12 345 € HT. '.repeat(5000)));
    expect(bytes.includes('12 345')).toBe(false);
  });

  it('comes back whatever its size and the chunks in which it comes and goes', async () => {
    const sizes = fc.oneof(fc.nat(300), fc.nat(4).chain((n) => fc.integer({ min: -2, max: 2 }).map((d) => Math.max(0, n * KIB64 + d))), fc.nat(4 * KIB64));
    const cuts = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1_000, max: 3 * KIB64 }), fc.constantFrom(16, KIB64, KIB64 + 16));
    await fc.assert(
      fc.asyncProperty(sizes, cuts, cuts, async (size, coming, going) => {
        const plain = randomBytes(size);
        const sink = new MemorySink();
        // One byte at a time over 200 KB proves no more, and takes a minute.
        const part = await sealPart([recipient], chunks(plain, Math.max(coming, size >> 8)), sink);
        expect(part).toMatchObject({ plainSize: size, sha256: hex(plain), cipherSize: sink.bytes.length, cipherSha256: hex(sink.bytes) });
        expect((await collect(openPart(identity, chunks(sink.bytes, Math.max(going, size >> 8))))).equals(plain)).toBe(true);
        expect(openBytes(identity, sink.bytes).equals(plain)).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  /** Where the blocks begin, the header's end first. */
  const boundaries = (bytes: Buffer, blocks: number[]) => {
    let at = bytes.length - blocks.reduce((sum, size) => sum + size + 16, 0);
    return [at, ...blocks.map((size) => (at += size + 16))];
  };

  it('is refused when cut, at each boundary and wherever else', async () => {
    const plain = randomBytes(3 * KIB64 + 100);
    const { bytes } = await sealed(plain);
    const ends = boundaries(bytes, [KIB64, KIB64, KIB64, 100]);
    expect(ends.at(-1)).toBe(bytes.length);
    const cuts = [0, 1, 50, 200, ...ends.slice(0, -1).flatMap((end) => [end - 1, end, end + 1, end + 15, end + 16, end + 17]), bytes.length - 1];
    for (const length of cuts) {
      await expect(collect(openPart(identity, chunks(bytes.subarray(0, length))))).rejects.toThrow(UnreadablePart);
      if (stockAge) expect(openWithStockAge(identity, bytes.subarray(0, length))).toBeUndefined();
    }
  });

  it('is refused when one bit is flipped, wherever it is, and gives nothing of that block nor of what follows', async () => {
    const plain = randomBytes(3 * KIB64 + 100);
    const { bytes } = await sealed(plain);
    const start = boundaries(bytes, [KIB64, KIB64, KIB64, 100])[0] ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(start + 20), fc.nat(bytes.length - 1)), fc.nat(7), async (at, bit) => {
        const flipped = Buffer.from(bytes);
        flipped[at] ^= 1 << bit;
        const given: Uint8Array[] = [];
        const read = async () => {
          for await (const chunk of openPart(identity, chunks(flipped))) given.push(chunk);
        };
        await expect(read()).rejects.toThrow(UnreadablePart);
        const before = Math.max(0, Math.floor((at - start) / (KIB64 + 16))) * KIB64;
        expect(Buffer.concat(given).equals(plain.subarray(0, before))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is refused when a byte is added at its end, or a whole block', async () => {
    for (const size of [0, 100, KIB64, 2 * KIB64]) {
      const { bytes } = await sealed(randomBytes(size));
      for (const more of [Buffer.of(0), randomBytes(16), randomBytes(KIB64 + 16), bytes.subarray(-(KIB64 + 16))]) {
        await expect(collect(openPart(identity, chunks(Buffer.concat([bytes, more]))))).rejects.toThrow(UnreadablePart);
      }
    }
  });

  it('is refused when its blocks are exchanged, repeated, removed, or come from another file', async () => {
    const { bytes } = await sealed(randomBytes(3 * KIB64));
    const another = (await sealed(randomBytes(3 * KIB64))).bytes;
    const at = boundaries(bytes, [KIB64, KIB64, KIB64]);
    const cut = (file: Buffer) => [file.subarray(0, at[0]), ...[0, 1, 2].map((i) => file.subarray(at[i], at[i + 1]))];
    const [head, a, b, c] = cut(bytes);
    const [, , foreign] = cut(another);
    for (const order of [[b, a, c], [a, c, b], [a, a, b, c], [a, c], [b, c], [c], [a, foreign, c], []]) {
      await expect(collect(openPart(identity, chunks(Buffer.concat([head, ...order]))))).rejects.toThrow(UnreadablePart);
    }
  });

  it('is refused to another key', async () => {
    const { bytes } = await sealed(randomBytes(10));
    await expect(collect(openPart(await generateX25519Identity(), chunks(bytes)))).rejects.toThrow(UnreadablePart);
  });

  it('tells a broken disk or line from an unreadable part, wherever it breaks', async () => {
    const { bytes } = await sealed(randomBytes(3 * KIB64));
    for (const at of [0, 10, 250, KIB64, bytes.length]) {
      async function* failing() {
        yield bytes.subarray(0, at);
        throw Object.assign(new Error('EIO'), { code: 'EIO' });
      }
      const error = await collect(openPart(identity, failing())).catch((caught: unknown) => caught);
      expect(error).not.toBeInstanceOf(UnreadablePart);
      expect(error).toMatchObject({ code: 'EIO' });
    }
    await expect(collect(openPart('AGE-SECRET-KEY-1WRONG', chunks(bytes)))).rejects.not.toThrow(UnreadablePart);
  });

  it('closes its source when it is refused, or no longer read', async () => {
    const { bytes } = await sealed(randomBytes(3 * KIB64));
    const closed: string[] = [];
    async function* source(name: string, content: Buffer) {
      try {
        yield* chunks(content);
      } finally {
        closed.push(name);
      }
    }
    await expect(collect(openPart(identity, source('refused', randomBytes(200_000))))).rejects.toThrow(UnreadablePart);
    for await (const _ of openPart(identity, source('left', bytes))) break;
    expect(closed).toEqual(['refused', 'left']);
  });

  it('small enough for the memory is sealed and opened in one go', () => {
    expect(openBytes(identity, sealBytes([recipient], 'Bordereau : 12 345 €')).toString()).toBe('Bordereau : 12 345 €');
    expect(() => openBytes(identity, Buffer.from('rien'))).toThrow(UnreadablePart);
    expect(() => sealBytes([], 'x')).toThrow();
  });
});
