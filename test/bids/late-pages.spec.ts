import { sendFile } from '../support/upload.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { Bid } from '../../src/bids/bid.js';
import { DepositsService } from '../../src/bids/deposits.service.js';
import { BidUploadsService } from '../../src/bids/uploads.service.js';
import { LateBidsService } from '../../src/bids/late.service.js';
import { OpenedBidsService } from '../../src/bids/opened-bids.service.js';
import { OpeningService } from '../../src/bids/opening.service.js';
import { OwnDepositService } from '../../src/bids/own-deposit.service.js';
import { SessionsService } from '../../src/bids/sessions.service.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { TodoService } from '../../src/contracts/todo.service.js';
import { type Browser, launched, startApp, type TestApp } from '../support/app.js';
import { queriesOf } from '../support/queries.js';

describe('les pages des plis hors délai', () => {
  let t: TestApp;
  let id = '';
  let deadline: Date;
  let signatory: Browser;
  let officer: Browser;
  const late: Record<string, string> = {};
  const api = (browser: Browser, path: string, body: object) => request(t.app.getHttpServer()).post(`/api/consultations/${id}/${path}`).set('authorization', `Bearer ${browser.token}`).send(body);

  const file = async (key: string, at: Date) => {
    const who = await t.actor(key);
    await sendFile(t.app.get(BidUploadsService), who, id, `${key}.pdf`, Buffer.from('offre'));
    await t.app.get(DepositsService).deposit(who, id, `cle-${key}-0000000000`, at);
    late[key] = (await t.source.manager.findOneByOrFail(Bid, { consultationId: id, organisationId: who.organisations('bidder')[0] })).id;
  };

  beforeAll(async () => {
    t = await startApp('sqlite');
    ({ consultationId: id } = await launched(t));
    ({ deadline } = await t.source.manager.findOneByOrFail(Consultation, { id }));
    [signatory, officer] = [await t.browser('signatory'), await t.browser('officer')];
    t.clock.moveTo(new Date(deadline.getTime() - 60_000));
    await file('passerelle', new Date(deadline.getTime() - 1));
    t.clock.moveTo(new Date(deadline.getTime() + 200));
    await file('lignes', t.clock.now());
    await file('ensemble', t.clock.now());
  }, 60_000);
  afterAll(() => t.close());

  it('avant l’ouverture, la page est la même qu’il y en ait ou non', async () => {
    const { text } = await signatory.get(`/consultations/${id}/hors-delai`).expect(200);
    expect(text).toContain('Rien ne peut être affiché avant l’ouverture.');
    expect(text).not.toMatch(/Lignes|Ensemble/);
    await signatory.get(`/consultations/${id}/hors-delai/${late.lignes}`).expect(409);
    await signatory.post(`/consultations/${id}/hors-delai/${late.lignes}/eliminer`, { reasons: 'trop tard' }).expect(409);
    expect(JSON.stringify(await t.app.get(TodoService).list(await t.actor('signatory')))).not.toContain('hors délai');
  });

  it('après l’ouverture, la signataire les trouve dans « À faire » et sur la page des plis', async () => {
    const { opensAt } = await t.source.manager.findOneByOrFail(Consultation, { id });
    t.clock.moveTo(opensAt);
    const opening = t.app.get(OpeningService);
    const [one, two] = [await t.actor('opener1'), await t.actor('opener2')];
    await opening.confirm(one, id);
    await opening.confirm(two, id);
    await opening.open(one, id);
    await t.jobs.finishAll();
    expect((await signatory.get('/a-faire').expect(200)).text).toContain('2 plis hors délai à décider');
    expect((await officer.get(`/consultations/${id}/plis`).expect(200)).text).toContain('2\u00a0plis à décider');
    const { text } = await signatory.get(`/consultations/${id}/hors-delai`).expect(200);
    for (const words of ['Lignes Claires', 'Ensemble Demain', '200\u00a0millisecondes après la date limite', '2\u00a0plis attendent une décision']) expect(text).toContain(words);
    expect(text).not.toMatch(/lignes\.pdf|Passerelle/);
    expect((await officer.get(`/consultations/${id}/hors-delai/${late.lignes}`).expect(200)).text).toContain('La décision revient au signataire');
    for (const key of ['admin', 'passerelle', 'lignes']) for (const path of ['hors-delai', `hors-delai/${late.lignes}`, `hors-delai/${late.lignes}/lettre.pdf`, 'ouverture/2']) await (await t.browser(key)).get(`/consultations/${id}/${path}`).expect(404);
  });

  it('sans motifs rien n’est décidé, et ce qui était écrit revient', async () => {
    const page = `/consultations/${id}/hors-delai/${late.lignes}`;
    await signatory.post(`${page}/eliminer`, { reasons: '   ' }).set('referer', `http://127.0.0.1${page}`).expect(303);
    expect((await signatory.get(page)).text).toContain('Écrivez les motifs de la décision');
    await signatory.post(`${page}/admettre`, { ground: 'caprice', reasons: 'Parce que.' }).set('referer', `http://127.0.0.1${page}`).expect(303);
    const back = (await signatory.get(page)).text;
    expect(back).toContain('Choisissez le cas dans lequel le pli est admis');
    expect(back).toContain('Parce que.');
    await officer.post(`${page}/eliminer`, { reasons: 'x' }).expect(403);
    await api(signatory, `late-bids/${late.lignes}/admission`, { ground: 'court-order', reasons: 'Le juge.' }).expect(422);
    await api(signatory, `late-bids/${late.lignes}/admission`, { ground: 'backup-copy', reasons: 'La copie.' }).expect(409);
    await api(signatory, `late-bids/${late.passerelle}/elimination`, { reasons: 'x' }).expect(404);
    await api(signatory, `late-bids/${late.lignes}/elimination`, { reasons: ['x'] }).expect(422);
    await api(signatory, `late-bids/${late.lignes}/elimination`, { reasons: 'x'.repeat(6001) }).expect(422);
  });

  it('élimine par la page : la lettre se lit avant, puis signée ; le candidat la trouve dans son espace', async () => {
    const page = `/consultations/${id}/hors-delai/${late.lignes}`;
    expect(String((await signatory.get(`${page}/lettre.pdf`)).body)).toContain('Projet');
    await signatory.post(`${page}/eliminer`, { reasons: 'Aucune panne n’est établie (fictif).' }).expect(303);
    await t.jobs.finishAll();
    const { text } = await signatory.get(page).expect(200);
    for (const words of ['Pli éliminé', 'Lire la lettre (PDF)', 'envoyée le']) expect(text).toContain(words);
    const own = await t.browser('lignes');
    const mine = (await own.get(`/consultations/${id}/pli`).expect(200)).text;
    expect(mine).toContain('arrivé hors délai, est éliminé');
    const href = /href="([^"]+lettre-hors-delai\.pdf)"/.exec(mine)?.[1] ?? '';
    await own.get(href).expect(200).expect('content-type', 'application/pdf');
    await (await t.browser('ensemble')).get(href).expect(404);
  });

  it('admet par l’API, puis ouvre en séance complémentaire par les pages', async () => {
    expect((await api(signatory, `late-bids/${late.ensemble}/admission`, { ground: 'platform', reasons: 'Panne établie (fictif).' }).expect(201)).body).toEqual({ session: 2 });
    const [one, two] = [await t.browser('opener1'), await t.browser('opener2')];
    const session = `/consultations/${id}/ouverture/2`;
    expect((await one.get('/a-faire')).text).toContain('Séance complémentaire à tenir');
    expect((await one.get(`/consultations/${id}/ouverture`)).text).toContain(`href="${session}"`);
    expect((await one.get(session).expect(200)).text).toContain('Ensemble Demain');
    await one.post(`${session}/confirmer`, {}).set('referer', `http://127.0.0.1${session}`).expect(303);
    expect((await one.get(session)).text).toContain('Cochez la déclaration');
    await one.post(`${session}/confirmer`, { declaration: 'oui' }).expect(303);
    await one.post(`${session}/ouvrir`).expect(409);
    await officer.post(`${session}/confirmer`, { declaration: 'oui' }).expect(403);
    await two.post(`${session}/confirmer`, { declaration: 'oui' }).expect(303);
    await two.post(`${session}/ouvrir`).expect(303);
    await t.jobs.finishAll();
    const { text } = await officer.get(`/consultations/${id}/plis`).expect(200);
    for (const words of ['ensemble.pdf', 'hors délai, admis par décision', 'Séance complémentaire 2', 'Journal intact']) expect(text).toContain(words);
    expect(text).not.toContain('lignes.pdf');
    for (const name of ['proces-verbal.pdf', 'registre.pdf']) await officer.get(`${session}/${name}`).expect(200);
    for (const path of ['ouverture/3', 'ouverture/1', 'ouverture/x', 'ouverture/3/proces-verbal.pdf']) await officer.get(`/consultations/${id}/${path}`).expect(404);
    await api(one, 'sessions/2/opening', {}).expect(409);
    expect((await (await t.browser('ensemble')).get(`/consultations/${id}/pli`)).text).toContain('Votre pli est admis');
  });

  it('aucune de ces pages ne pose plus de cinq questions à la base', async () => {
    const [sign, open, bidder] = [await t.actor('signatory'), await t.actor('opener1'), await t.actor('lignes')];
    const looks: (() => Promise<unknown>)[] = [
      () => t.app.get(LateBidsService).list(sign, id),
      () => t.app.get(LateBidsService).find(sign, id, late.lignes ?? ''),
      () => t.app.get(SessionsService).state(open, id, 2),
      () => t.app.get(OpeningService).state(open, id),
      () => t.app.get(OpenedBidsService).page(sign, id),
      () => t.app.get(OwnDepositService).show(bidder, id),
      () => t.app.get(TodoService).list(sign),
      () => t.app.get(TodoService).list(open),
    ];
    for (const look of looks) expect((await queriesOf(t.source, look)).length).toBeLessThanOrEqual(5);
  });
});
