import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.setup.js';
import { SendingService } from '../../src/commissions/sending.service.js';
import { SignatureService } from '../../src/commissions/signature.service.js';
import { Config } from '../../src/config.js';
import { DemoClock } from '../../src/demo/demo-clock.js';
import { DEMO_START } from '../../src/demo/demo-data.js';
import { type GuideFacts, guideSteps, LAST_SECONDS, nextStep, OPENING_MORNING } from '../../src/demo/guide.js';
import { GuideService } from '../../src/demo/guide.service.js';
import { MILESTONES } from '../../src/demo/milestones.js';
import { sentencesOf } from '../../src/demo/what-now.service.js';
import { AccountsService } from '../../src/people/accounts.service.js';
import { Actor } from '../../src/platform/actor.js';
import { Clock, SystemClock } from '../../src/platform/clock.js';
import { Keyring } from '../../src/sealing/keyring.js';
import { atSignature, startApp, type TestApp } from '../support/app.js';
import { freshDatabase } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';

const START: GuideFacts = {
  now: new Date(DEMO_START), commissionId: 'c', consultationId: null, lettersSigned: false, lettersSent: false, added: 0, addedUnsigned: false, addedInvited: false,
  invited: [], linkUsed: false, ownFiles: false, ownReceipt: false, confirmedBy: [], opened: false, people: {},
};
const numberOfNext = (facts: Partial<GuideFacts>) => {
  const steps = guideSteps({ ...START, ...facts });
  const next = nextStep(steps, facts.now ?? START.now);
  return next ? steps.indexOf(next) + 1 : null;
};

describe('l’horloge de la démonstration', () => {
  it('commence le 13 juillet 2023 à 9 h, avance, et survit à un redémarrage', () => {
    const folder = mkdtempSync(join(tmpdir(), 'souspli-clock-'));
    const clock = DemoClock.open(folder);
    expect(clock.now().toISOString().slice(0, 16)).toBe('2023-07-13T07:00');
    clock.jumpTo(new Date(LAST_SECONDS));
    expect(() => clock.jumpTo(new Date(DEMO_START))).toThrow('forward');
    expect(DemoClock.open(folder).offset).toBe(clock.offset);
    expect(DemoClock.open(folder).now().getTime()).toBeGreaterThanOrEqual(new Date(LAST_SECONDS).getTime());
  });

  it('saute aux dates de l’histoire, dans l’ordre', () => {
    expect(MILESTONES.map((one) => one.at)).toEqual(MILESTONES.map((one) => one.at).toSorted());
    expect(MILESTONES.map((one) => one.at)).toEqual(expect.arrayContaining([LAST_SECONDS, OPENING_MORNING]));
    for (const words of ['14 juillet', '25 juillet, 17 h', '26 juillet, 23 h 58 min 50 s', '27 juillet, 9 h']) expect(MILESTONES.some((one) => one.label.replaceAll('\u00a0', ' ').startsWith(words))).toBe(true);
  });
});

describe('le parcours guidé', () => {
  it('dit toujours quoi faire, sans jamais renvoyer à une étape passée', () => {
    const launched = { lettersSigned: true, lettersSent: true, consultationId: 'k', added: 1, addedInvited: true };
    expect(numberOfNext({})).toBe(1);
    expect(numberOfNext({ lettersSigned: true })).toBe(2);
    expect(numberOfNext({ ...launched })).toBe(5);
    expect(numberOfNext({ ...launched, linkUsed: true })).toBe(6);
    const morning = { now: new Date(OPENING_MORNING) };
    expect(numberOfNext({ ...launched, linkUsed: true, now: new Date(LAST_SECONDS) })).toBe(6);
    expect(numberOfNext({ ...launched, linkUsed: true, ...morning })).toBe(9); // nobody else may know whether 6 and 7 were done
    expect(numberOfNext({ ...launched, ...morning, confirmedBy: ['a', 'b'] })).toBe(10);
    expect(numberOfNext({ ...launched, ...morning, confirmedBy: ['a', 'b'], opened: true, linkUsed: true })).toBeNull();
    expect(numberOfNext({ lettersSigned: true, ...morning })).toBeNull(); // the deadline passed before the letters left
  });

  it('désigne la personne dont c’est l’acte : la signataire puis l’agent, un ouvreur puis l’autre', () => {
    const people = { officer: { id: 'o', name: 'O' }, signatory: { id: 's', name: 'S' }, opener1: { id: '1', name: '1' }, opener2: { id: '2', name: '2' }, added: { id: 'g', name: 'G' } };
    const as = (facts: Partial<GuideFacts>) => guideSteps({ ...START, ...facts, people }).map((step) => step.as?.id);
    expect(as({ added: 1, addedUnsigned: true })).toEqual(['s', 'o', 'o', 's', 'g', 'g', 'g', undefined, '1', '2']);
    expect(as({ added: 1, confirmedBy: ['1'] })).toEqual(['s', 'o', 'o', 'o', 'g', 'g', 'g', undefined, '2', '2']);
  });

  it('les phrases des comptes suivent l’histoire et ne trahissent aucun dépôt', () => {
    const of = (facts: Partial<GuideFacts>, closed = false, invited = false) => sentencesOf({ ...START, ...facts }, closed, invited);
    expect(of({})['dept-signatory']).toContain('signer les 20 lettres');
    expect(of({ lettersSigned: true })['dept-officer']).toBe('Envoyer les lettres signées.');
    expect(of({ lettersSigned: true, lettersSent: true, added: 1 })['dept-officer']).toContain('Envoyer la lettre signée');
    expect(of({}).bidder).toContain('pas encore invitée');
    expect(of({ lettersSent: true }, false, true).bidder).toContain('déposer un pli');
    expect(of({ confirmedBy: ['1'] }, true).opener).toContain('puis ouvrir les plis');
    for (const closed of [false, true]) expect(of({ ownReceipt: true, ownFiles: true }, closed, true)).toEqual(of({}, closed, true));
  });
});

