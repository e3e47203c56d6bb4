import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '../../src/config.js';
import { OrganisationsService } from '../../src/people/organisations.service.js';
import { StoredFile } from '../../src/platform/stored-file.js';
import type { HolderForm } from '../../src/agreements/agreement.forms.js';
import { CockpitService } from '../../src/cockpit/cockpit.service.js';
import { ImportsService } from '../../src/imports/imports.service.js';
import { Membership } from '../../src/people/people.js';
import { Mail } from '../../src/platform/mail.js';
import { DATABASES } from '../support/databases.js';
import { agirWorld, type AgirWorld, codesOf, fillIn, greenLightFor67, holderForm, PDF, refusal, shareDiagnostic } from './world.js';

const fault = (work: Promise<unknown>) => work.then(() => 'done', (error: { errors?: { field: string }[]; code?: string; message: string }) => error.errors?.map((one) => one.field).join() ?? error.code ?? error.message);

/** What a hostile test of this product found, each with the rule that now stops it. */
describe.each(DATABASES)('les détournements (%s)', (kind) => {
  let w: AgirWorld;
  beforeAll(async () => {
    w = await agirWorld(kind);
  }, 60_000);
  afterAll(() => w.t.close());
  const holder = (more: Partial<HolderForm>) => holderForm({ name: 'Nouveau', email: 'nouveau@titulaire.example', enteredOn: '2023-07-13', sourceReference: 'Note du ministère', ...more });
  const add = (more: Partial<HolderForm>) => fault(w.holders.add(w.who.buyer, w.framework.id, 5, holder(more), PDF));
  const importing = async (importKind: 'titulaires' | 'historique', csv: string) => {
    const imports = w.t.app.get(ImportsService);
    const { id } = await imports.upload(w.who.buyer, w.framework.id, importKind, { name: 'x.csv', bytes: Buffer.from(csv) });
    const { plan } = await imports.find(w.who.buyer, w.framework.id, id);
    return { id, errors: plan?.errors ?? [], imports };
  };

  it('aucun agent ne donne une seconde adresse à une organisation qui en a une : il lirait son pli', async () => {
    const amli = await w.t.actor('marches@amli.example');
    const before = await w.t.source.manager.countBy(Membership, { organisationId: amli.mandates[0]?.organisationId ?? '' });
    const header = 'Lot;Titulaire;SIRET;RNA;Courriel;Forme;Membres;SIRET des membres;Prestations des membres;Entrée;Sortie;Motif;Départements couverts;Signature;Notification';
    const { errors, id, imports } = await importing('titulaires', `${header}\n5;Amli;;;espion@mail.example;seul;;;;01/06/2022;;;67 68\n`);
    expect(errors.map((one) => one.column)).toEqual(['Courriel']);
    expect(await fault(imports.apply(w.who.buyer, w.framework.id, id))).toBe('import-errors');
    expect(await w.t.source.manager.countBy(Membership, { organisationId: amli.mandates[0]?.organisationId ?? '' })).toBe(before);
    expect(await add({ name: 'Autre nom', email: 'marches@amli.example' })).toBe('name');
    expect(await add({ name: 'Amli', email: 'marches@amli.example', siret: '55208131766522' })).toBe('siret');
  });

  it('une région ne se donne pas le feu vert par un tableau, sans document', async () => {
    const { errors } = await importing('historique', 'Département;Type;Étape;Date;Source;Référence;Auteur ou titulaire;Montant HT\n67;feu vert;;01/07/2023;coup de fil;;Ministère;\n');
    expect(errors.map((one) => one.column)).toContain('Type');
  });

  it('une région ne prête pas son lot au feu vert d’un autre département', async () => {
    const { lots } = await w.frameworks.find(w.who.buyer, w.framework.id);
    const own = lots.find((one) => one.number === 5)?.id ?? '';
    expect(await fault(w.greenLights.give(w.who.buyer, w.framework.id, { ...greenLightFor67, departmentCode: '75', lotId: own }, PDF))).toBe('forbidden');
  });

  it('un feu vert se donne à une vague qui existe, et se retire sans date à venir', async () => {
    expect(await fault(w.greenLights.give(w.who.ministry, w.framework.id, { ...greenLightFor67, scope: 'wave', wave: '1234' }))).toBe('wave');
    expect(await fault(w.greenLights.give(w.who.ministry, w.framework.id, { ...greenLightFor67, givenOn: '2001-01-01' }))).toBe('givenOn');
    const { id } = await w.greenLights.give(w.who.ministry, w.framework.id, { ...greenLightFor67, departmentCode: '88' });
    expect(await fault(w.greenLights.revoke(w.who.ministry, w.framework.id, id, { revokedOn: '2030-01-01', reason: 'x' }))).toBe('revokedOn');
  });

  it('un formulaire avec un mauvais fichier rend ce qui était écrit', async () => {
    const browser = await w.t.browser('buyer');
    const answer = await w.t.anonymous().post(`/accords-cadres/${w.framework.id}/feux-verts?_csrf=${browser.csrf}`).set('cookie', `souspli=${browser.token}`).set('accept', 'text/html').set('referer', `http://127.0.0.1/accords-cadres/${w.framework.id}/feux-verts/nouveau`)
      .field('scope', 'department').field('departmentCode', '67').field('givenOn', '2023-07-13').field('reference', 'NOTE-À-GARDER').field('issuer', 'DGEF').attach('document', Buffer.from('<html>'), 'x.pdf');
    expect(answer.status).toBe(303);
    const page = await browser.get(`/accords-cadres/${w.framework.id}/feux-verts/nouveau`);
    expect(page.text).toContain('NOTE-À-GARDER');
    expect(page.text).toContain('n’est pas un PDF');
  });

  it('deux établissements d’un SIREN ne sont pas deux titulaires, même si l’un doit partir', async () => {
    expect(await add({ name: 'Siège', siret: '73282932000074', email: 'siege@meme.example', leftOn: '2026-01-01', reason: 'Essai' })).toBe('done');
    expect(await add({ name: 'Agence', siret: '73282932000082', email: 'agence@meme.example' })).toBe('siret');
    const header = 'Lot;Titulaire;SIRET;RNA;Courriel;Forme;Membres;SIRET des membres;Prestations des membres;Entrée;Sortie;Motif;Départements couverts;Signature;Notification';
    const { errors } = await importing('titulaires', `${header}\n5;Agence;73282932000082;;agence@meme.example;seul;;;;01/07/2023;;;67 68\n`);
    expect(errors.map((one) => one.column)).toEqual(['SIRET']);
    const { holders } = await w.lots.find(w.who.buyer, w.framework.id, 5);
    await w.holders.leave(w.who.buyer, w.framework.id, 5, holders.find((one) => one.name === 'Siège')?.id ?? '', { move: 'withdraw', on: '2023-07-13', reason: 'Fin de l’essai', sourceReference: 'Note' }, PDF);
  });

  it('une sortie annoncée n’écarte personne avant son jour', async () => {
    const { holders } = await w.lots.find(w.who.ministry, w.framework.id, 5);
    const coallia = holders.find((one) => one.name === 'Coallia')?.id ?? '';
    expect(await fault(w.holders.leave(w.who.ministry, w.framework.id, 5, coallia, { move: 'suspend', on: '2023-12-31', reason: 'x', sourceReference: '' }))).toBe('on');
    await w.holders.leave(w.who.ministry, w.framework.id, 5, coallia, { move: 'withdraw', on: '2023-12-31', reason: 'Départ annoncé', sourceReference: '' });
    const { reasons } = await w.reading.preflight(w.who.buyer, w.contractId);
    expect(codesOf(reasons)).not.toContain('wrong-invitees');
  });

  it('un critère écrit deux fois, un montant démesuré, une date d’un autre siècle', async () => {
    const form = { title: 'x', object: 'x', deadline: '2023-12-01T12:00', budget: '', minQuantity: '', estimatedQuantity: '', maxQuantity: '', weights: 'Qualité de l’accompagnement : 40\nCoordination et ancrage local : 10\nPrix : 25\nPrix : 25', validityDays: '120', questionsBefore: '', together: '' };
    await w.contracts.edit(w.who.buyer, w.contractId, form);
    expect((await w.reading.preflight(w.who.buyer, w.contractId)).reasons.filter((one) => one.code === 'criteria').map((one) => one.sentence)).toEqual(['Le critère « Prix » est écrit deux fois.']);
    expect(await fault(w.contracts.edit(w.who.buyer, w.contractId, { ...form, deadline: '9999-12-31T12:00' }))).toBe('deadline');
    expect(await fault(w.contracts.edit(w.who.buyer, w.contractId, { ...form, questionsBefore: '2000-01-01' }))).toBe('questionsBefore');
    const browser = await w.t.browser('buyer');
    const answer = await browser.post(`/marches/${w.contractId}/modifier`, { ...form, budget: '9'.repeat(30), validityDays: '0' });
    expect(answer.status).toBe(303);
    const page = (await browser.get(`/marches/${w.contractId}/modifier`)).text;
    expect(page).toContain('Indiquez un montant en euros');
    expect(page).toContain('Indiquez un nombre de jours');
  });

  it('un budget propre à un département n’est pas effacé par les réglages communs', async () => {
    const { ids } = await w.contracts.prepare(w.who.buyer, { frameworkId: w.framework.id, departments: ['52', '55'], deadline: '2023-12-01T12:00' });
    const form = { title: 'x', object: 'x', deadline: '2023-12-01T12:00', budget: '300 000', minQuantity: '', estimatedQuantity: '', maxQuantity: '', weights: 'Qualité de l’accompagnement : 50\nCoordination et ancrage local : 20\nPrix : 30', validityDays: '120', questionsBefore: '', together: '' };
    await w.contracts.edit(w.who.buyer, ids[1] ?? '', form);
    await w.contracts.edit(w.who.buyer, ids[0] ?? '', { ...form, budget: '100', together: 'oui' });
    expect((await w.reading.find(w.who.buyer, ids[1] ?? '')).contract.budgetCents).toBe(30_000_000);
  });

  it('un diagnostic dont le courriel est refusé n’est pas remis, et se renvoie', async () => {
    const id = await shareDiagnostic(w, '67');
    await w.t.jobs.finishAll();
    const { shares } = await w.diagnostics.find(w.who.officer, id);
    await w.t.source.manager.update(Mail, { id: shares[0]?.mailId ?? '' }, { state: 'failed', error: '550' });
    expect((await w.diagnostics.find(w.who.officer, id)).missing).toEqual([shares[0]?.name]);
    expect(codesOf((await w.reading.preflight(w.who.buyer, w.contractId)).reasons)).toContain('diagnostic-not-shared');
    expect(await w.diagnostics.share(w.who.officer, id)).toEqual({ sent: 1 });
    expect((await w.diagnostics.find(w.who.officer, id)).missing).toEqual([]);
    await w.diagnostics.decide(w.who.officer, id, { move: 'supersede', note: '' });
  });

  it('une lettre signée qui ne dit plus la vérité ne part pas', async () => {
    await fillIn(w);
    await w.greenLights.give(w.who.ministry, w.framework.id, greenLightFor67);
    await w.signing.submit(w.who.buyer, w.contractId);
    await w.signing.sign(w.who.sgar, w.contractId);
    await w.t.jobs.finishAll();
    await w.launching.override(w.who.sgar, w.contractId, { of: 'diagnostic', reason: 'Étude ancienne connue de tous les titulaires.' });
    expect(await refusal(w.launching.launch(w.who.buyer, w.contractId))).toBe('letters-outdated');
    await w.signing.takeBack(w.who.buyer, w.contractId);
    await w.signing.submit(w.who.buyer, w.contractId);
    await w.signing.sign(w.who.sgar, w.contractId);
    await w.t.jobs.finishAll();
    await shareDiagnostic(w); // published after the signature that says there is none
    expect(await refusal(w.launching.launch(w.who.buyer, w.contractId))).toBe('letters-outdated');
    await w.signing.takeBack(w.who.buyer, w.contractId);
    await w.signing.submit(w.who.buyer, w.contractId);
    expect(await refusal(w.launching.launch(w.who.buyer, w.contractId))).toBe('unsigned');
    await w.signing.sign(w.who.sgar, w.contractId);
    await w.t.jobs.finishAll();
    expect(await refusal(w.launching.launch(w.who.buyer, w.contractId))).toBe('done');
  });

  it('un département sous contrat ne quitte pas son lot', async () => {
    const form = { number: 5, name: 'Grand Est', regionCode: '44', departments: '08 10 51 52 54 55 68 88', max: '', min: '', maxQuantity: '', minQuantity: '' };
    expect(await fault(w.lots.edit(w.who.ministry, w.framework.id, 5, form))).toBe('departments');
    expect(await fault(w.lots.edit(w.who.ministry, w.framework.id, 5, { ...form, departments: `${form.departments} 57 67 54` }))).toBe('done');
  });

  it('un accord-cadre enregistré par une région ne prend pas la place de celui du ministère, ni les lots d’une autre', async () => {
    const { id } = await w.frameworks.draft(w.who.buyer, {
      programmeId: w.framework.programmeId, reference: 'PIRATE', title: 'Autre', buyerName: 'x', buyerSiret: '11000201100044', procedure: 'x', legalBasis: 'x', method: 'withReopeningCompetition', cpv: '85312000-9', ccag: '', renewals: '',
      criteria: 'Prix : 100', services: '', priceForms: '', durations: '', startsOn: '2023-01-01', endsOn: '2026-12-31', durationJustification: '', previousId: '', sourceReference: 'rien', callPublishedOn: '', renewableUntil: '',
    }, PDF);
    const lot = { number: 1, name: 'x', regionCode: '11', departments: '', max: '', min: '', maxQuantity: '', minQuantity: '' };
    expect(await fault(w.lots.add(w.who.buyer, id, lot))).toBe('regionCode');
    expect(await fault(w.lots.add(w.who.buyer, id, { ...lot, regionCode: '44', departments: '67 75' }))).toBe('departments');
    expect(await fault(w.lots.add(w.who.buyer, id, { ...lot, regionCode: '44', departments: '67' }))).toBe('done');
    const cockpit = w.t.app.get(CockpitService);
    expect((await cockpit.read(w.who.ministry)).places).toHaveLength(94);
    expect((await cockpit.department(w.who.officer, '67')).framework.reference).toBe('AGIR-2022');
    expect(codesOf(await w.reading.preflightOfDepartment(w.who.buyer, '67'))).toEqual(['already-launched']);
  });
});

