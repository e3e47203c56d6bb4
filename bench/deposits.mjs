// npm run bench -- deposits [--json] [--uploads 40] [--mb 4] [--big 256] [--verdicts 400] [--turns 3]
//   the figures of « Dépôts scellés » : the rush (uploads × mb at once, then « Déposer »), the throughput beside a bare node:http receiver in the same
//   run, memory with one file of `big` MB beside one of 4 MB, lists read while 11, 20 and 40 upload, verdicts around the deadline on both databases.
//   The full size: --uploads 500 --mb 20 --big 4096 --verdicts 10000
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, prepare, serve } from './deposits-world.mjs';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, uploads: { type: 'string', default: '40' }, mb: { type: 'string', default: '4' }, big: { type: 'string', default: '256' }, verdicts: { type: 'string', default: '400' }, turns: { type: 'string', default: '3' } } });
const uploads = Number(values.uploads);
const bytes = Math.round(Number(values.mb) * 1e6);
const block = randomBytes(8 * 1024 * 1024);
const round = (value, digits = 1) => Number(value.toFixed(digits));
const percentile = (list, part) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? 0;
const median = (list) => percentile(list, 0.5);
const say = (text) => process.stderr.write(`${text}\n`);

/** The rush: everybody at once, each deposits as soon as its file is there. */
async function rush() {
  const world = await prepare(uploads);
  const server = await serve({ config: world.config });
  const clients = world.tokens.map((token) => new Client(server.port, token));
  const began = performance.now();
  const deposits = await Promise.all(
    clients.map(async (client, n) => {
      try {
        await client.upload(bytes, block);
        return await client.deposit(`cle-de-mesure-${n}`.padEnd(20, '0'));
      } catch (error) {
        say(String(error));
        return { status: 0, ms: 0 };
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const accepted = deposits.filter((one) => one.status === 201);
  const sealMs = accepted.map((one) => one.ms);
  const found = {
    uploads, mb: Number(values.mb), accepted: accepted.length, errors5xx: clients.flatMap((client) => client.statuses).filter((status) => status >= 500).length,
    mbPerS: round((uploads * bytes) / 1e6 / seconds), seconds: round(seconds), sealP50ms: round(median(sealMs)), sealP99ms: round(percentile(sealMs, 0.99)), peakRssMb: Math.round(server.peakRssMb()),
  };
  await server.stop();
  world.remove();
  return found;
}

/** In turns, on the same disk, in one run: the machine's moods fall on both. */
async function ratioToRaw() {
  const AT_ONCE = 4;
  const each = Math.max(bytes, 16e6);
  const world = await prepare(AT_ONCE);
  const sealed = await serve({ config: world.config });
  const raw = await serve({ raw: join(world.folder, 'raw') });
  const speed = async (server, send) => {
    const began = performance.now();
    await Promise.all(world.tokens.map((token) => send(new Client(server.port, token))));
    return (AT_ONCE * each) / 1e6 / ((performance.now() - began) / 1000);
  };
  const speeds = { raw: [], sealed: [] };
  for (let turn = 0; turn <= Number(values.turns); turn += 1) {
    const one = await speed(raw, (client) => client.put(each, block));
    const two = await speed(sealed, (client) => client.upload(each, block));
    if (turn === 0) continue; // warms both
    speeds.raw.push(one);
    speeds.sealed.push(two);
  }
  await Promise.all([raw.stop(), sealed.stop()]);
  world.remove();
  return { rawMbPerS: round(median(speeds.raw)), sealedMbPerS: round(median(speeds.sealed)), ratioToRaw: round(median(speeds.sealed) / median(speeds.raw), 2) };
}

async function peakWith(size) {
  const world = await prepare(1);
  const server = await serve({ config: world.config });
  await new Client(server.port, world.tokens[0]).upload(size, block);
  const peak = server.peakRssMb();
  await server.stop();
  world.remove();
  return peak;
}

/** A known peer stops for a minute at eleven. */
async function listing() {
  const groups = [];
  for (const atOnce of [11, 20, 40]) {
    const world = await prepare(atOnce);
    const server = await serve({ config: world.config });
    const reader = new Client(server.port, world.officer);
    const turn = { over: false };
    const times = [];
    const read = async () => {
      while (!turn.over) {
        const began = performance.now();
        await reader.ask('GET', '/consultations', { headers: { accept: 'text/html', authorization: '', cookie: `souspli=${world.officer}` } });
        times.push(performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const reading = read();
    const sent = await Promise.allSettled(world.tokens.map((token) => new Client(server.port, token).upload(Math.max(bytes, 8e6), block)));
    turn.over = true;
    await reading;
    groups.push({ atOnce, succeeded: sent.filter((one) => one.status === 'fulfilled').length, lists: times.length, listP99Ms: round(percentile(times, 0.99)) });
    await server.stop();
    world.remove();
  }
  return groups;
}

function verdicts() {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['scripts/simulate.mjs', '--verdicts', values.verdicts, '--json'], { maxBuffer: 1e8 }, (_, out, err) => {
      const line = out.trim().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) resolve(JSON.parse(line).verdicts);
      else reject(new Error(err));
    });
  });
}

say('rush');
const rushed = await rush();
say('ratio to a bare receiver');
const ratio = await ratioToRaw();
say('memory');
const [small, large] = [await peakWith(4e6), await peakWith(Number(values.big) * 1e6)];
say('lists');
const lists = await listing();
say('verdicts');
const judged = await verdicts();
const figures = {
  rush: rushed,
  ...ratio,
  rssRatio4G: round(large / small, 2),
  rssMb: { file4Mb: Math.round(small), [`file${values.big}Mb`]: Math.round(large) },
  listP99DuringUploadsMs: Math.max(...lists.map((one) => one.listP99Ms)),
  uploadsAtOnce: lists,
  verdicts: judged,
};
process.stdout.write(`${JSON.stringify(figures, null, values.json ? 0 : 2)}\n`);