describe('le parcours guidé, dans l’application', () => {
  let t: TestApp;
  let commissionId = '';
  beforeAll(async () => {
    t = await startApp('sqlite');
    commissionId = await atSignature(t);
  }, 60_000);
  afterAll(() => t.close());

  const ticks = async (who = Actor.anonymous) => (await t.app.get(GuideService).steps(who)).map((step) => step.done);
  const sentence = async () => ((await t.anonymous().get('/demonstration/etape').expect(200)).body as { sentence: string }).sentence.replaceAll('\u00a0', ' ');

  it('est ce qu’on voit d’abord ; ses dix étapes se cochent d’elles-mêmes', async () => {
    expect((await t.anonymous().get('/').expect(302)).headers.location).toBe('/demonstration');
    expect(await ticks()).toEqual(Array.from({ length: 10 }, () => false));
    expect(await sentence()).toBe('Étape 1 : Relisez, puis signez les 20 lettres');
    await t.app.get(SignatureService).sign(await t.actor('signatory'), commissionId);
    await t.jobs.finishAll();
    expect(await ticks()).toEqual([true, ...Array.from({ length: 9 }, () => false)]);
    const page = await (await t.browser('officer')).get('/demonstration').expect(200);
    expect(page.text.replaceAll('\u00a0', ' ')).toContain('1 étape faite sur 10');
    expect(await sentence()).toBe('Étape 2 : Envoyez les lettres');
  });

  it('une organisation qu’on invente se joue aussi ; celles de la lettre réelle, jamais', async () => {
    const officer = await t.actor('officer');
    await t.app.get(SendingService).send(officer, commissionId);
    await t.app.get(SendingService).add(officer, commissionId, 'Atelier des Deux Rives ; bonjour@deux-rives.example');
    const accounts = await t.app.get(AccountsService).demonstrationAccounts();
    const bidders = accounts.filter((one) => one.role === 'bidder').map((one) => one.name);
    expect(bidders).toContain('Atelier des Deux Rives');
    expect(bidders).not.toContain('Adoma');
    expect((await t.app.get(GuideService).facts(Actor.anonymous)).people.added?.name).toBe('Atelier des Deux Rives');
  });

  it('se lit en cinq requêtes au plus', async () => {
    const bidder = await t.actor('bonjour@deux-rives.example');
    expect((await queriesOf(t.source, () => t.app.get(GuideService).facts(bidder))).length).toBeLessThanOrEqual(5);
  });

  it('un courriel dit qu’il appartient à un scénario fictif, mis en forme et en texte seul', async () => {
    const officer = await t.browser('officer');
    const [first] = /\/messagerie\/[\w-]+/.exec((await officer.get('/messagerie').expect(200)).text) ?? [];
    for (const view of ['', '?vue=texte']) expect((await officer.get(`${first}${view}`).expect(200)).text).toContain('scénario fictif');
  });

  it.each(['/composants', '/demonstration/courriels', '/demonstration/courriels/receipt-late', '/messagerie'])('%s répond', async (path) => {
    await (await t.browser('officer')).get(path).expect(200);
  });
});

describe('hors de la démonstration', () => {
  it.each(['test', 'production'] as const)('ni horloge, ni messagerie, ni entrée en un clic, ni jeu de composants (%s)', async (mode) => {
    const keyFile = join(mkdtempSync(join(tmpdir(), 'souspli-keys-')), 'keyring.json');
    await Keyring.open(keyFile, { create: true });
    const t = await startApp('sqlite', { mode: 'test', config: { mode, keyFile, baseUrl: 'https://souspli.example', smtpUrl: 'smtp://localhost', helpEmail: 'aide@souspli.example' } });
    expect(t.app.get(Config).mode).toBe(mode);
    for (const path of ['/demonstration', '/demonstration/etape', '/messagerie', '/composants', '/demonstration/courriels']) {
      expect((await t.anonymous().get(path).set('accept', 'text/html')).status).toBe(404);
    }
    await t.anonymous().post('/connexion/demonstration').type('form').send({ person: 'x' }).expect(404);
    await t.anonymous().post('/demonstration/avancer').type('form').send({ to: LAST_SECONDS }).expect(404);
    const page = await t.anonymous().get('/connexion').expect(200);
    expect(page.text).not.toMatch(/[Dd]émonstration|Avancer l’horloge|demo\.js/);
    await t.close();
  });

  it('l’horloge est celle du système', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'souspli-production-'));
    const app = await createApp(Config.of({ mode: 'test', dataDir: folder, databaseUrl: await freshDatabase('sqlite') }));
    expect(app.get(Clock)).toBeInstanceOf(SystemClock);
    expect(existsSync(join(folder, 'demo-clock.json'))).toBe(false);
    await app.close();
  });
});
