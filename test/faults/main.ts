// The program of `npm run faults`: disasters on a real server, then one line of JSON.
import { parseArgs } from 'node:util';
import { aftermath } from './aftermath.js';
import { campaign } from './campaign.js';
import { Post } from './post.js';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '60' }, seed: { type: 'string' }, postgres: { type: 'string', default: '' }, only: { type: 'string' } } });
const runs = Number(values.seeds);
const kinds = (values.postgres ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const)).filter((kind) => !values.only || kind === values.only);

const started = performance.now();
const total = { runs: 0, kinds: {} as Record<string, number>, accepted: 0, lost: 0, struck: 0, steps: 0, restarts: 0, postponed: 0, unanswered: 0, problems: [] as string[] };
for (const [index, kind] of kinds.entries()) {
  const post = new Post();
  await post.open();
  // The seeds are shared between the databases.
  const share = Math.floor(runs / kinds.length) + (index < runs % kinds.length ? 1 : 0);
  const state = await campaign(kind, share, values.postgres, post, values.seed === undefined ? undefined : Number(values.seed));
  const { accepted, lost } = await aftermath(state, post);
  post.close();
  for (const [fault, count] of Object.entries(state.kinds)) total.kinds[fault] = (total.kinds[fault] ?? 0) + count;
  total.runs += Object.values(state.kinds).reduce((sum, count) => sum + count, 0);
  total.accepted += accepted;
  total.lost += lost;
  total.struck += [...state.struck.values()].reduce((sum, count) => sum + count, 0);
  total.steps = Math.max(total.steps, state.steps);
  total.restarts += state.server.starts - 1;
  total.postponed += state.postponed;
  total.unanswered += state.unanswered;
  total.problems.push(...state.problems);
  if (state.problems.length === 0) await state.field.remove();
  else process.stderr.write(`Les données de ${kind} restent dans ${state.field.folder}\n`);
}
for (const problem of total.problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`${JSON.stringify({ ...total, problems: total.problems.length, seconds: Math.round((performance.now() - started) / 100) / 10 })}\n`);
process.exit(total.problems.length > 0 ? 1 : 0);
