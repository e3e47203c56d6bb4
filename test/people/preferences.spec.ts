import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Invitation } from '../../src/consultations/consultation.js';
import { VisasService } from '../../src/consultations/visas.service.js';
import { zoneOfAddress } from '../../src/people/departments.js';
import { DigestsService, lastDigest } from '../../src/people/digests.service.js';
import { Person } from '../../src/people/people.js';
import { PreferencesService } from '../../src/people/preferences.service.js';
import { Actor } from '../../src/platform/actor.js';
import { Letter } from '../../src/letters/letter.js';
import { Mail } from '../../src/platform/mail.js';
import { Mailer, type Message } from '../../src/platform/mailer.js';
import { Outbox } from '../../src/platform/outbox.js';
import { agentsOf, called, drafted, seedDepartment } from '../consultations/world.js';
import { startApp, type TestApp } from '../support/app.js';
import { DATABASES } from '../support/databases.js';

const plain = (text: string) => text.replaceAll(/[\s\u00a0\u202f]+/g, ' ');

describe('les horloges d’une adresse', () => {
  it.each([
    [['12 rue X', '97400 Saint-Denis'], 'Indian/Reunion'],
    [['BP 97150', '97133 Gustavia'], 'America/Guadeloupe'],
    [['97600 Mamoudzou'], 'Indian/Mayotte'],
    [['1 place Y', '67000 Strasbourg'], 'Europe/Paris'],
    [['20000 Ajaccio'], 'Europe/Paris'],
    [['97500 Saint-Pierre'], null],
    [['SIRET 12345678900012', 'Lyon'], null],
    [[], null],
  ])('%j : %s', (lines, zone) => expect(zoneOfAddress(lines)).toBe(zone));
});

it('le courriel du jour part à 8 h de chacun, changements d’heure compris', () => {
  const at = (now: string, zone: string) => lastDigest(new Date(now), zone).toISOString();
  expect(at('2023-07-14T05:59:59Z', 'Europe/Paris')).toBe('2023-07-13T06:00:00.000Z');
  expect(at('2023-07-14T06:00:00Z', 'Europe/Paris')).toBe('2023-07-14T06:00:00.000Z');
  expect(at('2023-07-14T05:00:00Z', 'Indian/Reunion')).toBe('2023-07-14T04:00:00.000Z');
  expect(at('2026-03-29T06:30:00Z', 'Europe/Paris')).toBe('2026-03-29T06:00:00.000Z');
  expect(at('2026-10-25T06:30:00Z', 'Europe/Paris')).toBe('2026-10-24T06:00:00.000Z');
});

