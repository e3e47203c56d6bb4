import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/app.setup.js';
import { Config } from '../../src/config.js';
import { actorOf, draftTheCommission, seedAuthority } from '../../src/demo/seed.js';
import { agirData } from '../../src/demo/agir-data.js';
import { demoData, DEMO_START } from '../../src/demo/demo-data.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { Jobs } from '../../src/platform/jobs.js';
import { Log } from '../../src/platform/log.js';
import { Printer, type Sheet } from '../../src/press/printer.js';
import { AccountsService } from '../../src/people/accounts.service.js';
import { Sessions } from '../../src/people/sessions.js';
import { Person } from '../../src/people/people.js';
import { SendingService } from '../../src/commissions/sending.service.js';
import { SignatureService } from '../../src/commissions/signature.service.js';
import { CommissionsService } from '../../src/commissions/commissions.service.js';
import { type DatabaseKind, freshDatabase } from './databases.js';

/** Prints nothing: the text of the sheet in a file that says it is a PDF. The real press has its own tests. */
export class PaperlessPrinter extends Printer {
  readonly printed: Sheet[] = [];

  async print(sheet: Sheet) {
    this.printed.push(sheet);
    return Buffer.from(`%PDF-1.4\n${sheet.title}\n${sheet.body.replace(/<[^>]+>/g, ' ')}`);
  }

  async warm() {}
  async close() {}
}

export interface TestApp {
  app: NestExpressApplication;
  clock: FrozenClock;
  source: DataSource;
  logged: string[];
  jobs: Jobs;
  close(): Promise<void>;
  actor(key: string): ReturnType<typeof actorOf>;
  /** A signed-in browser: GET and POST with the session's cookie and its CSRF token. */
  browser(key: string): Promise<Browser>;
  anonymous(): ReturnType<typeof request>;
}

export interface Browser {
  get(path: string): request.Test;
  post(path: string, body?: object): request.Test;
  token: string;
  csrf: string;
}

/** Starts the whole application on a fresh database: `const t = await startApp('sqlite')`, then `t.close()`. */
export async function startApp(kind: DatabaseKind, options: { mode?: 'demo' | 'test'; config?: object; printer?: Printer } = {}): Promise<TestApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'souspli-test-'));
  const config = Config.of({ mode: options.mode ?? 'demo', dataDir, databaseUrl: await freshDatabase(kind), ...options.config });
  const clock = new FrozenClock(new Date(DEMO_START));
  const logged: string[] = [];
  const app = await createApp(config, { clock, printer: options.printer ?? new PaperlessPrinter(), log: new Log((line) => logged.push(line)) });
  const emailOf = (key: string) => {
    const data = demoData();
    return [...data.people, ...data.invented, ...agirData().people].find((one) => one.key === key)?.email ?? key;
  };
  const source = app.get(DataSource);
  return {
    app,
    clock,
    source,
    logged,
    jobs: app.get(Jobs),
    close: () => app.close(),
    actor: (key) => actorOf(app, emailOf(key)),
    anonymous: () => request(app.getHttpServer()),
    async browser(key) {
      const person = await source.manager.findOneByOrFail(Person, { email: emailOf(key) });
      const token = await app.get(Sessions).open(person.id);
      const csrf = (await app.get(Sessions).read(token))?.csrf ?? '';
      const server = app.getHttpServer();
      const page = (test: request.Test) => test.set('cookie', `souspli=${token}`).set('accept', 'text/html');
      return {
        token,
        csrf,
        get: (path) => page(request(server).get(path)),
        post: (path, body = {}) => page(request(server).post(path)).type('form').set('referer', `http://127.0.0.1${path}`).send({ _csrf: csrf, ...body }),
      };
    },
  };
}

/** The Bas-Rhin at « lettres à signer ». */
export async function atSignature(t: TestApp): Promise<string> {
  await seedAuthority(t.app);
  return draftTheCommission(t.app);
}

/** The Bas-Rhin with its 18 letters sent and the five invented organisations invited, on 17 July. */
export async function launched(t: TestApp): Promise<{ commissionId: string; consultationId: string }> {
  const commissionId = await atSignature(t);
  const officer = await t.actor('officer');
  const signatory = await t.actor('signatory');
  const signature = t.app.get(SignatureService);
  const sending = t.app.get(SendingService);
  await signature.sign(signatory, commissionId);
  await t.jobs.finishAll();
  await sending.send(officer, commissionId);
  await sending.add(officer, commissionId, demoData().invented.map(({ name, email }) => `${name} ; ${email}`).join('\n'));
  await signature.sign(signatory, commissionId);
  await t.jobs.finishAll();
  await sending.send(officer, commissionId);
  await t.jobs.finishAll();
  const { consultation } = await t.app.get(CommissionsService).find(officer, commissionId);
  return { commissionId, consultationId: consultation.id };
}

export { AccountsService };
