import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import Database from 'better-sqlite3';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/app.setup.js';
import { Bid } from '../../src/bids/bid.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { Commission } from '../../src/commissions/commission.js';
import { SendingService } from '../../src/commissions/sending.service.js';
import { SignatureService } from '../../src/commissions/signature.service.js';
import { Config } from '../../src/config.js';
import { Consultation, ConsultationDocument, Invitation } from '../../src/consultations/consultation.js';
import { DemoClock } from '../../src/demo/demo-clock.js';
import { markRehearsal, rehearsalConfig, rehearse, seedDemonstration } from '../../src/demo/demo.js';
import { MILESTONES } from '../../src/demo/milestones.js';
import { actorOf } from '../../src/demo/seed.js';
import { Letter } from '../../src/letters/letter.js';
import { Person } from '../../src/people/people.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { Jobs } from '../../src/platform/jobs.js';
import { Log } from '../../src/platform/log.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { REHEARSAL_NOTICE } from '../../src/support/rehearsal-marks.js';
import { launched, PaperlessPrinter, startApp, type TestApp } from '../support/app.js';
import { DATABASES } from '../support/databases.js';

const quiet = new Log(() => undefined);

/** All that the instance keeps, as one text: rows of every table, and every file. */
function everything(config: Config): string {
  const file = config.databaseUrl.replace('sqlite:', '');
  const db = new Database(file, { readonly: true });
  const tables = db.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[];
  const rows = tables.map(({ name }) => JSON.stringify(db.prepare(`select * from "${name}"`).all()));
  db.close();
  const files = readdirSync(config.dataDir, { recursive: true, encoding: 'utf8' }).map((name) => join(config.dataDir, name)).filter((path) => statSync(path).isFile() && !path.startsWith(file));
  return [...rows, ...files.map((path) => readFileSync(path, 'latin1'))].join('\n');
}

