// What reminders promise, seen from outside: one stop, one dead mail server, one curious agent.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/app.setup.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { RemindersService } from '../../src/bids/reminders.service.js';
import { Config } from '../../src/config.js';
import { Reminder } from '../../src/consultations/reminders.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { Job } from '../../src/platform/job.js';
import { JournalEntry, PLATFORM_CHAIN } from '../../src/platform/journal-entry.js';
import { Log } from '../../src/platform/log.js';
import { Mail } from '../../src/platform/mail.js';
import { Mailer, type Message } from '../../src/platform/mailer.js';
import { DATABASES } from '../support/databases.js';
import { launched, PaperlessPrinter, startApp, type TestApp } from '../support/app.js';

const J3 = '2023-07-23T21:59:30.000Z';
const INVITED = 23;

async function upload(t: TestApp, key: string, id: string) {
  const who = await t.actor(key);
  const uploads = t.app.get(BidUploadsService);
  await uploads.receive(who, id, { name: 'Offre.pdf', mediaType: 'application/pdf' }, Readable.from([Buffer.from('offre')]));
  return who;
}

describe.each(DATABASES)('un serveur de courriel muet pendant une journée (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  beforeAll(async () => {
    t = await startApp(kind);
    id = (await launched(t)).consultationId;
  }, 60_000);
  afterAll(() => t.close());

  it('ne perd aucun rappel, et chacun garde son Message-ID d’un essai à l’autre', async () => {
    const tried: Message[] = [];
    let up = false;
    Object.assign(t.app.get(Mailer), {
      send: async (message: Message) => {
        tried.push(message);
        if (!up) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ESOCKET' });
      },
    });
    t.clock.moveTo(J3);
    await t.app.get(RemindersService).tick();
    const written = (await t.source.manager.findBy(Mail, { kind: 'reminder', consultationId: id })).map((one) => one.messageId).toSorted();
    expect(new Set(written).size).toBe(INVITED);
    // Every attempt of the day: the wait between two is machine time, which the test shortens.
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await t.jobs.runDue();
      await t.source.manager.update(Job, { kind: 'mail.send', state: 'queued' }, { runAt: t.clock.now() });
    }
    expect(tried).toHaveLength(4 * INVITED);
    expect(await t.source.manager.countBy(Mail, { kind: 'reminder', consultationId: id, state: 'queued' })).toBe(INVITED);
    t.clock.moveTo('2023-07-24T21:59:00.000Z');
    expect(await t.app.get(RemindersService).tick()).toBe(0); // the next one is due at J-1, not because the last one waits
    up = true;
    tried.length = 0;
    await t.jobs.finishAll();
    expect(tried.map((one) => one.messageId).toSorted()).toEqual(written);
    expect(new Set(tried.map((one) => one.replyTo)).size).toBe(1);
    expect(await t.source.manager.countBy(Mail, { kind: 'reminder', consultationId: id, state: 'sent' })).toBe(INVITED);
  });
});

describe.each(DATABASES)('un redémarrage (%s)', (kind) => {
  it('envoie ce qui a été manqué, une seule fois, et rien de ce qui était déjà parti', async () => {
    const t = await startApp(kind);
    const { consultationId: id } = await launched(t);
    const config = t.app.get(Config);
    t.clock.moveTo(J3);
    expect(await t.app.get(RemindersService).tick()).toBe(1);
    await t.close();
    const clock = new FrozenClock(new Date('2023-07-26T21:30:00.000Z')); // 29 minutes before the deadline
    const again = await createApp(config, { clock, printer: new PaperlessPrinter(), log: new Log(() => undefined) });
    try {
      const reminders = again.get(RemindersService);
      expect((await Promise.all([reminders.tick(), reminders.tick(), reminders.tick()])).reduce((a, b) => a + b, 0)).toBe(1);
      expect(await reminders.tick()).toBe(0);
      const rows = await again.get(DataSource).manager.find(Reminder, { where: { consultationId: id }, order: { at: 'ASC' } });
      expect(rows.map((one) => `${one.offset} ${one.state}`)).toEqual(['J-3 sent', 'J-1 skipped', 'H-4 skipped', 'H-1 sent']);
      expect(await again.get(DataSource).manager.countBy(Mail, { kind: 'reminder', consultationId: id })).toBe(2 * INVITED);
    } finally {
      await again.close();
    }
  }, 60_000);
});

