import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Test } from 'supertest';
import { LotDepartment } from '../../src/agreements/lot.js';
import { DataImport } from '../../src/imports/data-import.js';
import { readSheet } from '../../src/platform/spreadsheet.js';
import type { Browser } from '../support/app.js';
import { emailOf, fileOf, FRAMEWORK, HEADERS, importsApp, type Who } from './world.js';

type App = Awaited<ReturnType<typeof importsApp>>;
const HOME = `/accords-cadres/${FRAMEWORK}/imports`;
const API = `/api/frameworks/${FRAMEWORK}/imports`;

describe('les pages et l’API des imports', () => {
  let t: App;
  let ministry: Browser;
  const browser = (who: Who) => t.browser(emailOf(who));
  /** As a form with a file does: the body of `browser.post` is not multipart. */
  const attach = (who: Browser, path: string, bytes: Buffer | string, name = 'fichier.csv', fields: Record<string, string> = {}): Test => {
    const test = t.anonymous().post(path).set('cookie', `souspli=${who.token}`).set('x-csrf-token', who.csrf);
    for (const [field, value] of Object.entries(fields)) void test.field(field, value);
    return test.attach('file', Buffer.from(bytes), name);
  };
  const fromPage = (who: Browser, kind: string, bytes: Buffer | string, name?: string) =>
    attach(who, `${HOME}?type=${kind}`, bytes, name).set('accept', 'text/html').set('referer', `http://127.0.0.1${HOME}`).redirects(0);

  beforeAll(async () => {
    t = await importsApp('sqlite');
    ministry = await browser('ministry');
  }, 60_000);
  afterAll(() => t.close());

  it('du dépôt à l’application : la page dit ce qui changerait, puis le fait', async () => {
    const empty = await ministry.get(HOME).expect(200);
    for (const words of ['Lots', 'Titulaires', 'Cibles', 'Historique', 'Aucun fichier déposé', 'modeles/historique.xlsx', 'Taille maximale']) expect(empty.text).toContain(words);
    const { location } = (await fromPage(ministry, 'cibles', fileOf('cibles', '67;2023;<b>mi-novembre</b>;;;', '68;2024;;;;').bytes, 'vagues 2023 é.csv').expect(303)).headers as { location: string };
    const page = await ministry.get(location).expect(200);
    expect(page.text).toContain('vagues 2023 é.csv');
    expect(page.text).toContain('Appliquer les 2 changements');
    expect(page.text).toContain('67, Bas-Rhin');
    expect(page.text).toContain('&lt;b&gt;mi-novembre&lt;/b&gt;');
    expect(page.text).not.toContain('<b>mi-novembre');
    const [, seen = ''] = /name="seen" value="(\w+)"/.exec(page.text) ?? [];
    expect(seen).toHaveLength(64);
    await ministry.post(`${location}/appliquer`, { seen: '0'.repeat(64) }).expect(409);
    await ministry.post(`${location}/appliquer`, { seen }).expect(303).expect('location', location);
    expect((await ministry.get(location).expect(200)).text).toContain('Import appliqué');
    await ministry.post(`${location}/appliquer`, { seen }).expect(409);
    expect((await ministry.get(HOME).expect(200)).text).toContain('Appliqué');
    const { text, headers } = await ministry.get(`${location}/fichier`).buffer(true).parse((response, done) => {
      let all = '';
      response.on('data', (chunk: Buffer) => (all += chunk.toString()));
      response.on('end', () => done(null, all));
    }).then((response) => ({ text: response.body as string, headers: response.headers as Record<string, string> }));
    expect(text).toContain('<b>mi-novembre</b>');
    expect(headers['content-disposition']).toBe("attachment; filename*=UTF-8''vagues%202023%20%C3%A9.csv");
  });

  it('montre l’ancien et le nouveau, puis rien quand tout est déjà là', async () => {
    const { location } = (await fromPage(ministry, 'cibles', fileOf('cibles', '67;2023;fin novembre;;;').bytes).expect(303)).headers as { location: string };
    const page = await ministry.get(location).expect(200);
    expect(page.text).toContain('Appliquer le changement');
    expect(page.text).toMatch(/&lt;b&gt;mi-novembre&lt;\/b&gt; <span aria-hidden="true">→<\/span><span class="sr"> devient <\/span> fin novembre/);
    await ministry.post(`${location}/abandonner`).expect(303).expect('location', HOME);
    expect((await ministry.get(location).expect(200)).text).toContain('Import abandonné');
    const same = (await fromPage(ministry, 'cibles', fileOf('cibles', '68;2024;;;;').bytes).expect(303)).headers as { location: string };
    expect((await ministry.get(same.location).expect(200)).text).toContain('Ce fichier ne change rien');
  });

  it('montre les erreurs par ligne et par colonne, les donne en CSV, et n’a plus de bouton', async () => {
    const { location } = (await fromPage(ministry, 'cibles', fileOf('cibles', '67;2023;;;;', '99;2023;=1+1;;;').bytes).expect(303)).headers as { location: string };
    const page = await ministry.get(location).expect(200);
    expect(page.text).not.toContain('/appliquer');
    expect(page.text).toContain('2\u00a0erreurs\u00a0: rien ne peut être appliqué');
    expect(page.text).toContain('n’est pas le code d’un département');
    expect(page.text).not.toContain('67, Bas-Rhin'); // errors first
    expect((await ministry.get(`${location}?voir=tout`).expect(200)).text).toContain('67, Bas-Rhin');
    const csv = await ministry.get(`${location}/erreurs.csv`).expect(200).expect('content-type', /text\/csv/);
    const sheet = await readSheet(Buffer.from(csv.text), 'file');
    expect(sheet.rows.map(({ cells }) => cells.slice(0, 2))).toEqual([['3', 'Département'], ['3', 'Cible']]);
    const header = (await fromPage(ministry, 'lots', fileOf('cibles', '67;2023;;;;').bytes).expect(303)).headers as { location: string };
    const wrong = await ministry.get(header.location).expect(200);
    expect(wrong.text).toContain('La colonne «\u00a0Lot\u00a0» manque');
    expect(wrong.text).toContain('La colonne «\u00a0Vague\u00a0» est inconnue');
  });

  it('tourne les pages d’un long fichier', async () => {
    const lines = Array.from({ length: 150 }, (_, index) => `6;Société ${index + 1};;;;seul;;;;01/01/2023;;;`);
    const { location } = (await fromPage(ministry, 'titulaires', fileOf('titulaires', ...lines).bytes).expect(303)).headers as { location: string };
    const first = await ministry.get(location).expect(200);
    expect(first.text).toContain('Société 100<');
    expect(first.text).not.toContain('Société 101<');
    const second = await ministry.get(`${location}?voir=tout&page=2`).expect(200);
    expect(second.text).toContain('Société 150<');
    for (const page of ['0', '-1', '99999', 'x']) await ministry.get(`${location}?voir=autre&page=${page}`).expect(200);
    await t.anonymous().get(`${location}?voir[]=a&page[]=b`).set('cookie', `souspli=${ministry.token}`).expect(200);
  });

  it.each([
    ['rien', '', 'Ce fichier est vide'],
    ['un faux classeur', 'PK\u0003\u0004 non', 'n’a pas pu être lu'],
    ['un guillemet jamais fermé', `${HEADERS.cibles}\n"67;2023\n68;`, 'guillemet'],
    ['plus de 10 000 lignes', `${HEADERS.cibles}\n${'67;2023;;;;\n'.repeat(10_001)}`, '10000 au plus'],
  ])('refuse %s à côté du bon champ, et ne garde rien', async (_, bytes, sentence) => {
    const before = await t.source.manager.count(DataImport);
    await fromPage(ministry, 'cibles', bytes).expect(303).expect('location', HOME);
    const page = await ministry.get(HOME).expect(200);
    expect(page.text).toContain(sentence);
    expect(page.text).toContain('id="file-cibles-error"');
    expect(page.text).not.toContain('id="file-lots-error"');
    expect(await t.source.manager.count(DataImport)).toBe(before);
    const api = await attach(ministry, `${API}?kind=cibles`, bytes).expect(422);
    expect(api.body).toMatchObject({ code: 'invalid', errors: [{ field: 'file' }] });
  });

  it('donne des modèles à remplir, en CSV et en XLSX', async () => {
    const csv = await ministry.get(`${HOME}/modeles/lots.csv`).expect(200).expect('content-disposition', 'attachment; filename="modele-lots.csv"');
    expect(csv.text).toContain(HEADERS.lots);
    await ministry.get(`${HOME}/modeles/titulaires.xlsx`).expect(200).expect('content-type', /spreadsheetml/);
    for (const wrong of ['lots.pdf', 'autre.csv', 'constructor.csv']) await ministry.get(`${HOME}/modeles/${wrong}`).expect(404);
  });

  it.each([['officer', 403], ['opener', 404], ['bidder', 404], ['sysadmin', 404], ['elsewhere', 404]] as const)('répond à %s par %i', async (who, status) => {
    const other = await browser(who);
    const { id } = (await t.source.manager.findOneByOrFail(DataImport, { status: 'pending' })) as { id: string };
    for (const path of [`${HOME}/${id}`, `${HOME}/${id}/erreurs.csv`, `${HOME}/${id}/fichier`, `${API}/${id}`]) await other.get(path).expect(status);
    for (const path of [`${HOME}/${id}/appliquer`, `${HOME}/${id}/abandonner`, `${API}/${id}/application`]) await other.post(path).expect(status);
    await other.get(HOME).expect(who === 'elsewhere' ? 200 : status);
    if (who !== 'elsewhere') await attach(other, `${API}?kind=lots`, fileOf('lots', '1;a;32;59;;;').bytes).expect(status);
  });

  it('ne se dépose pas sans jeton, ni sans session', async () => {
    const { bytes } = fileOf('cibles', '67;2023;;;;');
    await t.anonymous().post(`${API}?kind=cibles`).attach('file', bytes, 'x.csv').expect(401);
    await t.anonymous().post(`${HOME}?type=cibles`).set('cookie', `souspli=${ministry.token}`).attach('file', bytes, 'x.csv').expect(403);
  });

  it('fait les mêmes actes en JSON', async () => {
    const region = await browser('region');
    const created = await attach(region, API, fileOf('cibles', '68;2025;;;;', '13;2025;;;;').bytes, 'r.csv', { kind: 'cibles' }).expect(201);
    expect(created.body).toMatchObject({ status: 'pending', counts: { total: 2, update: 1, error: 1 }, errors: [{ line: 3, column: 'Département' }], can: { apply: false, cancel: true } });
    const refused = await attach(region, `${API}/${(created.body as { id: string }).id}/application`, '').expect(409);
    expect(refused.body).toMatchObject({ code: 'import-errors' });
    const { body } = (await attach(region, `${API}?kind=cibles`, fileOf('cibles', '68;2025;;;;').bytes).expect(201)) as { body: { id: string; fingerprint: string } };
    const apply = () => t.anonymous().post(`${API}/${body.id}/application`).set('cookie', `souspli=${region.token}`).set('x-csrf-token', region.csrf).send({ fingerprint: body.fingerprint });
    expect((await apply().expect(200)).body).toMatchObject({ status: 'applied', counts: { update: 1 }, can: { apply: false, cancel: false } });
    await apply().expect(409);
    expect(await t.source.manager.findOneByOrFail(LotDepartment, { departmentCode: '68' })).toMatchObject({ wave: 2025 });
    const list = await region.get(API).expect(200);
    expect((list.body as { rows: unknown[] }).rows).toHaveLength(2);
    await attach(region, API, 'x', 'x.csv', { kind: 'autre' }).expect(422);
  });
});