describe.each(DATABASES)('la répétition (%s)', (kind) => {
  let t: TestApp;
  let real: Consultation;
  let config: Config;
  let app: NestExpressApplication;
  let clock: FrozenClock;

  const play = async (wanted: string) => {
    await app?.close();
    const said = await rehearse(t.app, t.app.get(Config), wanted, quiet);
    config = rehearsalConfig(t.app.get(Config));
    clock = new FrozenClock(real.launchedAt ?? real.createdAt);
    app = await createApp(config, { clock, printer: new PaperlessPrinter(), log: quiet });
    markRehearsal(app, config);
    return said;
  };

  beforeAll(async () => {
    t = await startApp(kind);
    const { consultationId } = await launched(t);
    real = await t.source.manager.findOneByOrFail(Consultation, { id: consultationId });
    const bidder = await t.actor('passerelle');
    async function* file() {
      yield Buffer.from('pli réel');
    }
    await t.app.get(BidUploadsService).receive(bidder, consultationId, { name: 'offre.pdf', mediaType: 'application/pdf' }, file());
    await t.app.get(DepositsService).deposit(bidder, consultationId, 'cle-de-depot-0001', t.clock.now());
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await t.close();
  });

  it('copie la commande, et aucune personne, aucune adresse, aucun pli', async () => {
    const before = await t.source.manager.count(Person);
    const said = await play(real.reference);
    expect(said).toContain('npm run demo -- --rehearsal');
    const copy = await app.get(DataSource).manager.findOneByOrFail(Consultation, {});
    expect(copy).toMatchObject({ title: real.title, object: real.object, localDeadline: real.localDeadline, deadline: real.deadline, buyerName: real.buyerName, status: 'draft' });
    expect(copy.reference).toMatch(/^REPETITION-/);
    expect(await app.get(DataSource).manager.count(Bid)).toBe(0);
    const people = await t.source.manager.find(Person);
    expect(people).toHaveLength(before);
    const kept = everything(config);
    for (const { email, familyName } of people) {
      expect(kept).not.toContain(email);
      if (familyName) expect(kept).not.toContain(`"familyName":"${familyName}"`);
    }
    const addresses = kept.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g) ?? [];
    expect(addresses.filter((one) => !one.endsWith('.example'))).toEqual([]);
    expect(kept).not.toContain('Passerelle');
    expect(kept).not.toContain(real.id);
  });

  it('se joue jusqu’au dépôt d’un candidat fictif, avec l’avertissement sur chaque page, lettre et courriel', async () => {
    const { manager } = app.get(DataSource);
    const commission = await manager.findOneByOrFail(Commission, {});
    expect(commission.status).toBe('to-sign');
    await app.get(SignatureService).sign(await actorOf(app, 'signataire@repetition.example'), commission.id);
    await app.get(Jobs).finishAll();
    await app.get(SendingService).send(await actorOf(app, 'agent@repetition.example'), commission.id);
    await app.get(Jobs).finishAll();
    for (const letter of await manager.find(Letter)) {
      expect(letter.body).toContain(REHEARSAL_NOTICE);
      expect(letter.chrono).toMatch(/^REPETITION-/);
    }
    for (const mail of await manager.find(Mail)) {
      const words = app.get(Outbox).words(mail);
      expect(words.html).toContain(REHEARSAL_NOTICE);
      expect(words.text).toContain(REHEARSAL_NOTICE);
      expect(mail.recipient).toMatch(/\.example$/);
    }
    const [invitation] = await manager.find(Invitation, { order: { number: 'ASC' } });
    expect(invitation?.name).toBe('Le Pont de Papier (candidat fictif)');
    const bidder = await actorOf(app, invitation?.email ?? '');
    async function* file() {
      yield Buffer.from('pli de répétition');
    }
    await app.get(BidUploadsService).receive(bidder, commission.consultationId, { name: 'offre.pdf', mediaType: 'application/pdf' }, file());
    await app.get(DepositsService).deposit(bidder, commission.consultationId, 'cle-de-depot-0002', clock.now());
    expect(await manager.count(Bid)).toBe(1);
  });

  it('l’écrit aussi sur les pages d’erreur, et ne raconte pas l’histoire de la démonstration', async () => {
    for (const path of ['/connexion', '/demonstration', '/nulle-part', '/tester-mon-poste', '/signaler-un-probleme']) {
      const { text } = await request(app.getHttpServer()).get(path).set('accept', 'text/html');
      expect(text).toContain(REHEARSAL_NOTICE);
      for (const story of ['Scénario fictif', 'Myriam', '20 lettres', 'Sébastien']) expect(text).not.toContain(story);
    }
    const page = (await request(app.getHttpServer()).get('/connexion').expect(200)).text;
    for (const name of ['Dominique Agent-Fictif', 'Le Pont de Papier (candidat fictif)']) expect(page).toContain(name);
    expect(MILESTONES.map((one) => one.at)).toContain(new Date(real.deadline.getTime() - 10_000).toISOString());
    await seedDemonstration(app);
    expect(await app.get(DataSource).manager.count(Consultation)).toBe(1);
    expect(Math.abs(DemoClock.open(config.dataDir).now().getTime() - clock.now().getTime())).toBeLessThan(60_000);
  });

  it('sans commande, la consultation commence lancée, ses candidats fictifs invités', async () => {
    await t.source.manager.delete(Commission, { consultationId: real.id });
    await play(real.id);
    const { manager } = app.get(DataSource);
    expect(await manager.findOneByOrFail(Consultation, {})).toMatchObject({ title: real.title, status: 'launched', deadline: real.deadline, deadlineVersion: 1 });
    expect(await manager.count(Invitation)).toBe(3);
    expect((await manager.find(ConsultationDocument)).map((one) => one.kind)).toEqual(['specifications']);
    expect(everything(config)).not.toContain('Passerelle');
  });

  it('n’écrase ni ce qui n’est pas une répétition, ni celle que l’on joue', async () => {
    await expect(rehearse(t.app, t.app.get(Config), real.id, quiet)).rejects.toThrow(/tourne déjà/);
    await expect(rehearse(t.app, t.app.get(Config), 'inconnue', quiet)).rejects.toThrow('Aucune consultation');
    await app.close();
    const mark = join(config.dataDir, 'rehearsal.json');
    const kept = readFileSync(mark);
    rmSync(mark);
    await expect(rehearse(t.app, t.app.get(Config), real.id, quiet)).rejects.toThrow('n’est pas une répétition');
    writeFileSync(mark, kept);
  });
});
