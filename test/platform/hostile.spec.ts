import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { atSignature, startApp, type TestApp } from '../support/app.js';

/** Nothing that a client can send is a bug of the server: no 500, no stack, and the server goes on. */
describe('ce qu’un client malveillant envoie', () => {
  let t: TestApp;
  let id = '';
  let bearer = '';
  beforeAll(async () => {
    t = await startApp('sqlite');
    id = await atSignature(t);
    bearer = `Bearer ${(await t.browser('officer')).token}`;
  }, 60_000);
  afterAll(() => t.close());

  const clean = (answer: { status: number; text: string }) => {
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toMatch(/at .*\.(js|ts):\d+/);
  };

  it.each(['x', '..%2f..%2fetc', '%00', '%ff', "' or 1=1--", '%F0%9F%99%82', 'a'.repeat(3000), '__proto__'])('identifiant %s', async (bad) => {
    for (const path of [`/commandes/${bad}`, `/commandes/${bad}/lettres/in-fine.pdf`, `/consultations/${bad}/pli`, `/consultations/${bad}/plis`, `/recus/${bad}`, `/lien/${bad}`, `/commandes?apres=${bad}_${bad}`, `/assets/${bad}`]) {
      clean(await t.anonymous().get(path).set('authorization', bearer));
    }
  });

  it.each(['{', 'null', '[]', '"x"', '{"title":{"a":1},"deadline":["x"]}', '{"__proto__":{"x":1}}', 'x'.repeat(400_000)])('corps JSON %#', async (body) => {
    for (const path of ['/api/commissions', '/api/session', `/api/commissions/${id}/addressees`]) {
      clean(await t.anonymous().post(path).set('authorization', bearer).set('content-type', 'application/json').send(body));
    }
  });

  it.each(['a[b][c][d][e]=1', 'title[]=1&deadline[x]=2', 'a=1&'.repeat(6000), '%', '%E0%A4%A'])('formulaire %#', async (body) => {
    for (const path of ['/commandes', `/commandes/${id}/destinataires`, '/connexion', '/demander-un-lien']) {
      clean(await t.anonymous().post(path).set('authorization', bearer).type('form').send(body));
    }
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded; charset=x', 'application/json; charset=utf-7'])('type %s', async (type) => {
    for (const body of ['', '--x\r\n\r\n', 'garbage']) {
      clean(await t.anonymous().post(`/commandes/${id}/cahier-des-charges`).set('authorization', bearer).set('content-type', type).send(body));
    }
  });

  it.each(['/commandes/ID/cahier-des-charges', '/commandes/inconnue/cahier-des-charges', '/consultations/inconnue/pli/fichiers'])('fichier coupé avant sa fin sur %s', async (path) => {
    const body = '--x\r\nContent-Disposition: form-data; name="specifications"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-';
    clean(await t.anonymous().post(path.replace('ID', id)).set('authorization', bearer).set('content-type', 'multipart/form-data; boundary=x').send(body));
  });

  it('un formulaire démesuré d’un inconnu n’est pas gardé', async () => {
    const answer = await t.anonymous().post('/connexion').type('form').send(`email=x&password=y&reste=${'x'.repeat(600_000)}`);
    expect(answer.status).toBe(303);
    const [row] = await t.source.query<{ most: number }[]>('select max(length(flash)) as "most" from session');
    expect(row?.most).toBeLessThan(5_000);
  });

  it('un en-tête Bearer ne dispense pas un cookie de son jeton', async () => {
    const { token } = await t.browser('officer');
    await t.anonymous().post('/deconnexion').set('cookie', `souspli=${token}`).set('authorization', 'Bearer x').set('sec-fetch-site', 'cross-site').expect(403);
  });

  it.each(['gzip', 'br', 'x'])('encodage %s mensonger', async (encoding) => {
    clean(await t.anonymous().post('/api/commissions').set('authorization', bearer).set('content-type', 'application/json').set('content-encoding', encoding).send('{"a":1}'));
  });

  it('et le serveur répond encore', async () => {
    await t.anonymous().get('/sante').expect(200);
    expect(t.logged.filter((line) => line.includes('unexpected'))).toEqual([]);
  });
});
