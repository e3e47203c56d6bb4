import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consultation } from '../../src/consultations/consultation.js';
import { Question } from '../../src/consultations/exchange.js';
import { SettingsService } from '../../src/consultations/settings.service.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { agentsOf, called, seedDepartment } from './world.js';
import { type Browser, startApp, type TestApp } from '../support/app.js';
import { DATABASES } from '../support/databases.js';

const plain = (text: string) => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\s\u00a0\u202f]+/g, ' ');

describe.each(DATABASES)('les questions, sur leurs pages (%s)', (kind) => {
  let t: TestApp;
  let path = '';
  let officer: Browser;
  let alpha: Browser;
  let beta: Browser;
  const page = async (browser: Browser) => plain((await browser.get(path).expect(200)).text);
  const one = (number: number) => t.source.manager.findOneByOrFail(Question, { number });

  beforeAll(async () => {
    t = await startApp(kind);
    await seedDepartment(t, '67');
    const agent = await agentsOf(t, '67').officer();
    const settings = { questionsBefore: '2023-07-18', expected: '', channel: 'souspli' as const, externalReference: '', externalLink: '', outageMinutes: '', outageHours: '' };
    const made = await called(t, { code: '67', deadline: '2023-07-26T23:59', addressees: 'Alpha ; a@alpha.example\nBêta ; b@beta.example', prepare: ({ consultationId }) => t.app.get(SettingsService).save(agent, consultationId, settings) });
    path = `/consultations/${made.consultationId}/questions`;
    [officer, alpha, beta] = (await Promise.all(['agent@prefecture67.example', 'a@alpha.example', 'b@beta.example'].map((email) => t.browser(email)))) as [Browser, Browser, Browser];
  }, 60_000);
  afterAll(() => t.close());

  it('une question posée après la date des questions est gardée, signalée, et peut recevoir une réponse', async () => {
    t.clock.moveTo('2023-07-18T21:59:59.000Z'); // still the 18th in Strasbourg
    await alpha.post(path, { text: 'À temps ?' }).expect(303);
    t.clock.moveTo('2023-07-18T22:00:00.000Z');
    expect(await page(alpha)).toContain('La date des questions est passée');
    await alpha.post(path, { text: 'Trop tard ?' }).expect(303);
    expect([(await one(1)).late, (await one(2)).late]).toEqual([false, true]);
    expect(await page(officer)).toContain('après la date des questions');
    await officer.post(`${path}/${(await one(2)).id}/repondre`, { answer: 'Oui quand même.' }).expect(303);
    await officer.post(`${path}/publier`).expect(303);
    expect(await page(beta)).toContain('Oui quand même.');
  });

  it('reçue par lettre, elle est jugée le jour de son arrivée, et non celui où on l’écrit', async () => {
    const record = (receivedOn: string, text: string) => officer.post(`${path}/recues`, { text, channel: 'letter', organisationId: '', receivedOn });
    await record('2023-07-17', 'Par lettre, à temps.').expect(303);
    await record('2023-07-19', 'Par lettre, tardive.').expect(303);
    expect([(await one(3)).late, (await one(4)).late]).toEqual([false, true]);
    expect(await page(officer)).toContain('reçue le 17 juillet 2023');
    await record('2023-08-01', 'Demain.').expect(303);
    const again = (await officer.get(path)).text;
    expect(plain(again)).toContain('Ce jour n’est pas encore arrivé.');
    expect(again).toContain('Demain.'); // nothing typed is lost
    expect(await t.source.manager.count(Question)).toBe(4);
  });

  it('reformulée, elle est publiée sans les mots qui diraient qui la pose', async () => {
    await alpha.post(path, { text: 'Nous, à Alpha, pouvons-nous garder nos locaux ?' }).expect(303);
    const { id } = await one(5);
    expect((await officer.get(path)).text).toContain('Question telle qu’elle sera publiée');
    await officer.post(`${path}/${id}/repondre`, { answer: 'Oui.', publicText: 'Un candidat peut-il garder ses locaux ?' }).expect(303);
    await officer.post(`${path}/publier`).expect(303);
    expect(await page(beta)).toContain('Un candidat peut-il garder ses locaux ?');
    expect(await page(beta)).not.toContain('Alpha');
    expect(await page(alpha)).toContain('Nous, à Alpha');
    expect(await page(officer)).toContain('Publiée ainsi : Un candidat');
    for (const mail of await t.source.manager.findBy(Mail, { kind: 'notice', recipient: 'b@beta.example' })) expect(t.app.get(Outbox).words(mail).text).not.toContain('Alpha');
  });

  it('posée trois fois au même moment, elle est là une fois ; sa réponse rédigée ne se lit pas avant d’être publiée, même par son auteur', async () => {
    const before = await t.source.manager.count(Question);
    await Promise.all([1, 2, 3].map(() => alpha.post(path, { text: 'Une seule fois ?' }).expect(303)));
    expect(await t.source.manager.count(Question)).toBe(before + 1);
    const { id } = await one(6);
    await officer.post(`${path}/${id}/repondre`, { answer: 'Encore un brouillon.' }).expect(303);
    for (const browser of [alpha, beta]) expect(await page(browser)).not.toContain('Encore un brouillon');
    expect(JSON.stringify((await alpha.get(`/api${path}`).expect(200)).body)).not.toContain('Encore un brouillon');
    await alpha.post(`${path}/${id}/retirer`).expect(303);
  });

  it('une réponse à une question retirée est refusée en une phrase, et rien ne part', async () => {
    await alpha.post(path, { text: 'Une erreur.' }).expect(303);
    const { id } = await one(7);
    await alpha.post(`${path}/${id}/retirer`).expect(303);
    const refused = await officer.post(`${path}/${id}/repondre`, { answer: 'Trop tard.' }).expect(409);
    expect(plain(refused.text)).toMatch(/question/i);
    expect((await one(7)).answer).toBeNull();
    expect(await page(officer)).toContain('Retirée par son auteur');
    expect((await t.source.manager.findOneByOrFail(Consultation, { id: path.split('/')[2] ?? '' })).questionsBefore).toBe('2023-07-18');
  });

  it('une suite de liste qui n’est pas un nombre la montre depuis le début', async () => {
    const whole = (await officer.get(`/api${path}`).expect(200)).body as object;
    for (const after of ['1e400', '1.5', '-1', 'abc', '99999999999', '0x10', '', 'a&after=b']) expect((await officer.get(`/api${path}?after=${after}`).expect(200)).body).toEqual(whole);
    await officer.get(`${path}?apres=1e400`).expect(200);
    expect((await officer.get(`/api${path}?after=5`).expect(200)).body).toMatchObject({ rows: [{ number: 6 }, { number: 7 }] });
  });

  it('écrite par l’agent au nom d’une organisation, elle ne se retire pas par elle', async () => {
    const { organisationId } = await t.source.manager.findOneByOrFail(Question, { number: 1 });
    await officer.post(`${path}/recues`, { text: 'Dite au téléphone.', channel: 'telephone', organisationId: organisationId ?? '', receivedOn: '' }).expect(303);
    await alpha.post(`${path}/${(await one(8)).id}/retirer`).expect(404);
    expect(await one(8)).toMatchObject({ status: 'received', organisationId });
  });
});
