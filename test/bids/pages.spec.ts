import { connect, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import request from 'supertest';
import { Bid } from '../../src/bids/bid.js';
import { BidFile } from '../../src/bids/draft.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { type Browser, launched, startApp, type TestApp } from '../support/app.js';
import { TusClient } from '../../scripts/tus-client.mjs';
import { bytes, MIB } from './world.js';

describe('les pages du dépôt et de l’ouverture', () => {
  let t: TestApp;
  let id: string;
  let company: Browser;
  let other: Browser;
  let pli: string;
  const server = () => t.app.getHttpServer();
  const script = (browser: Browser, test: request.Test) =>
    test.set('cookie', `souspli=${browser.token}`).set('x-csrf-token', browser.csrf).set('accept', 'application/json');
  const port = async () => {
    if (!server().listening) await new Promise<void>((done) => server().listen(0, done));
    return (server().address() as AddressInfo).port;
  };

  beforeAll(async () => {
    t = await startApp('sqlite', { config: { maxFileBytes: 9 * MIB, maxBidBytes: 12 * MIB, maxBidFiles: 5 } });
    ({ consultationId: id } = await launched(t));
    company = await t.browser('passerelle');
    other = await t.browser('territoires');
    pli = `/consultations/${id}/pli`;
  });
  afterAll(() => t.close());

  it('la page annonce les limites et dit que rien n’est déposé', async () => {
    const { text } = await company.get(pli).expect(200);
    for (const words of ['Brouillon', '9,4', 'fichiers au plus', 'avant le', 'data-upload']) expect(text).toContain(words);
    await t.anonymous().get(pli).expect(303);
  });

  it('le script envoie par le protocole tus ; un envoi interrompu est montré, avec le moyen de le reprendre', async () => {
    const content = bytes(8 * MIB + 100);
    const tus = new TusClient(`http://127.0.0.1:${await port()}${pli}/envois`, { cookie: `souspli=${company.token}`, 'x-csrf-token': company.csrf });
    const path = await tus.create({ name: '../été « 1 ».pdf', size: content.length, type: 'application/pdf' });
    await tus.append(path, 0, content.subarray(0, 8 * MIB));
    const unfinished = (await company.get(pli)).text;
    for (const words of [`data-unfinished="${path}"`, 'data-name="été « 1 ».pdf"', 'Reprendre l’envoi', '8,4\u00a0Mo reçus sur 8,4\u00a0Mo']) expect(unfinished).toContain(words);
    expect(unfinished).not.toContain('Déposer mon pli</button>');
    await tus.append(path, 8 * MIB, content.subarray(8 * MIB));
    const whole = (await company.get(pli)).text;
    expect(whole).toContain('été « 1 ».pdf');
    expect(whole).not.toContain('data-unfinished');
    expect(whole).toContain('Déposer mon pli</button>');
    expect((await other.get(pli)).text).not.toContain('été « 1 »');
    await company.get('/assets/tus/tus.min.js').expect(200).expect('content-type', /javascript/);
  });

  it('sans JavaScript, plusieurs fichiers en un formulaire ; un fichier vide ou trop grand est dit à côté du champ', async () => {
    const form = () => request(server()).post(`${pli}/fichiers?_csrf=${company.csrf}`).set('cookie', `souspli=${company.token}`).set('accept', 'text/html').set('referer', `http://127.0.0.1${pli}`);
    const back = async (test: request.Test) => {
      await test.expect(303);
      return (await company.get(pli)).text;
    };
    const both = await back(form().attach('files', bytes(300), '👩‍🔧 plan\u202Efdp.pdf').attach('files', bytes(20), "l'annexe.pdf"));
    expect(both).toContain('👩‍🔧 planfdp.pdf');
    expect(await t.source.manager.countBy(BidFile, { state: 'complete' })).toBe(3);
    const empty = await back(form().attach('files', bytes(10), 'juste.pdf').attach('files', Buffer.alloc(0), 'rien.pdf'));
    expect(empty).toContain('« rien.pdf » est vide');
    expect(empty).toContain('juste.pdf');
    expect(await back(form().attach('files', bytes(9 * MIB + 1), 'enorme.pdf'))).toContain('« enorme.pdf » dépasse la taille annoncée');
    expect(await back(form().attach('files', bytes(4 * MIB), 'de-trop.pdf'))).toContain('votre pli dépasserait');
    expect(await back(form().field('autre', 'x'))).toContain('Choisissez au moins un fichier');
    expect(await t.source.manager.countBy(BidFile, { state: 'complete' })).toBe(4);
  });

  it('un envoi coupé en route ne laisse rien de faux, et le reste du brouillon est intact', async () => {
    const tus = new TusClient(`http://127.0.0.1:${await port()}${pli}/envois`, { cookie: `souspli=${company.token}`, 'x-csrf-token': company.csrf });
    const path = await tus.create({ name: 'coupé.pdf', size: 5000 });
    const head = (line: string, type: string) =>
      `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: souspli=${company.token}\r\nX-Csrf-Token: ${company.csrf}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: ${type}\r\nContent-Length: 5000\r\n\r\n`;
    const cutting = async (start: string, more: Buffer) => {
      const socket = connect(await port(), '127.0.0.1');
      socket.write(start);
      socket.write(more);
      await pause(150);
      socket.destroy();
      await pause(150);
    };
    await cutting(head(`PATCH ${path}`, 'application/offset+octet-stream'), bytes(2000));
    await cutting(head(`POST ${pli}/fichiers`, 'multipart/form-data; boundary=x'), Buffer.from('--x\r\nContent-Disposition: form-data; name="files"; filename="moitié.pdf"\r\n\r\nabc'));
    const { text } = await company.get(pli).expect(200);
    expect(text).toContain('Reprendre l’envoi');
    expect(text).not.toContain('moitié.pdf');
    expect(text).not.toContain('Déposer mon pli</button>');
    const names = await t.source.manager.countBy(BidFile, { state: 'complete' });
    expect(names).toBe(4);
    await company.post(`${path.replace('envois', 'fichiers')}/supprimer`).expect(303);
    expect((await company.get(pli)).text).toContain('Déposer mon pli</button>');
    expect(t.logged.filter((line) => line.includes('unexpected'))).toEqual([]);
  });

  it('« Déposer » deux fois mène au même accusé, en page, en PDF et en JSON', async () => {
    const key = /name="idempotencyKey" value="([^"]+)"/.exec((await company.get(pli)).text)?.[1] ?? '';
    const first = await company.post(`${pli}/deposer`, { idempotencyKey: key }).expect(303);
    const second = await company.post(`${pli}/deposer`, { idempotencyKey: key }).expect(303);
    expect(second.headers.location).toBe(first.headers.location);
    const receipt = first.headers.location ?? '';
    const page = await company.get(receipt).expect(200);
    for (const words of ['Passerelle Rhénane', 'été « 1 ».pdf', 'dans les délais', 'SHA-256']) expect(page.text).toContain(words);
    const [one, two] = await Promise.all([company.get(`${receipt}/recu.json`).buffer(true), company.get(`${receipt}/recu.json`).buffer(true)]);
    expect(one.text).toBe(two.text);
    expect(JSON.parse(one.text)).toMatchObject({ status: 'in-time', signature: { alg: 'Ed25519' } });
    expect((await company.get(`${receipt}/recu.pdf`).expect(200)).headers['content-type']).toBe('application/pdf');
    for (const face of ['', '/recu.json', '/recu.pdf']) await other.get(`${receipt}${face}`).expect(404);
    expect(await t.source.manager.count(Bid)).toBe(1);
    expect((await company.get(pli)).text).toContain('Votre pli est déposé');
    await company.get(`${pli}/retirer`).expect(200).expect(/Retirer mon pli/);
  });

  it('avant l’ouverture, l’agent lit une seule phrase et l’administrateur rien', async () => {
    const officer = await t.browser('officer');
    const admin = await t.browser('admin');
    const { text } = await officer.get(`/consultations/${id}/plis`).expect(200);
    expect(text).toContain('Rien ne peut être affiché avant l’ouverture.');
    expect(text).not.toMatch(/Passerelle|été/);
    await officer.get(pli).expect(404);
    await officer.get(`/consultations/${id}/registre.pdf`).expect(409);
    for (const path of ['plis', 'ouverture', 'pli', 'proces-verbal.pdf', 'registre.pdf']) await admin.get(`/consultations/${id}/${path}`).expect(404);
  });

  it('deux ouvreurs confirment puis ouvrent ; l’agent lit le registre, le procès-verbal et les fichiers', async () => {
    const [one, two, officer] = [await t.browser('opener1'), await t.browser('opener2'), await t.browser('officer')];
    const opening = `/consultations/${id}/ouverture`;
    const early = await one.post(`${opening}/confirmer`, { declaration: 'oui' }).expect(409);
    expect(early.text).toContain('pas encore');
    const { opensAt } = await t.source.manager.findOneByOrFail(Consultation, { id });
    t.clock.moveTo(opensAt);
    await one.post(`${opening}/confirmer`, {}).expect(303);
    expect((await one.get(opening)).text).toContain('Cochez la déclaration');
    await one.post(`${opening}/confirmer`, { declaration: 'oui' }).expect(303);
    await one.post(`${opening}/ouvrir`).expect(409);
    await two.post(`${opening}/confirmer`, { declaration: 'oui' }).expect(303);
    expect((await two.get(opening)).text).toContain('Ouvrir les plis');
    await two.post(`${opening}/ouvrir`).expect(303);
    await t.jobs.finishAll();
    const { text } = await officer.get(`/consultations/${id}/plis`).expect(200);
    for (const words of ['Passerelle Rhénane', 'Empreintes conformes', 'Journal intact', 'été « 1 ».pdf']) expect(text).toContain(words);
    const href = /href="([^"]+\/fichiers\/[^"]+)"/.exec(text)?.[1] ?? '';
    const download = await officer.get(href).buffer(true).parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    });
    expect(download.status).toBe(200);
    expect((download.body as Buffer).equals(bytes(8 * MIB + 100))).toBe(true);
    expect(download.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-disposition': expect.stringContaining("attachment; filename*=UTF-8''%C3%A9t%C3%A9"),
    });
    for (const name of ['proces-verbal.pdf', 'registre.pdf']) await officer.get(`/consultations/${id}/${name}`).expect(200).expect('content-type', 'application/pdf');
    const bids = await script(officer, request(server()).get(`/api/consultations/${id}/bids`)).expect(200);
    expect(bids.body).toMatchObject({ chain: { ok: true }, bids: [{ status: 'opened' }] });
    await company.get(`/consultations/${id}/plis`).expect(404);
    await company.get(href).expect(404);
    expect((await company.get(pli)).text).toContain('Votre pli est déposé');
  });
});
