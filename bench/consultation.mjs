// `npm run bench -- consultation --json`: one consultation of the real magnitude, 149 questions and 50 invited organisations.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createApp } from '../dist/app.setup.js';
import { CommissionsService } from '../dist/commissions/commissions.service.js';
import { SendingService } from '../dist/commissions/sending.service.js';
import { SignatureService } from '../dist/commissions/signature.service.js';
import { Config } from '../dist/config.js';
import { Question } from '../dist/consultations/exchange.js';
import { ConsultationsPages } from '../dist/consultations/consultations.pages.js';
import { ExchangePages } from '../dist/consultations/exchange.pages.js';
import { DEMO_START, demoData } from '../dist/demo/demo-data.js';
import { actorOf, specificationsPdf, seedAuthority } from '../dist/demo/seed.js';
import { agirTyped } from '../dist/commissions/programme.js';
import { Acts } from '../dist/platform/acts.js';
import { Actor } from '../dist/platform/actor.js';
import { FrozenClock } from '../dist/platform/clock.js';
import { Jobs } from '../dist/platform/jobs.js';
import { Templates } from '../dist/platform/templates.js';
import { Printer } from '../dist/press/printer.js';

const QUESTIONS = 149;
const INVITED = 50;
const TURNS = 60;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Letters are printed elsewhere: this measures pages. */
class NoPaper extends Printer {
  async print() { return Buffer.from('%PDF-1.4'); }
  async warm() {}
  async close() {}
}

const dataDir = mkdtempSync(join(tmpdir(), 'souspli-bench-'));
const app = await createApp(Config.of({ mode: 'demo', dataDir, databaseUrl: `sqlite:${dataDir}/bench.sqlite` }), { clock: new FrozenClock(new Date(DEMO_START)), printer: new NoPaper() });
await seedAuthority(app);
const data = demoData();
const who = (key) => actorOf(app, data.people.find((one) => one.key === key).email);
const [officer, signatory] = await Promise.all([who('officer'), who('signatory')]);
const commissions = app.get(CommissionsService);
const { id: commissionId } = await commissions.draft(officer, { ...agirTyped(), ceiling: data.ceiling, deadline: data.deadline });
const found = await commissions.find(officer, commissionId);
await commissions.setSpecifications(officer, commissionId, { name: 'cdc.pdf', bytes: await specificationsPdf(app, found.consultation.reference) });
await commissions.setAddressees(officer, commissionId, Array.from({ length: INVITED }, (_, n) => `Organisation ${n} ; contact${n}@organisation.example`).join('\n'));
await commissions.setOpeners(officer, commissionId, found.openers.map((one) => one.id));
await app.get(SignatureService).submit(officer, commissionId);
await app.get(SignatureService).sign(signatory, commissionId);
await app.get(Jobs).finishAll();
await app.get(SendingService).send(officer, commissionId);
const id = found.consultation.id;
const source = app.get(DataSource);
await app.get(Acts).perform(Actor.system, 'bench.questions', async (act) => {
  act.require(true);
  for (let number = 1; number <= QUESTIONS; number += 1) {
    await act.add(Object.assign(new Question(), { id: `q-${number}`, consultationId: id, number, text: `Question ${number} ?`.repeat(20), askedAt: act.now, channel: 'platform', status: 'published', answer: 'Réponse.'.repeat(30), publishedAt: act.now }));
  }
});
const bidder = await actorOf(app, 'contact7@organisation.example');
await app.get(ConsultationsPages).show(bidder, id); // its first visit leaves a line: not what is measured

const templates = app.get(Templates);
const locals = { now: new Date(DEMO_START), typed: {}, errorOf: {} };
const pages = {
  show: async () => templates.render('pages/consultations/show', { ...locals, ...(await app.get(ConsultationsPages).show(bidder, id)) }),
  questions: async () => templates.render('pages/consultations/questions', { ...locals, ...(await app.get(ExchangePages).list(officer, id, '')) }),
  followUp: async () => templates.render('pages/consultations/follow-up', { ...locals, ...(await app.get(ExchangePages).follow(officer, id)) }),
};
const result = {};
for (const [name, render] of Object.entries(pages)) {
  let queries = 0;
  const kept = source.logger;
  Object.assign(source, { logger: { logQuery: () => void (queries += 1), logQueryError() {}, logQuerySlow() {}, logSchemaBuild() {}, logMigration() {}, log() {} } });
  await render();
  Object.assign(source, { logger: kept });
  for (let turn = 0; turn < 10; turn += 1) await render();
  const spent = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const begin = performance.now();
    await render();
    spent.push(performance.now() - begin);
  }
  result[name] = { queries, p50ms: Number(median(spent).toFixed(2)) };
}
await app.close();
const worst = Object.values(result).toSorted((a, b) => b.p50ms - a.p50ms)[0];
// The slowest page speaks for all; each of them beside it, where a program does not read.
process.stderr.write(`${Object.entries(result).map(([name, { queries, p50ms }]) => `${name} : ${queries} requêtes, ${p50ms} ms`).join('\n')}\n`);
process.stdout.write(`${JSON.stringify({ questions: QUESTIONS, invited: INVITED, queries: Math.max(...Object.values(result).map((one) => one.queries)), p50ms: worst.p50ms })}\n`);
