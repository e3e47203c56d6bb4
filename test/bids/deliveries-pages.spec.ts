import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { OpeningService } from '../../src/bids/opening.service.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { type Browser, launched, startApp, type TestApp } from '../support/app.js';

/** From the announcement to the minutes, by the pages and by the API. */
describe('les pages des enveloppes remises', () => {
  let t: TestApp;
  let id = '';
  let officer: Browser;
  let opener: Browser;
  let typed: Record<string, string>;
  const api = (browser: Browser, method: 'get' | 'post', path: string) => request(t.app.getHttpServer())[method](`/api/consultations/${id}/${path}`).set('authorization', `Bearer ${browser.token}`);

  beforeAll(async () => {
    t = await startApp('sqlite');
    ({ consultationId: id } = await launched(t));
    await t.source.manager.update(Consultation, { id }, { otherMeans: { case: '6', reason: 'Maquette.', place: 'Accueil.' } });
    [officer, opener] = [await t.browser('officer'), await t.browser('opener1')];
    t.clock.moveTo('2023-07-25T15:00:00.000Z');
    const { text } = await officer.get(`/consultations/${id}/remises`).expect(200);
    const organisation = /<option value="([\w-]+)"[^>]*>Passerelle/.exec(text)?.[1] ?? '';
    typed = { kind: 'bid', organisationId: organisation, medium: 'paper', carrier: 'hand', broughtBy: 'Aline Exemple (fictive)', receivedOn: '2023-07-25T16:30', remark: '', justification: '', idempotencyKey: /name="idempotencyKey" value="([\w-]+)"/.exec(text)?.[1] ?? '' };
  }, 60_000);
  afterAll(() => t.close());

  it('les voies annoncées se lisent, et ne changent plus après l’envoi', async () => {
    const page = `/consultations/${id}/voies-de-remise`;
    expect((await officer.get(page).expect(200)).text).toContain('article R. 2132-12, 6°');
    await officer.post(page, { case: '', reason: '', place: '' }).expect(409);
    await api(officer, 'get', 'means').expect(200).expect(({ body }) => expect(body).toMatchObject({ otherMeans: { case: '6' }, can: { edit: false } }));
  });

  it('une erreur se dit au champ, et rien de ce qui était écrit n’est perdu', async () => {
    const page = `/consultations/${id}/remises`;
    await officer.post(page, { ...typed, receivedOn: '2023-07-25T18:30' }).set('referer', `http://127.0.0.1${page}`).expect(303).expect('location', page);
    const { text } = await officer.get(page);
    expect(text).toContain('Cette heure n’est pas encore passée');
    expect(text).toContain('value="Aline Exemple (fictive)"');
    await api(officer, 'post', 'deliveries').send({ ...typed, medium: 'parchemin' }).expect(422);
  });

  it('s’enregistre, se montre à son seul auteur, s’ouvre, se numérise et se termine', async () => {
    const { headers } = await officer.post(`/consultations/${id}/remises`, typed).expect(303);
    const receipt = (await officer.get(headers.location ?? '').expect(200)).text;
    for (const words of ['Récépissé de pli sur support physique', 'apportée par Aline Exemple (fictive)', `/consultations/${id}/remises`]) expect(receipt).toContain(words);
    expect((await opener.get(`/consultations/${id}/remises`).expect(200)).text).not.toContain('Aline Exemple');
    expect((await (await t.browser('passerelle')).get(`/consultations/${id}/pli`)).text).toContain('sur support physique, enregistré par');
    const rule = 'interdisent de répondre à la fois seul et en groupement';
    expect((await (await t.browser('lignes')).get(`/consultations/${id}/pli`)).text).not.toContain(rule);
    await t.source.manager.update(Consultation, { id }, { oneBidEach: true });
    expect((await (await t.browser('lignes')).get(`/consultations/${id}/pli`)).text).toContain(rule);
    for (const key of ['admin', 'passerelle', 'lignes']) await (await t.browser(key)).get(`/consultations/${id}/remises`).expect(404);
    const { opensAt } = await t.source.manager.findOneByOrFail(Consultation, { id });
    t.clock.moveTo(opensAt);
    const opening = t.app.get(OpeningService);
    const [one, two] = [await t.actor('opener1'), await t.actor('opener2')];
    for (const who of [one, two]) await opening.confirm(who, id);
    await opening.open(two, id);
    await t.jobs.finishAll();
    const { body } = await api(opener, 'get', 'deliveries').expect(200);
    const page: string = body.deliveries[0].scanHref;
    expect((await opener.get(page).expect(200)).text).toContain('Terminer la numérisation');
    const attach = (browser: Browser) => request(t.app.getHttpServer()).post(`${page}/fichiers?_csrf=${browser.csrf}`).set('cookie', `souspli=${browser.token}`).set('accept', 'text/html').attach('files', Buffer.from('%PDF numérisé'), 'Acte d’engagement.pdf');
    await attach(await t.browser('lignes')).expect(404);
    await attach(opener).expect(303);
    expect((await opener.get(page)).text).toContain('Acte d’engagement.pdf');
    await opener.post(`${page}/terminer`, { note: 'Complet.' }).expect(303);
    await t.jobs.finishAll();
    await opener.get(`/consultations/${id}/proces-verbal.pdf`).expect(200);
    expect((await officer.get(`/consultations/${id}/plis`)).text).toContain('numérisé en séance');
  });
});