/** Only what chance gives differs between two worlds: ids, the reference made from one, keys of forms, addresses of assets. */
function plain(text: string, id: string) {
  const unfolded = text.replaceAll('\r\n ', '');
  return [id, id.slice(0, 8)].reduce((done, one) => done.replaceAll(one, 'ID'), unfolded).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replaceAll(/(name="_csrf" value=")[^"]*/g, '$1').replaceAll(/\?v=[^"]*/g, '');
}

describe('avant l’ouverture, un monde sans pli et un monde avec plis et brouillon se ressemblent', () => {
  let empty: TestApp;
  let busy: TestApp;
  const ids = new Map<TestApp, string>();
  beforeAll(async () => {
    empty = await startApp('sqlite');
    busy = await startApp('sqlite');
    for (const t of [empty, busy]) ids.set(t, (await launched(t)).consultationId);
    const id = ids.get(busy) ?? '';
    const who = await upload(busy, 'passerelle', id);
    await busy.app.get(DepositsService).deposit(who, id, 'cle-de-depot-passerelle', busy.clock.now());
    await upload(busy, 'parcours', id);
    for (const t of [empty, busy]) {
      t.clock.moveTo(J3);
      await t.app.get(RemindersService).tick();
      await t.jobs.finishAll();
    }
  }, 90_000);
  afterAll(() => Promise.all([empty.close(), busy.close()]));

  it.each(['officer', 'signatory', 'opener1', 'admin', 'passerelle', 'parcours'])('%s lit la même chose dans les rappels, l’agenda et les tâches', async (key) => {
    for (const path of ['/consultations/:id/rappels', '/api/consultations/:id/reminders', '/consultations/:id/echeances.ics', '/mes-echeances.ics', '/a-faire', '/api/todo']) {
      const [a, b] = await Promise.all(
        [empty, busy].map(async (t) => {
          const id = ids.get(t) ?? '';
          const { status, text } = await (await t.browser(key)).get(path.replace(':id', id));
          return [status, plain(text, id)];
        }),
      );
      expect([path, b]).toEqual([path, a]);
    }
  });

  it('la comparaison voit une différence quand il y en a une', async () => {
    const pages = await Promise.all([empty, busy].map(async (t) => plain((await (await t.browser('passerelle')).get(`/consultations/${ids.get(t)}/pli`)).text, ids.get(t) ?? '')));
    expect(pages[0]).not.toEqual(pages[1]); // its own bid, on its own page
  });

  it('le journal et la liste des envois non plus ne disent rien', async () => {
    const [a, b] = await Promise.all(
      [empty, busy].map(async (t) => {
        const lines = await t.source.manager.findBy(JournalEntry, { act: 'reminder.send' });
        const mails = await t.source.manager.find(Mail, { where: { kind: 'reminder' }, order: { recipient: 'ASC' } });
        expect(lines.map((one) => one.chain)).toEqual([PLATFORM_CHAIN]);
        return { details: lines.map((one) => one.details), mails: mails.map(({ recipient, state, error, replyTo, attachments }) => ({ recipient, state, error, replyTo, attachments })) };
      }),
    );
    expect(b).toEqual(a);
    expect(b?.details).toEqual([{ offset: 'J-3', told: INVITED }]);
    // The words are not in the database in clear, not even for the one who deposited.
    expect(JSON.stringify(await busy.source.manager.findBy(Mail, { kind: 'reminder' }))).not.toMatch(/déposé|brouillon/);
  });
});
