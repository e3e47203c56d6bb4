import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { createServer } from 'node:net';
import { BidDraftsService } from '../../src/bids/drafts.service.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { RemindersService } from '../../src/bids/reminders.service.js';
import { ChangesService } from '../../src/consultations/changes.service.js';
import { Consultation, DeadlineVersion, Invitation } from '../../src/consultations/consultation.js';
import { Visa } from '../../src/consultations/visa.js';
import { planReminders, Reminder } from '../../src/consultations/reminders.js';
import { TodoService } from '../../src/contracts/todo.service.js';
import { calendarOf } from '../../src/consultations/calendar.js';
import { Mail } from '../../src/platform/mail.js';
import { Mailer, SmtpMailer } from '../../src/platform/mailer.js';
import { Outbox } from '../../src/platform/outbox.js';
import { Job } from '../../src/platform/job.js';
import { launched, startApp, type TestApp } from '../support/app.js';

const deposit = async (t: TestApp, key: string, id: string) => {
  const who = await t.actor(key);
  const drafts = t.app.get(BidDraftsService);
  const { id: fileId } = await drafts.addFile(who, id, { name: 'Offre.pdf', size: 5, mediaType: 'application/pdf' });
  await drafts.putPart(who, id, fileId, 0, Readable.from([Buffer.from('offre')]));
  await drafts.finish(who, id, fileId);
  await t.app.get(DepositsService).deposit(who, id, `cle-de-depot-${key}-0001`, t.clock.now());
  return who;
};

