import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consultation } from '../../src/consultations/consultation.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { Mail } from '../../src/platform/mail.js';
import { Outbox } from '../../src/platform/outbox.js';
import { Vault } from '../../src/platform/vault.js';
import { consultationIn, pagePath, problemNumber, ProblemReport } from '../../src/support/problem-report.js';
import { showProblem } from '../../src/support/problem.view.js';
import { Allowance } from '../../src/support/allowance.js';
import { Actor } from '../../src/platform/actor.js';
import { officerOf } from '../contracts/world.js';
import { launched, startApp, type TestApp } from '../support/app.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { ProblemsService } from '../../src/support/problems.service.js';

describe('le numéro d’un signalement', () => {
  it('dit l’année et le rang, et se contrôle', () => {
    expect(problemNumber(2023, 7)).toMatch(/^P-2023-0007-[2-9A-HJKMNP-Z]{4}$/);
    expect(problemNumber(2023, 7)).toBe(problemNumber(2023, 7));
    const numbers = Array.from({ length: 500 }, (_, i) => problemNumber(2023, i + 1));
    expect(new Set(numbers.map((one) => one.slice(-4))).size).toBeGreaterThan(490);
  });

  it('ne garde d’une page ni lien secret, ni adresse d’ailleurs', () => {
    expect(pagePath('/lien/secret-de-connexion')).toBe('/lien/…');
    expect(pagePath('/consultations/abc?jeton=1#x')).toBe('/consultations/abc');
    expect(pagePath('https://ailleurs.example/')).toBeNull();
    expect(pagePath('//ailleurs.example')).toBeNull();
    expect(consultationIn('/consultations/0a1b2c3d-0000/pli')).toBe('0a1b2c3d-0000');
    expect(consultationIn('/commandes/0a1b2c3d-0000')).toBeNull();
  });

  it('une allocation ne prend rien quand elle refuse, et revient avec le temps', () => {
    let at = 0;
    const allowance = new Allowance(10, 1000, () => new Date(at));
    expect([allowance.take('a', 6), allowance.take('a', 6), allowance.take('a', 4), allowance.take('b', 10), allowance.take('a')]).toEqual([true, false, true, true, false]);
    at = 1000;
    expect(allowance.take('a', 10)).toBe(true);
  });
});