describe.each(DATABASES)('deux personnes à la fois (%s)', (kind) => {
  let w: AgirWorld;
  beforeAll(async () => {
    w = await agirWorld(kind);
  }, 60_000);
  afterAll(() => w.t.close());

  it('un seul marché, un seul diagnostic, une seule organisation par SIRET ; les autres reçoivent une phrase', async () => {
    const prepare = () => refusal(w.contracts.prepare(w.who.buyer, { frameworkId: w.framework.id, departments: ['88'], deadline: '2023-12-01T12:00' }));
    const prepared = await Promise.all([prepare(), prepare(), prepare(), prepare()]);
    expect(prepared.filter((one) => one === 'done')).toHaveLength(1);
    expect(prepared.filter((one) => one !== 'done').every((one) => one === 'conflict' || one === 'slot-taken')).toBe(true);
    const expectOne = () => refusal(w.diagnostics.expect(w.who.officer, { departmentCode: '67', title: 'Diagnostic', expectedOn: '' }));
    expect((await Promise.all([expectOne(), expectOne(), expectOne()])).filter((one) => one === 'done')).toHaveLength(1);
    const organisations = w.t.app.get(OrganisationsService);
    const create = () => refusal(organisations.create(w.who.buyer, { name: 'Une', siret: '73282932000074', rna: '', legalForm: '', email: '', address: '' }));
    expect((await Promise.all([create(), create(), create()])).filter((one) => one === 'done')).toHaveLength(1);
  });

  it('aucune adresse étrange n’est une erreur du serveur, et personne sans droit n’écrit un fichier', async () => {
    const browser = await w.t.browser('ministry');
    for (const path of ['/marches/%00', '/organisations?nom=%00', '/marches?apres=2023_%00', `/accords-cadres/${w.framework.id}/lots/99999999999`, `/accords-cadres/${w.framework.id}/lots/0`, '/diagnostics/%00']) expect({ path, status: (await browser.get(path)).status }).toEqual({ path, status: 404 });
    const files = () => w.t.source.manager.count(StoredFile);
    const before = await files();
    const written = () => readdirSync(join(w.t.app.get(Config).dataDir, 'files'), { recursive: true }).length;
    const blobs = existsSync(join(w.t.app.get(Config).dataDir, 'files')) ? written() : 0;
    const amli = await w.t.actor('marches@amli.example');
    expect(await refusal(w.diagnostics.submit(amli, 'nope', { authorName: 'x', authors: [] }, PDF))).toBe('not-found');
    expect(await refusal(w.contracts.addDocument(amli, w.contractId, { title: 'x', kind: 'rules' }, PDF))).toBe('not-found');
    expect(await refusal(w.greenLights.give(w.who.officer, w.framework.id, greenLightFor67, PDF))).toBe('forbidden');
    expect(await files()).toBe(before);
    expect(existsSync(join(w.t.app.get(Config).dataDir, 'files')) ? written() : 0).toBe(blobs);
  });

  it('un agent d’un département ne réécrit pas l’identité d’une organisation qui a un accès', async () => {
    const amli = await w.t.actor('marches@amli.example');
    const organisations = w.t.app.get(OrganisationsService);
    const form = { name: 'Amli', siret: '73282932000082', rna: '', legalForm: '', email: '', address: '' };
    expect(await refusal(organisations.edit(w.who.officer, amli.mandates[0]?.organisationId ?? '', form))).toBe('forbidden');
    expect(await refusal(organisations.edit(w.who.buyer, amli.mandates[0]?.organisationId ?? '', form))).toBe('done');
  });
});
