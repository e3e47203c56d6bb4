import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Bid } from '../../src/bids/bid.js';
import { BidDraft, BidFile, BidPart } from '../../src/bids/draft.js';
import { mostParts, PART_BYTES, Pieces, wholeBlocks } from '../../src/bids/upload.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { sha256 } from '../../src/platform/random.js';
import { arriving, bytes, DEADLINE, MIB, newWorld, type World } from './world.js';

const KIB = 1024;
const before = (ms: number) => new Date(DEADLINE.getTime() - ms);
const code = (value: string) => expect.objectContaining({ code: value });
const gather = async (source: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describe('the bytes on their way', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 200_000, 1_000_000])('%s bytes: all of them to the end, whole blocks of 64 KiB after a cut', async (size) => {
    const content = bytes(size);
    expect((await gather(wholeBlocks(arriving(content)))).equals(content)).toBe(true);
    expect((await gather(wholeBlocks(arriving(content, true)))).equals(content.subarray(0, Math.floor(size / 65_536) * 65_536))).toBe(true);
  });

  it('pieces add up to the whole, however it is cut on the way', async () => {
    const content = bytes(300_001);
    const pieces = new Pieces(arriving(content));
    const found: Buffer[] = [];
    while (await pieces.more()) found.push(await gather(pieces.next(100_000)));
    expect(found.map((one) => one.length)).toEqual([100_000, 100_000, 100_000, 1]);
    expect(Buffer.concat(found).equals(content)).toBe(true);
    expect(await new Pieces(arriving(Buffer.alloc(0))).more()).toBe(false);
  });
});

