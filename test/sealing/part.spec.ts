import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { openPart, sealPart, UnreadablePart } from '../../src/sealing/part.js';
import { chunks, collect, KIB64, MemorySink } from './bytes.js';

const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const hasAge = spawnSync('age', ['--version']).status === 0;

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

const SIZES = [0, 1, KIB64 - 1, KIB64, KIB64 + 1, 3 * KIB64, 20 * 1024 * 1024];

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
    if (!hasAge) {
      process.stderr.write('age is not installed: checked with the age-encryption package only\n');
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'part-'));
    try {
      writeFileSync(join(folder, 'key'), `${identity}\n`, { mode: 0o600 });
      writeFileSync(join(folder, 'part.age'), bytes);
      const opened = execFileSync('age', ['-d', '-i', join(folder, 'key'), join(folder, 'part.age')], { maxBuffer: 2 ** 26 });
      expect(opened.equals(plain)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('opens what the package sealed in one go', async () => {
    const plain = randomBytes(KIB64 + 5);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const bytes = await encrypter.encrypt(new Uint8Array(plain));
    expect((await collect(openPart(identity, chunks(bytes)))).equals(plain)).toBe(true);
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

  it('is refused when cut, wherever it is cut', async () => {
    const { bytes } = await sealed(randomBytes(2 * KIB64 + 100));
    const blocksEnd = bytes.length - 116; // exactly two whole blocks: the sly cut
    for (const length of [0, 1, 50, 200, blocksEnd, blocksEnd - KIB64 - 16, bytes.length - 1]) {
      await expect(collect(openPart(identity, chunks(bytes.subarray(0, length))))).rejects.toThrow(UnreadablePart);
    }
  });

  it('is refused when one bit is flipped, wherever, and when a byte is added', async () => {
    const { bytes } = await sealed(randomBytes(KIB64 + 100));
    for (const at of [0, 25, 60, 120, 170, 220, 5000, KIB64, bytes.length - 1]) {
      const flipped = Buffer.from(bytes);
      flipped[at] ^= 1;
      await expect(collect(openPart(identity, chunks(flipped)))).rejects.toThrow(UnreadablePart);
    }
    await expect(collect(openPart(identity, chunks(Buffer.concat([bytes, Buffer.of(0)]))))).rejects.toThrow(UnreadablePart);
  });

  it('is refused when its blocks are exchanged', async () => {
    const { bytes } = await sealed(randomBytes(3 * KIB64));
    const block = KIB64 + 16;
    const start = bytes.length - 3 * block;
    const [head, a, b, c] = [bytes.subarray(0, start), ...[0, 1, 2].map((i) => bytes.subarray(start + i * block, start + (i + 1) * block))];
    await expect(collect(openPart(identity, chunks(Buffer.concat([head, b, a, c]))))).rejects.toThrow(UnreadablePart);
  });

  it('is refused to another key', async () => {
    const { bytes } = await sealed(randomBytes(10));
    await expect(collect(openPart(await generateX25519Identity(), chunks(bytes)))).rejects.toThrow(UnreadablePart);
  });

  it('tells a broken disk from an unreadable part', async () => {
    const { bytes } = await sealed(randomBytes(3 * KIB64));
    async function* failing() {
      yield bytes.subarray(0, KIB64);
      throw new Error('EIO');
    }
    await expect(collect(openPart(identity, failing()))).rejects.toThrow('EIO');
  });
});
