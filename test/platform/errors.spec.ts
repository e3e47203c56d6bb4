import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Session } from '../../src/people/people.js';
import { Maintenance } from '../../src/platform/maintenance.js';
import { Config } from '../../src/config.js';
import { atSignature, startApp, type TestApp } from '../support/app.js';

const tokenIn = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie']).match(/souspli=([\w-]{20,})/)?.[1] ?? '';

const WHOLE = ['Ce qui s’est passé', 'Que faire', 'Qui appeler', '01 99 00 12 34', 'assistance@souspli.example'];

describe('les erreurs', () => {
  let t: TestApp;
  beforeAll(async () => {
    t = await startApp('sqlite');
    await atSignature(t);
  }, 60_000);
  afterAll(() => t.close());

  const page = (test: ReturnType<ReturnType<TestApp['anonymous']>['get']>, token: string) => test.set('cookie', `souspli=${token}`).set('accept', 'text/html');
  const post = (path: string, token: string, body: object) =>
    page(t.anonymous().post(path), token).type('form').set('sec-fetch-site', 'same-origin').set('host', '127.0.0.1').set('referer', 'http://127.0.0.1/commandes/nouvelle').send(body);

  it('disent ce qui s’est passé, que faire et qui appeler', async () => {
    const officer = await t.browser('officer');
    const seen = [await officer.get('/nulle-part').expect(404), await page(t.anonymous().post('/commandes'), officer.token).type('form').send({}).expect(403)];
    for (const { text } of seen) {
      for (const part of WHOLE) expect(text).toContain(part);
    }
  });

  it('trop lourd : la page dit la limite, que faire et qui appeler', async () => {
    const officer = await t.browser('officer');
    const form = await post('/commandes', officer.token, { _csrf: officer.csrf, title: 'x'.repeat(1_200_000) });
    const file = await page(t.anonymous().post('/nulle-part'), officer.token).set('content-type', 'application/json').send(JSON.stringify({ x: 'y'.repeat(300_000) }));
    for (const { status, text } of [form, file]) {
      expect(status).toBe(413);
      for (const part of [...WHOLE, 'trop']) expect(text).toContain(part);
    }
    expect((await t.anonymous().post('/api/session').set('content-type', 'application/json').send(JSON.stringify({ x: 'y'.repeat(300_000) }))).body).toMatchObject({ status: 413 });
  });

  it('trop de demandes : la page dit d’attendre, et combien', async () => {
    const once = () => page(t.anonymous().post('/demander-un-lien'), 'personne').type('form').send({ email: 'personne@exemple.fr' });
    let last = await once();
    for (let i = 0; i < 40 && last.status !== 429; i += 1) last = await once();
    expect(last.status).toBe(429);
    for (const part of [...WHOLE, 'minute']) expect(last.text).toContain(part);
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('après un acte, la page dit une fois ce qui a été fait', async () => {
    const officer = await t.browser('officer');
    const [, id] = /\/commandes\/([0-9a-f-]{36})/.exec((await officer.get('/commandes')).text) ?? [];
    await post(`/commandes/${id}/reprendre`, officer.token, { _csrf: officer.csrf }).expect(303);
    const after = await officer.get(`/commandes/${id}`);
    expect(after.text).toContain('C’est fait');
    expect(after.text).toContain('elle peut de nouveau être modifiée');
    expect((await officer.get(`/commandes/${id}`)).text).not.toContain('C’est fait');
  });

  it('une erreur inattendue donne une référence que le journal technique connaît, et aucune trace', async () => {
    const officer = await t.browser('officer');
    const route = t.app.get(Config);
    Object.defineProperty(route, 'demo', { get: () => { throw new Error('secret de l’intérieur'); }, configurable: true });
    const { text } = await officer.get('/connexion').expect(500);
    Reflect.deleteProperty(route, 'demo');
    expect(text).not.toContain('secret de l’intérieur');
    const reference = /class="code">(\w{8})</.exec(text)?.[1] ?? 'absente';
    expect(t.logged.join('\n')).toContain(`unexpected ${reference}`);
  });

  it.each([
    ['disque plein', Object.assign(new Error('no space left'), { code: 'ENOSPC' })],
    ['base tenue par un autre programme', Object.assign(new Error('query failed'), { driverError: Object.assign(new Error('busy'), { code: 'SQLITE_BUSY' }) })],
    ['verrou PostgreSQL refusé à temps', Object.assign(new Error('query failed'), { driverError: { code: '55P03' } })],
    ['connexion perdue', new Error('writing failed', { cause: new Error('Connection terminated unexpectedly') })],
  ])('%s : la page et l’API disent de recommencer, avec une référence', async (_, failure) => {
    const officer = await t.browser('officer');
    const route = t.app.get(Config);
    Object.defineProperty(route, 'demo', { get: () => { throw failure; }, configurable: true });
    const page503 = await officer.get('/connexion').expect(503);
    const api = await t.anonymous().get('/connexion').set('accept', 'application/json').expect(503);
    Reflect.deleteProperty(route, 'demo');
    for (const words of ['Enregistrement impossible pour le moment', 'accusé réception', 'téléphonez']) expect(page503.text).toContain(words);
    expect(page503.text).not.toContain('Maintenance');
    expect(t.logged.join('\n')).toContain(`unavailable ${/class="code">(\w{8})</.exec(page503.text)?.[1] ?? 'absente'}`);
    expect(api.headers['retry-after']).toBe('10');
    expect(api.body).toMatchObject({ status: 503, code: 'try-again' });
  });

  it('session finie : ce qui était saisi revient à la même personne, sur la même page, une fois', async () => {
    const officer = await t.browser('officer');
    await t.source.manager.update(Session, { csrf: officer.csrf }, { expiresAt: new Date(0) });
    const asked = await post('/commandes', officer.token, { _csrf: officer.csrf, title: 'Titre patiemment rédigé', ceiling: '24 000' }).expect(303);
    expect(asked.headers.location).toBe('/connexion?retour=%2Fcommandes%2Fnouvelle');
    const waiting = tokenIn(asked);
    expect((await page(t.anonymous().get('/connexion?retour=%2Fcommandes%2Fnouvelle'), waiting).expect(200)).text).toContain('Votre session a pris fin');
    const csrf = await csrfOf(waiting);
    const signedIn = await post('/connexion?retour=%2Fcommandes%2Fnouvelle', waiting, { _csrf: csrf, email: 'sebastien.bouche@bas-rhin.gouv.fr', password: 'demonstration' }).expect(303);
    expect(signedIn.headers.location).toBe('/commandes/nouvelle');
    const form = await page(t.anonymous().get('/commandes/nouvelle'), tokenIn(signedIn)).expect(200);
    expect(form.text).toContain('Titre patiemment rédigé');
    expect(form.text).toContain('Votre session avait pris fin');
    expect((await page(t.anonymous().get('/commandes/nouvelle'), tokenIn(signedIn)).expect(200)).text).not.toContain('Titre patiemment rédigé');
  });

  it('déconnectée dans un autre onglet, la personne retrouve aussi ce qu’elle avait saisi', async () => {
    const officer = await t.browser('officer');
    const out = await post('/deconnexion', officer.token, { _csrf: officer.csrf }).expect(303);
    expect(out.headers['clear-site-data']).toBe('"cache"');
    const asked = await post('/commandes', '', { _csrf: officer.csrf, title: 'Texte de l’autre onglet' }).expect(303);
    const waiting = tokenIn(asked);
    const signedIn = await post('/connexion?retour=%2Fcommandes%2Fnouvelle', waiting, { _csrf: await csrfOf(waiting), email: 'sebastien.bouche@bas-rhin.gouv.fr', password: 'demonstration' }).expect(303);
    expect((await page(t.anonymous().get('/commandes/nouvelle'), tokenIn(signedIn)).expect(200)).text).toContain('Texte de l’autre onglet');
  });

  it('… et à personne d’autre', async () => {
    const officer = await t.browser('officer');
    await t.source.manager.update(Session, { csrf: officer.csrf }, { expiresAt: new Date(0) });
    const waiting = tokenIn(await post('/commandes', officer.token, { _csrf: officer.csrf, title: 'Texte de Sébastien' }).expect(303));
    const other = await post('/connexion', waiting, { _csrf: await csrfOf(waiting), email: 'secretariat-general@prefecture67.example', password: 'demonstration' }).expect(303);
    expect((await page(t.anonymous().get('/commandes/nouvelle'), tokenIn(other))).text).not.toContain('Texte de Sébastien');
    const unknown = await post('/commandes', 'x'.repeat(43), { title: 'Texte de personne' }).expect(303);
    expect(tokenIn(unknown)).toBe('');
  });

  it('une page d’une session précédente revient telle quelle au lieu d’être perdue, et n’exécute rien', async () => {
    const officer = await t.browser('officer');
    const answer = await post('/commandes', officer.token, { _csrf: 'ancien', title: 'Titre encore là' }).expect(303);
    expect(answer.headers.location).toBe('/commandes/nouvelle');
    const { text } = await officer.get('/commandes/nouvelle').expect(200);
    expect(text).toContain('Titre encore là');
    expect(text).toContain('Cette page datait d’une session précédente');
  });

  it('en maintenance, tout est fermé avec une phrase, sauf la sonde', async () => {
    const door = new Maintenance(t.app.get(Config).dataDir);
    door.begin('Retour prévu à 7 h.');
    const closed = await t.anonymous().get('/connexion').set('accept', 'text/html').expect(503);
    const api = await t.anonymous().get('/api/session').expect(503);
    await t.anonymous().get('/sante').expect(200);
    door.end();
    expect(closed.headers['retry-after']).toBe('300');
    for (const part of ['Maintenance en cours', 'Retour prévu à 7 h.', '01 99 00 12 34']) expect(closed.text).toContain(part);
    expect(api.body).toMatchObject({ status: 503, code: 'maintenance' });
    await t.anonymous().get('/connexion').expect(200);
  });

  async function csrfOf(token: string) {
    const { text } = await page(t.anonymous().get('/connexion'), token);
    return /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
  }
});
