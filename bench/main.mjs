// `npm run bench -- main --json`: the figures of the main line, measured in one run. Ratios matter, milliseconds are the machine's.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { createApp } from '../dist/app.setup.js';
import { CommissionsService } from '../dist/commissions/commissions.service.js';
import { SignatureService } from '../dist/commissions/signature.service.js';
import { Commission } from '../dist/commissions/commission.js';
import { Consultation } from '../dist/consultations/consultation.js';
import { Config } from '../dist/config.js';
import { actorOf, draftTheCommission, seedAuthority } from '../dist/demo/seed.js';
import { demoData, DEMO_START } from '../dist/demo/demo-data.js';
import { LettersService } from '../dist/letters/letters.service.js';
import { Letter } from '../dist/letters/letter.js';
import { Acts } from '../dist/platform/acts.js';
import { Actor } from '../dist/platform/actor.js';
import { FrozenClock } from '../dist/platform/clock.js';
import { JournalEntry, verifyChain } from '../dist/platform/journal-entry.js';
import puppeteer from 'puppeteer-core';
import { embeddedFonts } from '../dist/press/fonts.js';
import { findBrowser } from '../dist/press/browser-path.js';
import { Printer } from '../dist/press/printer.js';

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const round = (value, digits = 2) => Number(value.toFixed(digits));
const timed = async (work) => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};

async function freshApp() {
  const dataDir = mkdtempSync(join(tmpdir(), 'souspli-bench-'));
  const config = Config.of({ mode: 'demo', dataDir, databaseUrl: `sqlite:${dataDir}/bench.sqlite`, browserPath: process.env.PUPPETEER_EXECUTABLE_PATH });
  return createApp(config, { clock: new FrozenClock(new Date(DEMO_START)) });
}

/** F of the letter press: the same static tagged letter reprinted by raw Page.printToPDF, one page, warm, its own browser. */
async function rawFloor(sheet) {
  const args = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--font-render-hinting=none', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const browser = await puppeteer.launch({ executablePath: await findBrowser(process.env.PUPPETEER_EXECUTABLE_PATH), headless: 'shell', args });
  const page = await browser.newPage();
  const faces = embeddedFonts();
  await page.setContent(`<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>F</title><style>${faces}${sheet.css}</style></head><body>${sheet.body}</body></html>`);
  await page.evaluate('document.fonts.ready.then(() => 1)');
  const session = await page.createCDPSession();
  const print = () => session.send('Page.printToPDF', { preferCSSPageSize: true, printBackground: true, generateTaggedPDF: true, generateDocumentOutline: false });
  return { print, close: () => browser.close() };
}

/** Interleaved with the letters that are compared with it. */
async function letters(app) {
  const commissionId = await draftTheCommission(app);
  const signatory = await actorOf(app, demoData().people.find((one) => one.key === 'signatory').email);
  await app.get(SignatureService).sign(signatory, commissionId);
  const signed = await app.get(DataSource).manager.find(Letter, { where: { subjectId: commissionId, form: 'individual' }, order: { number: 'ASC' } });
  const press = app.get(LettersService);
  const printer = app.get(Printer);
  const sheets = signed.map((one) => press.sheet(one.title, one.body));
  const raw = await rawFloor(sheets[0]);
  for (let i = 0; i < 15; i += 1) {
    await printer.print(sheets[i % sheets.length]);
    await raw.print();
  }
  const floor = [];
  const one = [];
  const lot = [];
  for (let turn = 0; turn < 5; turn += 1) {
    floor.push((await timed(async () => { for (let i = 0; i < 20; i += 1) await raw.print(); })) / 20);
    for (const sheet of sheets.slice(0, 18)) one.push(await timed(() => printer.print(sheet)));
    lot.push(await timed(async () => { for (const sheet of sheets.slice(0, 18)) await printer.print(sheet); }));
  }
  await raw.close();
  const F = median(floor);
  return { floorMs: round(F), letterOverFloor: round(median(one) / F), lot18OverFloor: round(median(lot) / F / 18) };
}