describe.each(DATABASES)('signaler un problème (%s)', (kind) => {
  let t: TestApp;
  let consultation: Consultation;
  beforeAll(async () => {
    t = await startApp(kind);
    const { consultationId } = await launched(t);
    consultation = await t.source.manager.findOneByOrFail(Consultation, { id: consultationId });
  }, 60_000);
  afterAll(() => t.close());

  // Each test comes from an address of its own, or ten reports a minute would be the limit of the whole suite.
  let visitor = 0;
  const send = (body: object) => t.anonymous().post('/signaler-un-probleme').set('accept', 'text/html').set('sec-fetch-site', 'same-origin').type('form').send(body);
  const reports = () => t.source.manager.find(ProblemReport, { order: { sequence: 'ASC' } });
  const last = async () => {
    const found = (await reports()).at(-1);
    if (!found) throw new Error('No report');
    return found;
  };
  const text = () => `Le bouton ne répond plus (${(visitor += 1)}).`;

  it('a ses migrations', async () => {
    const { upQueries } = await t.source.driver.createSchemaBuilder().log();
    expect(upQueries.map((change) => change.query).filter((query) => query.includes('problem_report'))).toEqual([]);
  });

  it('donne aussitôt un numéro et une heure à la milliseconde, sans compte ni courriel', async () => {
    const page = await t.anonymous().get('/signaler-un-probleme').expect(200);
    expect(page.text).toContain('Signaler ne dépose pas votre pli');
    const answer = await send({ text: text() }).expect(303);
    const thanks = await t.anonymous().get(answer.headers.location ?? '').expect(200);
    const report = await last();
    expect(thanks.text).toContain(report.number);
    expect(thanks.text).toMatch(/13\u00a0juillet 2023 à 9\u00a0h\u00a000\u00a0min\u00a000,\d{3}\u00a0s/);
    expect(thanks.text).not.toContain('ne répond plus');
    expect(report).toMatchObject({ year: 2023, sequence: 1, consultationId: null, personId: null, sealedContact: null, at: t.clock.now() });
    expect(report.sealedText).not.toContain('bouton');
    const [line] = await t.source.manager.find(JournalEntry, { where: { act: 'problem.report' }, order: { seq: 'DESC' }, take: 1 });
    expect(line).toMatchObject({ chain: 'platform', details: { number: report.number } });
    await t.anonymous().get('/signaler-un-probleme/00000000-0000-4000-8000-000000000000').expect(404);
  });

  it('écrit à l’adresse donnée le numéro et l’heure, jamais le texte ; trois fois l’heure au plus', async () => {
    for (let i = 0; i < 4; i += 1) await t.anonymous().post('/api/problems').send({ text: 'Achetez ma marchandise', email: 'Moi@Exemple.example', telephone: '06 00 00 00 00' }).expect(201);
    expect(await t.source.manager.countBy(Mail, { kind: 'problem' })).toBe(3);
    const words = t.app.get(Outbox).words(await t.source.manager.findOneByOrFail(Mail, { kind: 'problem' }));
    expect(words.subject).toMatch(/^Votre signalement P-2023-\d{4}-\w{4} est enregistré$/);
    expect(words.text + words.html).not.toContain('marchandise');
    expect(words.text).toContain('heure de Paris');
    expect((await last()).sealedContact).not.toContain('Exemple');
  });

  it('ne perd rien de ce qui était saisi, même trop long, et dit quoi corriger', async () => {
    const long = `Début. ${'é'.repeat(3500)} fin.`;
    const before = (await reports()).length;
    const answer = await send({ text: long, reference: 'DDETS67-x', email: 'pas-une-adresse', telephone: 'abc', page: '/aide' }).expect(422);
    expect(answer.text).toContain(long);
    for (const words of ['3000 caractères au plus', 'DDETS67-x', 'pas-une-adresse', 'Cette adresse électronique n’est pas complète', 'Ce numéro de téléphone n’est pas complet', 'value="/aide"']) expect(answer.text).toContain(words);
    expect(answer.text).toMatch(/<title>Erreur\s: Signaler/);
    expect((await send({ text: ' ' }).expect(422)).text).toContain('Dites en quelques mots ce qui se passe.');
    expect(await reports()).toHaveLength(before);
  });

  it('reconnaît un robot, sans tromper personne', async () => {
    const before = (await reports()).length;
    const answer = await send({ text: 'Buy now', website: 'https://spam.example' }).expect(422);
    expect(answer.text).toContain('reconnaître les robots');
    expect(answer.text).toContain('Buy now');
    expect(answer.text).not.toContain('spam.example');
    expect(await reports()).toHaveLength(before);
  });

  it('la page de remerciement est la même, que la référence existe ou non', async () => {
    const pages: string[] = [];
    for (const reference of [consultation.reference.toLowerCase(), 'DDETS67-inconnue']) {
      const answer = await send({ text: 'Rien ne part.', reference }).expect(303);
      const report = await last();
      pages.push((await t.anonymous().get(answer.headers.location ?? '').expect(200)).text.replaceAll(report.number, 'N').replaceAll(report.id, 'I'));
    }
    expect(pages[0]).toBe(pages[1]);
    expect((await reports()).slice(-2).map((one) => one.consultationId)).toEqual([consultation.id, null]);
  });

  it('avant l’ouverture, les agents lisent le texte et l’heure, sans rien de l’auteur', async () => {
    const bidder = await t.browser('passerelle');
    const asked = await bidder.get('/signaler-un-probleme').set('host', 'souspli.example').set('referer', `http://souspli.example/consultations/${consultation.id}/pli`);
    expect(asked.text).toContain(`value="/consultations/${consultation.id}/pli"`);
    await bidder.post('/signaler-un-probleme', { text: 'L’envoi reste bloqué.', email: 'aline@passerelle.example', page: `/consultations/${consultation.id}/pli`, lastUploadBytes: '8388608' }).set('user-agent', 'Navigateur/1.0').expect(303);
    const report = await last();
    expect(report).toMatchObject({ consultationId: consultation.id, lastUploadBytes: 8_388_608, userAgent: 'Navigateur/1.0', page: `/consultations/${consultation.id}/pli` });
    expect(report.personId).not.toBeNull();
    const officer = await t.browser('officer');
    const page = (await officer.get('/problemes').expect(200)).text;
    expect(page).toContain(report.number);
    expect(page).toContain('L’envoi reste bloqué.');
    expect(page).toContain('Caché jusqu’à l’ouverture des plis');
    for (const hidden of ['aline@', 'Passerelle', 'Navigateur/1.0', '8,4', '/pli"', 'Aline']) expect(page).not.toContain(hidden);
    const api = await t.anonymous().get('/api/problems').set('authorization', `Bearer ${officer.token}`).expect(200);
    const found = (api.body as { problems: { number: string }[] }).problems.find((one) => one.number === report.number);
    expect(found).toMatchObject({ text: 'L’envoi reste bloqué.', author: null, technical: null });
    expect(JSON.stringify(found)).not.toContain(report.personId);
  });

  it('l’administrateur voit numéros, heures et faits techniques, jamais un texte ni une page de candidat', async () => {
    const admin = await t.browser('admin');
    const page = (await admin.get('/problemes').expect(200)).text;
    for (const report of await reports()) expect(page).toContain(report.number);
    expect(page).toContain('Navigateur/1.0');
    for (const hidden of ['bloqué', 'Rien ne part', '/pli', '8,4', consultation.reference, 'aline@', 'Passerelle']) expect(page).not.toContain(hidden);
  });

  it('n’existe pas pour les autres', async () => {
    await (await t.browser('passerelle')).get('/problemes').expect(404);
    expect((await t.anonymous().get('/api/problems')).status).toBe(401);
    const stranger = await officerOf(t, '33');
    const elsewhere = await t.app.get(ProblemsService).list(stranger);
    expect(elsewhere.reports).toEqual([]);
    await expect(t.app.get(ProblemsService).list(Actor.anonymous)).rejects.toMatchObject({ status: 404 });
  });

  it('une fois les plis ouverts, l’auteur est montré', async () => {
    const report = await last();
    const opened = Object.assign(new Consultation(), consultation, { openedAt: new Date() });
    const shown = showProblem(Object.assign(report, { consultation: opened }), await t.actor('officer'), t.app.get(Vault));
    expect(shown).toMatchObject({ authorHidden: false, author: { email: 'aline@passerelle.example' }, technical: { lastUploadBytes: 8_388_608 } });
  });

  it('une liste coûte une requête', async () => {
    const officer = await t.actor('officer');
    expect(await queriesOf(t.source, () => t.app.get(ProblemsService).list(officer))).toHaveLength(1);
  });

  it('vingt signalements à la fois : des numéros sans trou ni double', async () => {
    const from = (await reports()).length;
    const service = t.app.get(ProblemsService);
    const form = { text: 'Panne', reference: '', email: '', telephone: '', page: '', lastUploadBytes: null, website: '' };
    await Promise.all(Array.from({ length: 20 }, (_, i) => service.report(Actor.anonymous, form, { address: `192.0.2.${i}` })));
    const sequences = (await reports()).map((one) => one.sequence);
    expect(sequences).toEqual(Array.from({ length: from + 20 }, (_, i) => i + 1));
  });

  it('au-delà de dix par minute d’une adresse, une phrase, et le texte reste', async () => {
    const answers = [];
    for (let i = 0; i < 12; i += 1) answers.push(await send({ text: `Encore ${i}.` }));
    const refused = answers.at(-1);
    expect(refused?.status).toBe(429);
    expect(refused?.text).toContain('Votre texte est toujours là');
    expect(refused?.text).toContain('Encore 11.');
  });

  it('refuse ce qui vient d’un autre site', async () => {
    await t.anonymous().post('/signaler-un-probleme').set('sec-fetch-site', 'cross-site').type('form').send({ text: 'x' }).expect(403);
  });
});
