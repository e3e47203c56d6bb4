// `npm run bench -- cockpit --json`: what the cockpit costs at 94 departments, then with 30 frameworks of 94 in the base.
// {queries, p50ms, rows} for each size: statements of one reading, server time of the whole page, departments in the base.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createApp } from '../dist/app.setup.js';
import { FrameworkAgreement } from '../dist/agreements/framework-agreement.js';
import { Holder, Lot, LotDepartment } from '../dist/agreements/lot.js';
import { CockpitPages } from '../dist/cockpit/cockpit.pages.js';
import { DeclaredStage } from '../dist/cockpit/declared-stage.js';
import { Diagnostic } from '../dist/commissions/diagnostic.js';
import { Config } from '../dist/config.js';
import { seedAgreements } from '../dist/demo/seed-agreements.js';
import { actorOf, seedAuthority } from '../dist/demo/seed.js';
import { agirData } from '../dist/demo/agir-data.js';
import { DEMO_START } from '../dist/demo/demo-data.js';
import { Acts } from '../dist/platform/acts.js';
import { Actor } from '../dist/platform/actor.js';
import { FrozenClock } from '../dist/platform/clock.js';
import { Templates } from '../dist/platform/templates.js';

const TURNS = 60;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const dataDir = mkdtempSync(join(tmpdir(), 'souspli-bench-'));
const app = await createApp(Config.of({ mode: 'demo', dataDir, databaseUrl: `sqlite:${dataDir}/bench.sqlite` }), { clock: new FrozenClock(new Date(DEMO_START)) });
await seedAuthority(app);
await seedAgreements(app);
const source = app.get(DataSource);
const ministry = await actorOf(app, agirData().people.find((one) => one.key === 'ministry').email);
const pages = app.get(CockpitPages);
const templates = app.get(Templates);
const locals = { now: new Date(DEMO_START), typed: {}, errorOf: {} };

async function measure() {
  let queries = 0;
  const logger = { logQuery: () => void (queries += 1), logQueryError() {}, logQuerySlow() {}, logSchemaBuild() {}, logMigration() {}, log() {} };
  const kept = source.logger;
  const render = async () => templates.render('pages/cockpit/map', { ...locals, ...(await pages.map(ministry, {})) });
  for (let turn = 0; turn < 10; turn += 1) await render();
  Object.assign(source, { logger });
  await pages.map(ministry, {});
  Object.assign(source, { logger: kept });
  const spent = [];
  let bytes = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const begin = performance.now();
    bytes = (await render()).length;
    spent.push(performance.now() - begin);
  }
  return { queries, p50ms: Number(median(spent).toFixed(2)), rows: await source.manager.count(LotDepartment), bytes };
}

/** Copies of the framework under other references, as years of frameworks would leave them. */
async function multiply(times) {
  const [model] = await source.manager.findBy(FrameworkAgreement, { reference: 'AGIR-2022' });
  const tables = [Lot, Holder, LotDepartment, Diagnostic, DeclaredStage];
  const rows = await Promise.all(tables.map((table) => source.manager.findBy(table, { frameworkId: model.id })));
  for (let copy = 1; copy < times; copy += 1) {
    await app.get(Acts).perform(Actor.system, 'bench.multiply', async (act) => {
      act.require(true);
      const id = `${model.id.slice(0, 30)}-${copy}`;
      await act.db.insert(FrameworkAgreement, { ...model, id, reference: `${model.reference}-${copy}`, startsOn: `${1900 + copy}-01-01` });
      for (const [index, table] of tables.entries()) {
        const copies = rows[index].map((row) => ({ ...row, id: `${row.id.slice(0, 30)}-${copy}`, frameworkId: id, ...(row.lotId ? { lotId: `${row.lotId.slice(0, 30)}-${copy}` } : {}) }));
        for (let from = 0; from < copies.length; from += 40) await act.db.insert(table, copies.slice(from, from + 40));
      }
    });
  }
}

const small = await measure();
await multiply(30);
const large = await measure();
await app.close();
const result = process.argv.includes('--small') ? small : { ...large, at94: small, at2820: large, ratio: Number((large.p50ms / small.p50ms).toFixed(2)) };
process.stdout.write(`${JSON.stringify(result)}\n`);
