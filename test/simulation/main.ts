// The program of `npm run simulate`: plays seeds one after the other and prints one line of JSON.
import { parseArgs } from 'node:util';
import { scenarioOf, Theatre } from './run.js';
import { verdicts } from './verdicts.js';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '100' }, from: { type: 'string', default: '1' }, seed: { type: 'string' }, postgres: { type: 'string', default: '' }, quick: { type: 'boolean' }, only: { type: 'string' }, verdicts: { type: 'string' } } });
const first = Number(values.seed ?? values.from);
const count = values.seed ? 1 : Number(values.seeds);

const theatre = new Theatre(values.postgres);
const kinds = theatre.kinds.filter((kind) => !values.only || kind === values.only);
if (values.verdicts) {
  // The number is for each database.
  const began = performance.now();
  const total = { tried: 0, wrong: 0, byDatabase: {} as Record<string, number> };
  for (const kind of kinds) {
    const { tried, wrong } = await verdicts(kind, values.postgres, Number(values.verdicts), (sentence) => process.stderr.write(`${kind}: ${sentence}\n`));
    total.tried += tried;
    total.wrong += wrong;
    total.byDatabase[kind] = tried;
  }
  process.stdout.write(`${JSON.stringify({ verdicts: total, seconds: Math.round((performance.now() - began) / 100) / 10 })}\n`);
  process.exit(total.wrong > 0 ? 1 : 0);
}

const failures: { seed: number; violations: string[]; steps: unknown[] }[] = [];
let steps = 0;
let receipts = 0;
const strikes = { fail: 0, kill: 0, power: 0 };
const started = performance.now();
for (let seed = first; seed < first + count; seed += 1) {
  const scenario = scenarioOf(seed, kinds);
  const result = await theatre.play(scenario);
  steps += result.after;
  receipts += result.receipts;
  for (const effect of ['fail', 'kill', 'power'] as const) strikes[effect] += result.strikes[effect];
  if (result.violations.length === 0) continue;
  process.stderr.write(`\nseed ${seed} (${scenario.kind}): ${result.violations.join('\n  ')}\n  to play it again: npm run simulate -- --seed ${seed}${kinds.length === 1 ? ` --only ${kinds[0]}` : ''}\n`);
  if (values.quick) {
    failures.push({ seed, violations: result.violations, steps: [] });
    break; // a mutant is caught once
  }
  const shortest = await theatre.shorten(scenario, result);
  process.stderr.write(`  the shortest that still fails, for test/simulation/found.ts:\n  ${JSON.stringify(shortest)}\n`);
  failures.push({ seed, violations: result.violations, steps: shortest.steps });
}
await theatre.close();
const seconds = Math.round((performance.now() - started) / 100) / 10;
process.stdout.write(`${JSON.stringify({ seeds: count, steps, violations: failures.length, receipts, faults: strikes, seconds, ...(failures.length > 0 ? { failures } : {}) })}\n`);
process.exitCode = failures.length > 0 ? 1 : 0;