describe.each(['sqlite', 'postgres'])('envoi des fichiers (%s)', (kind) => {
  let world: World;
  beforeEach(async () => {
    world = await newWorld(kind, { maxFileBytes: 20 * MIB, maxBidBytes: 30 * MIB, maxBidFiles: 4 });
    world.clock.moveTo(before(3_600_000));
  });
  afterEach(() => world.close());

  const file = (id: string) => world.source.manager.findOneByOrFail(BidFile, { id });
  const parts = (fileId: string) => world.source.manager.find(BidPart, { where: { fileId }, order: { position: 'ASC' } });
  const offset = async (id: string) => (await world.uploads.find(world.bidder.atelier, world.id, id)).offset;

  it('parts of at most 8 MiB, each with its hash, and the hash of the whole when one process saw it all', async () => {
    const content = bytes(2 * PART_BYTES + 5);
    const id = await world.announce('atelier', 'a.pdf', content.length);
    expect(await world.append('atelier', id, 0, content.subarray(0, MIB))).toBe(MIB);
    expect(await world.append('atelier', id, MIB, content.subarray(MIB))).toBe(content.length);
    const found = await parts(id);
    expect(found.map(({ position, plainSize }) => [position, plainSize])).toEqual([[0, MIB], [1, PART_BYTES], [2, PART_BYTES + 5 - MIB]]);
    let at = 0;
    for (const part of found) {
      expect(part.sha256).toBe(sha256(content.subarray(at, at + part.plainSize)));
      expect(sha256(await world.files.read(part.blob))).toBe(part.cipherSha256);
      at += part.plainSize;
    }
    expect(await file(id)).toMatchObject({ state: 'complete', sha256: createHash('sha256').update(content).digest('hex') });
  });

  it('after a cut, whole blocks are kept, and the sending goes on from there with the same hash', async () => {
    const content = bytes(300 * KIB);
    const id = await world.announce('atelier', 'coupé.pdf', content.length);
    expect(await world.append('atelier', id, 0, content.subarray(0, 60 * KIB), true)).toBe(0);
    expect(await parts(id)).toEqual([]);
    expect(await world.append('atelier', id, 0, content.subarray(0, 200 * KIB), true)).toBe(192 * KIB);
    expect(await offset(id)).toBe(192 * KIB);
    expect(await file(id)).toMatchObject({ state: 'sending', sha256: null });
    await expect(world.deposit('atelier', before(1))).rejects.toThrow('« coupé.pdf »');
    expect(await world.append('atelier', id, 192 * KIB, content.subarray(192 * KIB))).toBe(content.length);
    expect(await file(id)).toMatchObject({ state: 'complete', sha256: sha256(content) });
    const lines = await world.source.manager.find(JournalEntry, { where: { act: 'upload.failed' } });
    expect(lines).toHaveLength(2);
    for (const { details } of lines) expect(details).toEqual({ consultation: world.id, code: 'cut', file: id });
    const { receipt } = await world.receipts.show(world.bidder.atelier, await world.deposit('atelier', before(1)));
    expect(receipt.files).toEqual([expect.objectContaining({ name: 'coupé.pdf', size: content.length, sha256: sha256(content) })]);
  });

  it('a wrong offset, bytes repeated or missing: refused, and nothing changes', async () => {
    const content = bytes(200 * KIB);
    const id = await world.announce('atelier', 'a.pdf', content.length);
    await world.append('atelier', id, 0, content.subarray(0, 64 * KIB));
    const first = await parts(id);
    for (const [at, from] of [[0, 0], [32 * KIB, 32 * KIB], [128 * KIB, 128 * KIB]] as const) {
      await expect(world.append('atelier', id, at, content.subarray(from, from + 64 * KIB))).rejects.toEqual(code('wrong-offset'));
    }
    expect(await parts(id)).toEqual(first);
    await expect(world.append('atelier', id, 64 * KIB, bytes(200 * KIB))).rejects.toMatchObject({ status: 413 });
    await world.append('atelier', id, 64 * KIB, content.subarray(64 * KIB));
    expect(await file(id)).toMatchObject({ state: 'complete' });
    await expect(world.append('atelier', id, 0, content)).rejects.toEqual(code('wrong-offset'));
    await expect(world.append('atelier', id, 200 * KIB, bytes(1))).rejects.toMatchObject({ status: 413 });
  });

  it('two senders of one file at the same place: one part stands, the other is dropped with its blob', async () => {
    const content = bytes(100 * KIB);
    const id = await world.announce('atelier', 'a.pdf', content.length);
    const tries = await Promise.allSettled([1, 2, 3].map(() => world.append('atelier', id, 0, content)));
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await parts(id)).toHaveLength(1);
    const { receipt } = await world.receipts.show(world.bidder.atelier, await world.deposit('atelier', before(1)));
    expect(receipt.files[0]?.parts[0]?.sha256).toBe(sha256(content));
  });

  it('an upload cut too many times is refused with a way out', async () => {
    const size = 1_100 * 64 * KIB;
    world.config.maxBidBytes = world.config.maxFileBytes = size;
    const id = await world.announce('atelier', 'a.pdf', size);
    const part = { plainSize: 1, sha256: 'x', cipherSize: 1, cipherSha256: 'x', fileId: id, blob: 'x'.repeat(8) };
    await world.acts.perform(world.bidder.atelier, 'test.parts', async (act) => {
      act.require(true);
      for (let position = 0; position < mostParts(size); position += 1) await act.add(Object.assign(new BidPart(), { ...part, id: `part-${position}`, position }));
    });
    await expect(world.append('atelier', id, mostParts(size), bytes(64 * KIB))).rejects.toEqual(code('too-many-parts'));
  });

  it('refuses an empty file, one over the limit, a bid over the limit, one file too many', async () => {
    const add = (size: number) => world.announce('atelier', 'x.pdf', size);
    await expect(world.deposit('atelier', before(1))).rejects.toEqual(code('empty'));
    await expect(add(0)).rejects.toThrow('vide');
    await expect(add(20 * MIB + 1)).rejects.toMatchObject({ status: 413, message: expect.stringContaining('21\u00a0Mo') });
    await add(20 * MIB);
    await expect(add(10 * MIB + 1)).rejects.toMatchObject({ status: 413 });
    for (let n = 0; n < 3; n += 1) await add(1);
    await expect(add(1)).rejects.toMatchObject({ status: 413, message: expect.stringContaining('4 fichiers') });
  });

  it('a creation whose answer was lost is not made twice; another file with the same name is another file', async () => {
    const key = 'cle-de-creation-0001';
    const id = await world.announce('atelier', 'a.pdf', 100 * KIB, key);
    await world.append('atelier', id, 0, bytes(64 * KIB));
    expect(await world.uploads.create(world.bidder.atelier, world.id, { name: 'a.pdf', size: 100 * KIB, mediaType: '', key })).toEqual({ id, size: 100 * KIB, offset: 64 * KIB });
    const tries = await Promise.allSettled(Array.from({ length: 3 }, () => world.announce('bureau', 'b.pdf', 10, key)));
    expect(tries.some((one) => one.status === 'fulfilled')).toBe(true);
    expect(await world.announce('atelier', 'a.pdf', 100 * KIB)).not.toBe(id);
    expect(await world.source.manager.count(BidFile)).toBe(3);
  });

  it('a removed file is gone; a deposited one can be neither continued, changed nor removed', async () => {
    const { atelier } = world.bidder;
    const gone = await world.upload('atelier', 'inutile.pdf', bytes(10));
    const [{ blob }] = (await parts(gone)) as [BidPart];
    await world.drafts.removeFile(atelier, world.id, gone);
    await expect(world.files.read(blob)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(world.append('atelier', gone, 0, bytes(10))).rejects.toEqual(code('not-found'));
    const kept = await world.upload('atelier', 'utile.pdf', bytes(10));
    await world.deposit('atelier', before(1));
    await expect(world.drafts.removeFile(atelier, world.id, kept)).rejects.toEqual(code('draft-closed'));
    await expect(world.append('atelier', kept, 0, bytes(10, 2))).rejects.toEqual(code('draft-closed'));
  });

  it('a file removed while it arrives leaves nothing behind', async () => {
    const id = await world.announce('atelier', 'a.pdf', 20 * MIB);
    const source = arriving(bytes(20 * MIB));
    let removed = false;
    const slow = Object.assign(source, {
      async *[Symbol.asyncIterator]() {
        for (let n = 0; n < 20; n += 1) {
          if (n === 12 && !removed) {
            removed = true;
            await world.drafts.removeFile(world.bidder.atelier, world.id, id);
          }
          yield bytes(MIB, n);
        }
      },
    });
    await expect(world.uploads.write(world.bidder.atelier, world.id, id, 0, slow)).rejects.toEqual(code('not-found'));
    expect(await world.source.manager.count(BidPart)).toBe(0);
  });

  it('six tabs at once share one draft and one limit', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => world.announce('atelier', `${n}.pdf`, 8 * MIB)));
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(3); // 24 MiB of 30
    expect(await world.source.manager.count(BidDraft)).toBe(1);
    const files = await world.source.manager.find(BidFile, { order: { position: 'ASC' } });
    expect(files.map((one) => one.position)).toEqual([1, 2, 3]);
  });

  it('bytes that arrive while the draft is deposited never change the bid', async () => {
    const id = await world.upload('atelier', 'a.pdf', bytes(10));
    const others = Array.from({ length: 4 }, (_, n) => world.append('atelier', id, 0, bytes(10, n + 50)));
    const [deposit, ...tries] = await Promise.allSettled([world.deposit('atelier', before(5)), ...others]);
    expect(deposit.status).toBe('fulfilled');
    expect(tries.map((one) => one.status)).toEqual(Array(4).fill('rejected'));
    const bid = await world.source.manager.findOneByOrFail(Bid, {});
    for (const part of bid.envelope.parts) expect(sha256(await world.files.read(part.id))).toBe(part.cipherSha256);
  });

  it('uploads belong to one organisation: for anybody else they do not exist, whatever is asked', async () => {
    const id = await world.announce('atelier', 'a.pdf', 100);
    for (const other of [world.bidder.bureau, world.stranger, world.officer, world.sysadmin, world.opener]) {
      const uploads = world.uploads.of(other, world.id);
      for (const ask of [() => uploads.find(id), () => uploads.write(id, 0, arriving(bytes(100))), () => uploads.remove(id), () => world.uploads.show(other, world.id, id)]) {
        await expect(ask()).rejects.toEqual(code('not-found'));
      }
    }
    expect(await parts(id)).toEqual([]);
  });

  it('the form without JavaScript: same parts, same limits, nothing left of a refusal', async () => {
    const content = bytes(9 * MIB);
    const receive = (source: Buffer) => world.uploads.receive(world.bidder.atelier, world.id, { name: 'a.pdf', mediaType: 'application/pdf' }, Readable.from([source]));
    const { id } = await receive(content);
    expect((await parts(id)).map((part) => part.plainSize)).toEqual([PART_BYTES, MIB]);
    expect(await file(id)).toMatchObject({ state: 'complete', size: content.length, sha256: sha256(content) });
    await expect(receive(bytes(20 * MIB + 1))).rejects.toMatchObject({ status: 413 });
    await expect(receive(Buffer.alloc(0))).rejects.toThrow('vide');
    expect(await world.source.manager.count(BidFile)).toBe(1);
  });
});