async function queries(app) {
  const officer = await actorOf(app, demoData().people[0].email);
  const source = app.get(DataSource);
  const commissions = app.get(CommissionsService);
  const count = async (work) => {
    let n = 0;
    const create = source.driver.createQueryRunner.bind(source.driver);
    source.driver.createQueryRunner = (mode) => {
      const runner = create(mode);
      const query = runner.query.bind(runner);
      runner.query = (...args) => {
        n += 1;
        return query(...args);
      };
      return runner;
    };
    const ms = await timed(work);
    source.driver.createQueryRunner = create;
    return { n, ms: round(ms) };
  };
  const model = await source.manager.findOneByOrFail(Commission, { departmentCode: '67' });
  const call = await source.manager.findOneByOrFail(Consultation, { id: model.consultationId });
  const measure = async () => ({
    list: await count(() => commissions.list(officer)),
    show: await count(() => commissions.find(officer, model.id)),
  });
  const grow = async (from, to) => {
    await source.transaction(async (db) => {
      for (let i = from; i < to; i += 1) {
        await db.insert(Consultation, { ...call, id: `k${i}`, ocid: `ocds-bench-${i}` });
        await db.insert(Commission, { ...model, id: `c${i}`, consultationId: `k${i}`, createdAt: new Date(Date.parse(DEMO_START) + i) });
      }
    });
    return measure();
  };
  const hundred = await grow(0, 100);
  const tenThousand = await grow(100, 10_000);
  return { list: Math.max(hundred.list.n, tenThousand.list.n), show: Math.max(hundred.show.n, tenThousand.show.n), at100: hundred, at10000: tenThousand };
}

/** Concurrent acts: lost ones, half-written ones, ghosts of those that failed. */
async function acts(app, concurrent) {
  const source = app.get(DataSource);
  const before = await source.manager.count(JournalEntry);
  const run = `bench-${concurrent}`;
  const results = await Promise.allSettled(
    Array.from({ length: concurrent }, (_, i) =>
      app.get(Acts).perform(Actor.system, 'bench.act', async (act) => {
        act.require(true);
        act.on(run, String(i));
        if (i % 5 === 4) throw new Error('planned failure');
      }),
    ),
  );
  const done = results.filter((one) => one.status === 'fulfilled').length;
  const lines = await source.manager.find(JournalEntry, { where: { chain: run }, order: { seq: 'ASC' } });
  const written = (await source.manager.count(JournalEntry)) - before;
  return { concurrent, done, lost: done - lines.length, ghosts: written - done, chain: verifyChain(lines).ok };
}

async function start() {
  const dataDir = mkdtempSync(join(tmpdir(), 'souspli-cold-'));
  const port = 3900 + (process.pid % 90);
  const env = { ...process.env, SOUSPLI_MODE: 'test', PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: `sqlite:${dataDir}/cold.sqlite` };
  const begin = performance.now();
  const server = spawn(process.execPath, ['dist/main.js'], { env, stdio: 'ignore' });
  try {
    for (;;) {
      const up = await fetch(`http://127.0.0.1:${port}/sante`).then((answer) => answer.ok, () => false);
      if (up) break;
      if (performance.now() - begin > 20_000) throw new Error('The server did not start');
      await wait(10);
    }
    const coldStartMs = Math.round(performance.now() - begin);
    await wait(3000);
    const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1];
    return { coldStartMs, idleRssMb: Math.round(Number(rss) / 1024) };
  } finally {
    server.kill('SIGTERM');
  }
}

const cold = await start();
const app = await freshApp();
await seedAuthority(app);
const press = await letters(app);
const pages = await queries(app);
const few = await acts(app, 200);
const many = await acts(app, 2000);
await app.close();
const figures = { ...press, ...cold, queries: pages, acts: { concurrent: [200, 2000], lost: few.lost + many.lost, ghosts: few.ghosts + many.ghosts, runs: [few, many] } };
process.stdout.write(`${JSON.stringify(figures, null, process.argv.includes('--json') ? 0 : 2)}\n`);
