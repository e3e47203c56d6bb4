// `npm run bench -- ranking --json`: one consultation with 1,000 opened bids, all of them noted and ranked.
// {bids, queries, p50ms}: statements of one reading and server time of the whole ranking page, and of the list of opened bids beside.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createApp } from '../dist/app.setup.js';
import { Bid } from '../dist/bids/bid.js';
import { Config } from '../dist/config.js';
import { Consultation } from '../dist/consultations/consultation.js';
import { draftTheCommission, actorOf, seedAuthority } from '../dist/demo/seed.js';
import { DEMO_START, demoData } from '../dist/demo/demo-data.js';
import { Assessment } from '../dist/evaluations/assessment.js';
import { scoredRule } from '../dist/evaluations/award-rule.js';
import { Evaluation } from '../dist/evaluations/evaluation.js';
import { EvaluationsPages } from '../dist/evaluations/evaluations.pages.js';
import { Score } from '../dist/evaluations/score.js';
import { Organisation } from '../dist/people/people.js';
import { Acts } from '../dist/platform/acts.js';
import { Actor } from '../dist/platform/actor.js';
import { FrozenClock } from '../dist/platform/clock.js';
import { Templates } from '../dist/platform/templates.js';
import { Printer } from '../dist/press/printer.js';

const BIDS = 1000;
const TURNS = 40;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const made = (Type, facts) => Object.assign(new Type(), facts);

/** Letters are printed elsewhere: this measures pages. */
class NoPaper extends Printer {
  async print() { return Buffer.from('%PDF-1.4'); }
  async warm() {}
  async close() {}
}

const dataDir = mkdtempSync(join(tmpdir(), 'souspli-bench-'));
const app = await createApp(Config.of({ mode: 'demo', dataDir, databaseUrl: process.env.BENCH_DATABASE_URL ?? `sqlite:${dataDir}/bench.sqlite` }), { clock: new FrozenClock(new Date(DEMO_START)), printer: new NoPaper() });
await seedAuthority(app);
await draftTheCommission(app);
const officer = await actorOf(app, demoData().people.find((one) => one.key === 'officer').email);
const source = app.get(DataSource);
const consultation = await source.manager.findOneByOrFail(Consultation, {});
const { id } = consultation;
const rule = scoredRule([{ label: 'Valeur technique', weight: 40 }, { label: 'Connaissance du territoire', weight: 20 }, { label: 'Prix', weight: 40 }]);
const at = new Date(DEMO_START);
await app.get(Acts).perform(Actor.system, 'bench.bids', async (act) => {
  act.require(true);
  await act.db.update(Consultation, { id }, { status: 'opened', openedAt: at, launchedAt: at, awardRule: rule });
  await act.db.insert(Evaluation, made(Evaluation, { id, status: 'consensus', rule, beganAt: at }));
  for (let from = 0; from < BIDS; from += 20) {
    const all = Array.from({ length: 20 }, (_, n) => from + n);
    await act.db.insert(Organisation, all.map((n) => made(Organisation, { id: `o-${n}`, kind: 'company', name: `Organisation ${n}`, scheme: 'SIRET', schemeId: String(10_000_000_000_000 + n) })));
    // An envelope of the usual size: what a reading of the ranking must not load.
    await act.db.insert(Bid, all.map((n) => made(Bid, { id: `b-${n}`, consultationId: id, organisationId: `o-${n}`, status: 'opened', receivedAt: new Date(at.getTime() + n), deadline: at, deadlineVersion: 1, documentsVersion: 1, sealHash: 'x', envelope: { files: 'x'.repeat(4000) }, idempotencyKey: `k-${n}`, depositedById: 'x', openedAt: at })));
    await act.db.insert(Assessment, all.map((n) => made(Assessment, { id: `b-${n}`, consultationId: id, documents: [{ label: 'Mémoire technique', state: 'present', note: '' }], priceCents: 2_000_000 + ((n * 7919) % 900_000), bidClass: n % 50 === 0 ? 'irregular' : 'admissible', reason: 'x' })));
    await act.db.insert(Score, all.flatMap((n) => ['c1', 'c2'].map((leafId) => ({ id: `s-${n}-${leafId}`, consultationId: id, bidId: `b-${n}`, leafId, personId: 'consensus', note: `${(n * 31) % 20}.${10 + (n % 90)}`, justification: 'Une justification de la longueur habituelle, que la lettre reprend. '.repeat(6), updatedAt: at }))));
  }
}, { limitMs: 60_000 });
if (process.argv.includes('--analyze')) await source.query('analyze');

const templates = app.get(Templates);
const pages = app.get(EvaluationsPages);
const locals = { now: at, typed: {}, errorOf: {} };
const render = async () => templates.render('pages/evaluations/show', { ...locals, ...(await pages.show(officer, id, '')) });
const kept = source.logger;
let queries = 0;
Object.assign(source, { logger: { logQuery: () => void (queries += 1), logQueryError() {}, logQuerySlow() {}, logSchemaBuild() {}, logMigration() {}, log() {} } });
await render();
Object.assign(source, { logger: kept });
for (let turn = 0; turn < 10; turn += 1) await render();
const spent = [];
let bytes = 0;
for (let turn = 0; turn < TURNS; turn += 1) {
  const begin = performance.now();
  bytes = (await render()).length;
  spent.push(performance.now() - begin);
}
await app.close();
process.stderr.write(`page de ${bytes} octets\n`);
process.stdout.write(`${JSON.stringify({ bids: BIDS, queries, p50ms: Number(median(spent).toFixed(2)) })}\n`);
