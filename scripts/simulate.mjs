// npm run simulate [-- --seeds N] [--from N] [--seed N] [--only sqlite|postgres] [--json]
//   plays deposits, deadlines and openings against a model, one world per seed; prints {seeds, steps, violations}
// npm run simulate -- --mutants [--quick] [--mutant 'part of a name'] [--seeds N] [--json]
//   plants faults in a copy of the sources, one at a time, and shows that each is caught; prints {mutants, killed, ratio, alive, caught: [{name, seed, violation}]}
// npm run simulate -- --verdicts 10000 [--json]
//   deposits within a second of the deadline, on both databases; prints {verdicts: {tried, wrong}}
import { spawn } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile, compiled } from './compiled.mjs';
import { MUTANTS } from './mutants.mjs';
import { setup } from './setup.mjs';
import { isMain, main, root, say, Stop } from './steps.mjs';

const options = { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' }, verdicts: { type: 'string' }, mutants: { type: 'boolean' }, mutant: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'boolean' } };

async function play(folder, postgres, values) {
  const passed = ['seeds', 'from', 'seed', 'only', 'verdicts'].flatMap((name) => (values[name] ? [`--${name}`, values[name]] : []));
  const { code, line } = await program(folder, [...passed, '--postgres', postgres]);
  const result = JSON.parse(line);
  process.stdout.write(`${values.json ? line : JSON.stringify(result, null, 2)}\n`);
  return code;
}

/** How many seeds a mutant may live through; most die within ten. */
const LONGEST_LIFE = 120;

async function hunt(folder, postgres, values) {
  const killed = [];
  const alive = [];
  const caught = [];
  for (const { name, edits, quick } of MUTANTS) {
    if (values.quick && !quick) continue;
    if (values.mutant && !name.includes(values.mutant)) continue;
    const files = [...new Set(edits.map(([file]) => file))];
    for (const file of files) await compile(folder, file, edits.filter(([of]) => of === file).map(([, ...edit]) => edit));
    // SQLite alone: the fault is in our own code, and PostgreSQL would only be slower.
    const { line } = await program(folder, ['--quick', '--seeds', values.seeds ?? String(LONGEST_LIFE), '--only', 'sqlite', '--postgres', postgres], true);
    for (const file of files) await compile(folder, file);
    const { failures } = JSON.parse(line);
    (failures ? killed : alive).push(name);
    if (failures) caught.push({ name, seed: failures[0].seed, violation: failures[0].violations[0] });
    say(failures ? `✓ ${name}\n    seed ${failures[0].seed}: ${failures[0].violations[0]}` : `✗ ${name}: never caught`);
  }
  process.stdout.write(`${JSON.stringify({ mutants: killed.length + alive.length, killed: killed.length, ratio: killed.length / (killed.length + alive.length), alive, caught })}\n`);
  return alive.length > 0 ? 1 : 0;
}

/** @returns its exit code and the line of JSON it ends on */
function program(folder, args, quiet = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', join(folder, 'test/simulation/main.js'), ...args], { cwd: root, stdio: ['ignore', 'pipe', quiet ? 'ignore' : 'inherit'], env: { ...process.env, ...inMemory() } });
    let line = '';
    child.stdout.on('data', (chunk) => (line += chunk));
    child.on('error', reject);
    child.on('close', (code) => (line ? resolve({ code, line: line.trim() }) : reject(new Stop('La simulation s’est arrêtée sans résultat : voir les lignes qui précèdent.'))));
  });
}

/** The disk of a simulation is a model in memory, and a process dies in it by a copy of its files: nothing there needs a real fsync. */
function inMemory() {
  const roomy = existsSync('/dev/shm') && statfsSync('/dev/shm').bavail * statfsSync('/dev/shm').bsize > 500_000_000;
  return roomy ? { TMPDIR: '/dev/shm' } : {};
}

/** The one named by DATABASE_URL_TEST or by the test suite, or a throw-away one. */
export async function startPostgres() {
  const known = process.env.DATABASE_URL_TEST || process.env.SOUSPLI_TEST_PG;
  if (known) return { url: known, stop: () => {} };
  const child = spawn(process.execPath, [join(root, 'scripts/postgres.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const url of createInterface({ input: child.stdout })) return { url, stop: () => child.stdin.end() };
  throw new Stop('PostgreSQL n’a pas démarré : voir les lignes qui précèdent, ou donner DATABASE_URL_TEST.');
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const { values } = parseArgs({ options });
    await setup({ dev: true, browser: false });
    const copy = await compiled();
    const postgres = values.only === 'sqlite' ? { url: '', stop: () => {} } : await startPostgres();
    try {
      return values.mutants ? await hunt(copy.folder, postgres.url, values) : await play(copy.folder, postgres.url, values);
    } finally {
      postgres.stop();
      copy.remove();
    }
  });
}