describe.each(DATABASES)('les préférences (%s)', (kind) => {
  let t: TestApp;
  let id = '';
  let officer: Actor;
  let visa: Person;
  const sent: Message[] = [];
  const work = () => t.source.manager.find(Mail, { where: { kind: 'work' }, order: { queuedAt: 'ASC' } });

  beforeAll(async () => {
    t = await startApp(kind, { mode: 'test' });
    await seedDepartment(t, '67');
    ({ consultationId: id } = await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees: 'Alpha ; a@alpha.example\nÎle ; i@ile.example' }));
    officer = await agentsOf(t, '67').officer();
    visa = await t.source.manager.findOneByOrFail(Person, { email: 'signataire@prefecture67.example' });
    t.app.get(Mailer).send = async (message) => void sent.push(message);
  }, 60_000);
  afterAll(() => t.close());

  it('se règlent sur une page, et un candidat n’y voit que ce qui le concerne', async () => {
    const browser = await t.browser(visa.email);
    expect((await browser.get('/mes-preferences').expect(200)).text).toMatch(/Un seul courriel par jour[\s\S]*\/courriels/);
    await browser.post('/mes-preferences', { timeZone: 'Mars/Olympus', mailPace: 'daily' }).expect(303);
    expect((await t.source.manager.findOneByOrFail(Person, { id: visa.id })).mailPace).toBe('at-once');
    await browser.post('/mes-preferences', { timeZone: '', mailPace: 'daily' }).expect(303);
    expect(await t.source.manager.findOneByOrFail(Person, { id: visa.id })).toMatchObject({ mailPace: 'daily', timeZone: null });
    const bidder = await t.browser('a@alpha.example');
    expect((await bidder.get('/mes-preferences').expect(200)).text).not.toContain('Un seul courriel par jour');
  });

  it('tous les courriels se relisent en production aussi, par les agents seuls', async () => {
    const browser = await t.browser(visa.email);
    expect((await browser.get('/courriels').expect(200)).text).toMatch(/Date limite reportée[\s\S]*Traitez vos dossiers/);
    expect((await browser.get('/courriels/reminder').expect(200)).headers['content-security-policy']).toContain("default-src 'none'");
    await browser.get('/courriels/inconnu').expect(404);
    await (await t.browser('a@alpha.example')).get('/courriels').expect(404);
    await t.anonymous().get('/courriels').set('accept', 'text/html').expect(303);
  });

  it('un seul courriel par jour : rien avant 8 h, tout à 8 h, une fois', async () => {
    const visas = t.app.get(VisasService);
    for (const title of ['Premier', 'Second']) {
      const { consultationId } = await drafted(t, { code: '67', deadline: '2023-07-28T12:00', addressees: 'Gamma ; g@gamma.example', form: { title } });
      t.clock.moveTo(new Date(t.clock.now().getTime() + 1000));
      await visas.ask(officer, consultationId, [visa.id]);
    }
    sent.length = 0;
    await t.jobs.finishAll();
    expect(sent.filter((one) => one.to === visa.email)).toEqual([]);
    expect((await work()).filter((one) => one.state === 'held')).toHaveLength(2);
    const digests = t.app.get(DigestsService);
    t.clock.moveTo('2023-07-14T05:59:00Z');
    expect(await digests.tick()).toBe(0);
    t.clock.moveTo('2023-07-14T06:00:00Z');
    expect(await digests.tick()).toBe(1);
    expect(await digests.tick()).toBe(0);
    await t.jobs.finishAll();
    const own = sent.filter((one) => one.to === visa.email);
    expect(own.map((one) => plain(one.subject))).toEqual(['Traitez vos dossiers : 2 choses à faire']);
    expect(plain(own[0]?.text ?? '')).toMatch(/Premier.*\/visas.*Second.*\/visas.*\/a-faire/);
    expect((await work()).filter((one) => one.digestId !== null).map((one) => one.state)).toEqual(['sent', 'sent']);
  });

  it('qui revient à « aussitôt » n’attend pas le lendemain ; les dates limites n’ont jamais attendu', async () => {
    const { consultationId } = await drafted(t, { code: '67', deadline: '2023-07-28T12:00', addressees: 'Gamma ; g@gamma.example' });
    await t.app.get(VisasService).ask(officer, consultationId, [visa.id]);
    t.clock.moveTo('2023-07-14T07:00:00Z');
    expect(await t.app.get(DigestsService).tick()).toBe(0);
    await t.app.get(PreferencesService).save(await agentsOf(t, '67').signatory(), { timeZone: '', mailPace: 'at-once' });
    expect(await t.app.get(DigestsService).tick()).toBe(1);
    expect(await t.source.manager.countBy(Mail, { state: 'held' })).toBe(0);
  });

  it('l’heure du lecteur s’ajoute sur les pages, dans les lettres et les courriels, et jamais seule', async () => {
    const browser = await t.browser('i@ile.example');
    const page = async () => plain((await browser.get(`/consultations/${id}`).expect(200)).text);
    expect(await page()).not.toContain('Sur vos horloges');
    await browser.post('/mes-preferences', { timeZone: 'Indian/Reunion', mailPace: 'at-once' }).expect(303);
    expect(await page()).toMatch(/avant le <time [^>]*>mercredi 26 juillet 2023 à 23 h 59<\/time>, heure de Paris.*Sur vos horloges : jeudi 27 juillet 2023 à 1 h 59, heure de La Réunion/);
    // Its organisation's address says it too, before anybody has chosen.
    const { consultationId } = await called(t, { code: '67', deadline: '2023-07-28T12:00', addressees: 'Océan ; o@ocean.example', prepare: async (ids) => void (await t.source.manager.update(Invitation, { consultationId: ids.consultationId }, { address: ['1 rue du Large', '97400 Saint-Denis'] })) });
    const letters = await t.source.manager.findBy(Letter, { kind: 'invitation', form: 'individual' });
    expect(letters.some((one) => /Sur d’autres horloges.*La Réunion/s.test(plain(one.body ?? '')))).toBe(true);
    const mail = await t.source.manager.findOneByOrFail(Mail, { kind: 'invitation', consultationId });
    expect(plain(t.app.get(Outbox).words(mail).text)).toMatch(/heure de Paris\. Sur vos horloges : vendredi 28 juillet 2023 à 14 h 00, heure de La Réunion/);
  });
});
