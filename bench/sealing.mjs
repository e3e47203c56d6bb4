// `npm run bench -- sealing --json [--mb 128]`: our age v1 (node:crypto) beside the age-encryption package, in turns within one run.
// Ratios matter, megabytes per second are the machine's.
import { createHash, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { parseArgs } from 'node:util';
import { Decrypter, Encrypter } from 'age-encryption';
import { generateIdentity, recipientOf } from '../dist/sealing/age-keys.js';
import { openPart, sealPart } from '../dist/sealing/part.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, mb: { type: 'string', default: '128' } } });
const megabytes = Number(values.mb);
const identity = generateIdentity();
const recipient = recipientOf(identity);
const CHUNK = 64 * 1024;
const chunk = randomBytes(CHUNK);
const CHUNKS = Math.round((megabytes * 1e6) / CHUNK);

async function* plain() {
  for (let i = 0; i < CHUNKS; i += 1) yield chunk;
}

async function* hashed(source) {
  const hash = createHash('sha256');
  for await (const one of source) yield hash.update(one) && one;
}

/** Keeps the bytes of one pass, so that what is opened is what was sealed. */
class Kept extends Writable {
  chunks = [];

  _write(bytes, _encoding, done) {
    this.chunks.push(bytes);
    done();
  }
}

async function* of(list) {
  yield* list;
}

const drain = async (source) => {
  let bytes = 0;
  for await (const one of source) bytes += one.length;
  if (bytes !== CHUNKS * CHUNK) throw new Error('Not what was sealed');
};

const seconds = async (work) => {
  globalThis.gc?.();
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
};

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const times = { seal: [], open: [], packageSeal: [], packageOpen: [] };
for (let turn = 0; turn < 4; turn += 1) {
  const ours = new Kept();
  const run = {
    // Both hashes are counted, with either: that is what a deposit pays.
    seal: await seconds(() => sealPart([recipient], plain(), ours)),
    open: await seconds(() => drain(openPart(identity, of(ours.chunks)))),
  };
  const theirs = [];
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  run.packageSeal = await seconds(async () => {
    const cipher = createHash('sha256');
    for await (const one of await encrypter.encrypt(ReadableStream.from(hashed(plain())))) theirs.push(cipher.update(one) && one);
  });
  run.packageOpen = await seconds(async () => drain(await decrypter.decrypt(ReadableStream.from(of(theirs)))));
  if (turn > 0) for (const [name, list] of Object.entries(times)) list.push(run[name]); // the first turn warms both
}

/** RSS while a stream far larger than the memory it takes is sealed. */
async function growth() {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const sink = new Writable({
    write(_bytes, _encoding, done) {
      peak = Math.max(peak, process.memoryUsage.rss());
      setImmediate(done);
    },
  });
  await sealPart([recipient], plain(), sink);
  return (peak - before) / 1e6;
}

const speed = (list) => Math.round((CHUNKS * CHUNK) / 1e6 / median(list));
const figures = {
  megabytes,
  sealMbPerS: speed(times.seal),
  openMbPerS: speed(times.open),
  packageSealMbPerS: speed(times.packageSeal),
  packageOpenMbPerS: speed(times.packageOpen),
  sealOverPackage: Number((median(times.packageSeal) / median(times.seal)).toFixed(1)),
  openOverPackage: Number((median(times.packageOpen) / median(times.open)).toFixed(1)),
  rssGrowthMb: Math.round(await growth()),
};
process.stdout.write(`${JSON.stringify(figures, null, values.json ? 0 : 2)}\n`);