describe('probes', () => {
  it('P1 gap of DST', () => {
    expect(planReminders('2026-03-30T02:30', 'Europe/Paris', ['J-1'])[0]?.at.toISOString()).toBe('2026-03-29T01:00:00.000Z');
  });
  it('P2 after the deadline, missed ones are not « prévu »', async () => {
    const t = await startApp('sqlite');
    const { consultationId: id } = await launched(t);
    t.clock.moveTo('2023-07-27T10:00:00.000Z');
    await t.app.get(RemindersService).tick();
    const { reminders } = await t.app.get(RemindersService).show(await t.actor('officer'), id);
    await t.close();
    expect(reminders.map((one) => one.state)).toEqual(['skipped', 'skipped', 'skipped', 'skipped']);
  }, 60_000);
  it('P3 one consultation that cannot be planned does not silence the others', async () => {
    const t = await startApp('sqlite');
    const { consultationId: id } = await launched(t);
    const one = await t.source.manager.findOneByOrFail(Consultation, { id });
    const version = await t.source.manager.findOneByOrFail(DeadlineVersion, { id: `${id}.1` });
    await t.source.manager.insert(Consultation, { ...one, id: 'broken', ocid: 'ocds-broken', localDeadline: '2023-10-29T02:30' });
    await t.source.manager.insert(DeadlineVersion, { ...version, id: 'broken.1', consultationId: 'broken' });
    t.clock.moveTo('2023-07-23T21:59:30.000Z');
    const sent = await t.app.get(RemindersService).tick().catch((error: Error) => error.message);
    await t.close();
    expect(sent).toBe(1);
  }, 60_000);
  it('P4 REMINDERS with a double', async () => {
    const t = await startApp('sqlite', { config: { reminders: 'J-3,J-3' } }).catch((error: Error) => error.message);
    if (typeof t === 'string') return;
    await launched(t);
    t.clock.moveTo('2023-07-23T21:59:30.000Z');
    const sent = await t.app.get(RemindersService).tick().catch((error: Error) => error.message);
    await t.close();
    expect(sent).toBe(1);
  }, 60_000);
  it('P5 a bid to confirm is not told « rien à faire »', async () => {
    const t = await startApp('sqlite');
    const { consultationId: id } = await launched(t);
    const who = await deposit(t, 'passerelle', id);
    await t.app.get(ChangesService).rectify(await t.actor('officer'), id, { text: 'Le lot change.', significant: 'oui' });
    t.clock.moveTo('2023-07-23T21:59:30.000Z');
    await t.app.get(RemindersService).tick();
    const mail = await t.source.manager.findOneByOrFail(Mail, { kind: 'reminder', organisationId: who.mandates[0]?.organisationId });
    const { text } = t.app.get(Outbox).words(mail);
    await t.close();
    expect(text).not.toContain('vous n’avez rien à faire');
  }, 60_000);
  it('P6 500 invited within the limit of an act', async () => {
    const t = await startApp('sqlite');
    const { consultationId: id } = await launched(t);
    const [first] = await t.source.manager.findBy(Invitation, { consultationId: id });
    for (let n = 0; n < 500; n += 1) await t.source.manager.insert(Invitation, { ...first, id: `i${n}`, organisationId: `o${n}`, number: 100 + n, email: `o${n}@x.example` } as Invitation);
    t.clock.moveTo('2023-07-23T21:59:30.000Z');
    const from = performance.now();
    const sent = await t.app.get(RemindersService).tick().catch((error: Error) => error.message);
    console.log('P6 ms', performance.now() - from, sent);
    await t.close();
    expect(sent).toBe(1);
  }, 120_000);
  it('P7 a server that refuses our sign-in for a while loses nothing', async () => {
    const server = createServer((socket) => {
      socket.write('220 x ESMTP\r\n');
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const line = data.toString();
        if (line.startsWith('EHLO')) socket.write('250-x\r\n250 AUTH PLAIN\r\n');
        else if (line.startsWith('AUTH')) socket.write('535 5.7.8 bad credentials\r\n');
        else if (line.startsWith('QUIT')) socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const t = await startApp('sqlite');
    const { consultationId: id } = await launched(t);
    const real = new SmtpMailer(`smtp://a:b@127.0.0.1:${port}`);
    Object.assign(t.app.get(Mailer), { send: real.send.bind(real) });
    t.clock.moveTo('2023-07-23T21:59:30.000Z');
    await t.app.get(RemindersService).tick();
    await t.jobs.runDue();
    const states = new Set((await t.source.manager.findBy(Mail, { kind: 'reminder', consultationId: id })).map((one) => `${one.state} ${one.error}`));
    const jobs = new Set((await t.source.manager.findBy(Job, { kind: 'mail.send' })).map((one) => one.state));
    await t.close();
    await new Promise((resolve) => server.close(resolve));
    console.log([...states], [...jobs]);
    expect([...states].map((one) => one.split(' ')[0])).toEqual(['queued']);
  }, 60_000);
  it('P8 À faire: plural, failed reminders, opening only for those named, diagnostics', async () => {
    const t = await startApp('sqlite');
    const { consultationId: id } = await launched(t);
    const list = async (key: string) => (await t.app.get(TodoService).list(await t.actor(key))).todos.map((one) => one.what);
    const [one] = await t.source.manager.findBy(Consultation, { id });
    t.clock.moveTo('2023-07-23T21:59:30.000Z');
    await t.app.get(RemindersService).tick();
    await t.source.manager.update(Mail, { kind: 'reminder' }, { state: 'failed', error: '550' });
    console.log('P8 officer', await list('officer'));
    await t.source.manager.insert(Visa, [{ id: 'v1', consultationId: 'd', personId: (await t.actor('opener1')).id, position: 1, status: 'asked', comment: null, askedById: 'x', askedAt: t.clock.now(), decidedAt: null }, { id: 'v2', consultationId: 'd', personId: (await t.actor('signatory')).id, position: 2, status: 'asked', comment: null, askedById: 'x', askedAt: t.clock.now(), decidedAt: null }]);
    await t.source.manager.insert(Consultation, { ...one, id: 'd', ocid: 'ocds-d', status: 'draft', launchedAt: null } as Consultation);
    console.log('P8 visas', await list('opener1'), await list('signatory'));
    t.clock.moveTo('2023-07-27T10:00:00.000Z');
    console.log('P8 open', one?.openerIds, (await t.actor('signatory')).id, await list('opener1'), await list('signatory'), await list('officer'));
    await t.close();
  }, 60_000);
  it('P9 ICS all day in every server zone', () => {
    const call = Object.assign(new Consultation(), { id: 'c1', title: 'D', reference: 'R', buyerName: 'P', timeZone: 'Europe/Paris', deadline: new Date('2023-07-26T21:59:00Z'), openingDelayMinutes: 60, quorum: 2, createdAt: new Date('2023-07-13T08:00:00Z'), questionsBefore: '2023-07-20' });
    const text = calendarOf('x', [call], { baseUrl: 'https://x.example', agent: true });
    console.log(process.env.TZ, text);
    expect(text).toContain('DTSTART;VALUE=DATE:20230720');
  });
});
