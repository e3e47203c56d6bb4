import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrameworkAgreement } from '../../src/agreements/framework-agreement.js';
import { GreenLight } from '../../src/agreements/green-light.js';
import { Holder, Lot, LotDepartment } from '../../src/agreements/lot.js';
import { DeclaredStage } from '../../src/cockpit/declared-stage.js';
import { Diagnostic } from '../../src/commissions/diagnostic.js';
import { SubsequentContract } from '../../src/contracts/subsequent-contract.js';
import { DataImport } from '../../src/imports/data-import.js';
import { fingerprint } from '../../src/imports/imports.service.js';
import { headerOf } from '../../src/imports/kinds.js';
import { Membership, Organisation, Person } from '../../src/people/people.js';
import { JournalEntry } from '../../src/platform/journal-entry.js';
import { xlsxFile } from '../../src/platform/spreadsheet.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';
import { fileOf, FRAMEWORK, HEADERS, importsApp } from './world.js';

type App = Awaited<ReturnType<typeof importsApp>>;
const holder = (index: number, lot = 6) => `${lot};Société ${index};;;s${index}@essai.example;seul;;;;01/01/2023;;;`;

describe.each(DATABASES)('les imports (%s)', (kind) => {
  let t: App;
  const db = () => t.source.manager;
  const apply = async (what: Parameters<typeof fileOf>[0], ...lines: string[]) => {
    const who = await t.as('ministry');
    const { id } = await t.imports.upload(who, FRAMEWORK, what, fileOf(what, ...lines));
    await t.imports.apply(who, FRAMEWORK, id);
    return id;
  };

  beforeAll(async () => {
    t = await importsApp(kind);
  }, 60_000);
  afterAll(() => t.close());

  it('ne changent rien avant d’être appliqués, puis tout, une seule fois', async () => {
    const who = await t.as('ministry');
    const { id } = await t.imports.upload(who, FRAMEWORK, 'lots', fileOf('lots', '1;Nord;Hauts-de-France;59 62;1 000 000,50;;', '6;Grand Est;44;67 68;;;300'));
    const { plan } = await t.imports.find(who, FRAMEWORK, id);
    expect(plan?.counts).toEqual({ total: 2, create: 1, update: 1, same: 0, error: 0 });
    expect(await db().countBy(Lot, { frameworkId: FRAMEWORK })).toBe(2);
    const results = await Promise.allSettled([t.imports.apply(who, FRAMEWORK, id), t.imports.apply(who, FRAMEWORK, id)]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await db().findOneByOrFail(Lot, { number: 1 })).toMatchObject({ name: 'Nord', regionCode: '32', maxCents: 100_000_050, status: 'draft' });
    expect(await db().findOneByOrFail(Lot, { number: 6 })).toMatchObject({ maxQuantity: 300, name: 'Grand Est' });
    expect(await db().countBy(LotDepartment, { frameworkId: FRAMEWORK })).toBe(5);
    expect(await db().findOneByOrFail(DataImport, { id })).toMatchObject({ status: 'applied', counts: { create: 1, update: 1 }, appliedAt: t.clock.now() });
    expect(await db().findOneByOrFail(JournalEntry, { act: 'import.apply', subject: id, outcome: 'done' })).toBeDefined();
    await expect(t.imports.apply(who, FRAMEWORK, id)).rejects.toMatchObject({ code: 'wrong-state' });
    expect((await t.imports.find(who, FRAMEWORK, id)).plan).toBeNull();
  });

  it('recoupent les lots : un département passe de l’un à l’autre, un autre sort', async () => {
    await apply('lots', '1;Nord;32;62;;;', '2;Nord bis;32;59 60;;;');
    const { id } = await db().findOneByOrFail(Lot, { number: 2 });
    expect((await db().findBy(LotDepartment, { lotId: id })).map((one) => one.departmentCode).toSorted()).toEqual(['59', '60']);
    await apply('lots', '2;Nord bis;32;59;;;');
    expect(await db().existsBy(LotDepartment, { departmentCode: '60' })).toBe(false);
  });

  it.each([
    ['UTF-8 avec BOM', async () => Buffer.from(`\ufeff${HEADERS.cibles}\r\n67;2023;été – « fête »;;;`)],
    ['Windows-1252', async () => Buffer.from([...`${HEADERS.cibles}\r\n67;2023;été – « fête »;;;`].map((char) => ({ '–': 0x96 })[char] ?? char.charCodeAt(0)))],
    ['XLSX', () => xlsxFile('Cibles', headerOf('cibles'), [['67', 2023, 'été – « fête »', null, null, null]])],
  ])('lisent %s, accents compris', async (_, bytes) => {
    const who = await t.as('ministry');
    const { id } = await t.imports.upload(who, FRAMEWORK, 'cibles', { name: 'cibles', bytes: await bytes() });
    const { plan } = await t.imports.find(who, FRAMEWORK, id);
    expect(plan?.errors).toEqual([]);
    expect(plan?.lines[0]?.differences).toEqual([{ column: 'Vague', from: '', to: '2023' }, { column: 'Cible', from: '', to: 'été – « fête »' }]);
    await t.imports.cancel(who, FRAMEWORK, id);
    await expect(t.imports.apply(who, FRAMEWORK, id)).rejects.toMatchObject({ code: 'wrong-state' });
    expect((await db().findOneByOrFail(LotDepartment, { departmentCode: '67' })).targetWording).toBeNull();
  });

  it('n’importent rien quand une ligne sur trois est fausse', async () => {
    const who = await t.as('ministry');
    const before = await db().count(Holder);
    const { id } = await t.imports.upload(who, FRAMEWORK, 'titulaires', fileOf('titulaires', holder(1), '6;Fausse;123;;;seul;;;;01/01/2023;;;', holder(2)));
    await expect(t.imports.apply(who, FRAMEWORK, id)).rejects.toMatchObject({ code: 'import-errors', details: { errors: [expect.objectContaining({ line: 3, column: 'SIRET' })] } });
    expect(await db().count(Holder)).toBe(before);
    expect(await db().existsBy(Person, { email: 's1@essai.example' })).toBe(false);
    expect(await db().existsBy(JournalEntry, { act: 'import.apply', subject: id, outcome: 'refused' })).toBe(true);
  });

  it('créent les organisations et leurs accès, une fois, et les retrouvent ensuite', async () => {
    const lines = ['6;Delta;732 829 320 00074;;Contact@Delta.example;conjoint;Epsilon | Zêta;;;2023-01-01;;;67', '12;Delta Sud;;;contact@delta.example;seul;;;;01/01/2023;;;', '6;Sans adresse;;;;seul;;;;01/01/2023;;;'];
    await apply('titulaires', ...lines);
    const delta = await db().findOneByOrFail(Organisation, { schemeId: '73282932000074' });
    expect(await db().findOneByOrFail(Holder, { name: 'Delta' })).toMatchObject({ organisationId: delta.id, form: 'joint', capacity: ['67'], source: 'ministry', status: 'active' });
    expect(await db().findOneByOrFail(Holder, { name: 'Delta Sud' })).toMatchObject({ organisationId: delta.id });
    const person = await db().findOneByOrFail(Person, { email: 'contact@delta.example' });
    expect(await db().findBy(Membership, { personId: person.id })).toMatchObject([{ organisationId: delta.id, role: 'bidder', territory: '*' }]);
    const who = await t.as('ministry');
    const { id } = await t.imports.upload(who, FRAMEWORK, 'titulaires', fileOf('titulaires', ...lines));
    expect((await t.imports.find(who, FRAMEWORK, id)).plan?.counts).toMatchObject({ same: 3 });
    await expect(t.imports.apply(who, FRAMEWORK, id)).rejects.toMatchObject({ code: 'nothing-to-import' });
    await apply('titulaires', '6;Sans adresse;;;trouve@delta.example;seul;;;;01/01/2023;31/03/2023;Retrait;');
    expect(await db().findOneByOrFail(Holder, { name: 'Sans adresse' })).toMatchObject({ leftOn: '2023-03-31', status: 'withdrawn', reason: 'Retrait' });
    expect(await db().existsBy(Person, { email: 'trouve@delta.example' })).toBe(true);
  });

  it('refusent l’adresse d’un agent, et ce qui n’est pas celui d’une entreprise', async () => {
    const who = await t.as('ministry');
    const { id } = await t.imports.upload(who, FRAMEWORK, 'titulaires', fileOf('titulaires', '6;Agent;;;officer@essai.example;seul;;;;01/01/2023;;;'));
    expect((await t.imports.find(who, FRAMEWORK, id)).plan?.errors).toMatchObject([{ line: 2, column: 'Courriel', message: expect.stringContaining('agent') }]);
  });

  it('reprennent l’historique, et refusent un second marché en cours', async () => {
    await apply('historique', '67;diagnostic;;12/06/2022;https://exemple.fr/d67;;Cabinet;', '67;feu vert;;01/07/2022;courriel.pdf;n° 12;DGEF;', '67;marché;;01/09/2022;acte.pdf;Marché 67;Delta;12 345,67', '67;étape;Consultation lancée;01/08/2022;courriel.pdf;;;');
    expect(await db().findOneByOrFail(Diagnostic, { departmentCode: '67' })).toMatchObject({ status: 'published', publicAddress: 'https://exemple.fr/d67', createdById: 'ministry' });
    expect(await db().findOneByOrFail(GreenLight, { departmentCode: '67' })).toMatchObject({ scope: 'department', givenOn: '2022-07-01' });
    expect(await db().findOneByOrFail(SubsequentContract, { departmentCode: '67' })).toMatchObject({ declared: true, amountCents: 1_234_567, slot: `${FRAMEWORK}/67`, consultationId: null });
    expect(await db().findOneByOrFail(DeclaredStage, { departmentCode: '67' })).toMatchObject({ stage: 'launch', on: '2022-08-01' });
    await expect(apply('historique', '67;marché;;01/09/2023;acte.pdf;Marché 67;Autre;')).rejects.toMatchObject({ code: 'import-errors' });
    await expect(apply('lots', '6;Grand Est;44;68;;;')).rejects.toMatchObject({ code: 'import-errors' });
  });

  it('appliquent ce qui a été lu, et rien d’autre', async () => {
    const who = await t.as('ministry');
    const { id } = await t.imports.upload(who, FRAMEWORK, 'cibles', fileOf('cibles', '68;2024;;;;'));
    const { plan } = await t.imports.find(who, FRAMEWORK, id);
    const seen = plan ? fingerprint(plan) : '';
    await apply('cibles', '68;2023;;;;');
    await expect(t.imports.apply(who, FRAMEWORK, id, seen)).rejects.toMatchObject({ code: 'import-changed' });
    await t.imports.apply(who, FRAMEWORK, id);
    expect(await db().findOneByOrFail(LotDepartment, { departmentCode: '68' })).toMatchObject({ wave: 2024 });
  });

  it('d’une région : ses lignes, enregistrées comme siennes ; les autres sont des erreurs', async () => {
    const [region, elsewhere, ministry] = [await t.as('region'), await t.as('elsewhere'), await t.as('ministry')];
    const { id } = await t.imports.upload(region, FRAMEWORK, 'titulaires', fileOf('titulaires', '6;Régionale;;;;seul;;;;01/01/2023;;;', '12;Ailleurs;;;;seul;;;;01/01/2023;;;'));
    expect((await t.imports.find(region, FRAMEWORK, id)).plan?.errors).toMatchObject([{ line: 3, column: 'Lot' }]);
    // The ministry reads it as the region does; another region does not know of it.
    expect((await t.imports.find(ministry, FRAMEWORK, id)).plan?.errors).toHaveLength(1);
    await expect(t.imports.find(elsewhere, FRAMEWORK, id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(t.imports.apply(elsewhere, FRAMEWORK, id)).rejects.toMatchObject({ code: 'not-found' });
    expect((await t.imports.list(elsewhere, FRAMEWORK)).imports).toEqual([]);
    const { id: fine } = await t.imports.upload(region, FRAMEWORK, 'titulaires', fileOf('titulaires', '6;Régionale;;;;seul;;;;01/01/2023;;;'));
    await t.imports.apply(region, FRAMEWORK, fine);
    const file = (await db().findOneByOrFail(DataImport, { id: fine })).fileId;
    expect(await db().findOneByOrFail(Holder, { name: 'Régionale' })).toMatchObject({ source: 'recorded-by-region', sourceReference: 'titulaires.csv', sourceFileId: file, correctedAt: null });
    // The ministry corrects what a region recorded; it says so.
    await apply('titulaires', '6;Régionale;;;;seul;;;;01/01/2023;;;67 68;02/12/2022;05/12/2022');
    expect(await db().findOneByOrFail(Holder, { name: 'Régionale' })).toMatchObject({ source: 'recorded-by-region', capacity: ['67', '68'], signedOn: '2022-12-02', notifiedOn: '2022-12-05', correctedAt: t.clock.now() });
  });

  it('d’une région : elle n’écrit pas par-dessus ce que le ministère a inscrit, sauf une sortie', async () => {
    const region = await t.as('region');
    await apply('titulaires', '6;Nationale;;;nationale@essai.example;seul;;;;01/01/2023;;;67');
    const { id } = await t.imports.upload(region, FRAMEWORK, 'titulaires', fileOf('titulaires', '6;Nationale;;;nationale@essai.example;seul;;;;01/01/2023;;;68'));
    expect((await t.imports.find(region, FRAMEWORK, id)).plan?.errors).toMatchObject([{ line: 2, column: 'Départements couverts', message: expect.stringContaining('niveau national') }]);
    const { id: exit } = await t.imports.upload(region, FRAMEWORK, 'titulaires', fileOf('titulaires', '6;Nationale;;;nationale@essai.example;seul;;;;01/01/2023;30/06/2023;Retrait notifié;67'));
    await t.imports.apply(region, FRAMEWORK, exit);
    expect(await db().findOneByOrFail(Holder, { name: 'Nationale' })).toMatchObject({ source: 'ministry', leftOn: '2023-06-30', status: 'withdrawn', sourceReference: 'titulaires.csv' });
  });

  it.each([['officer', 'forbidden'], ['opener', 'not-found'], ['bidder', 'not-found'], ['sysadmin', 'not-found']] as const)('ne sont pas pour %s : %s', async (who, code) => {
    const actor = await t.as(who);
    const [{ id }] = (await db().findBy(DataImport, { status: 'pending' })) as [DataImport];
    for (const act of [() => t.imports.list(actor, FRAMEWORK), () => t.imports.find(actor, FRAMEWORK, id), () => t.imports.received(actor, FRAMEWORK, id), () => t.imports.upload(actor, FRAMEWORK, 'lots', fileOf('lots', 'x')), () => t.imports.apply(actor, FRAMEWORK, id), () => t.imports.cancel(actor, FRAMEWORK, id)]) {
      await expect(act()).rejects.toMatchObject({ code });
    }
  });

  it('aucune page ne pose plus de cinq questions à la base', async () => {
    const who = await t.as('ministry');
    expect((await queriesOf(t.source, () => t.imports.list(who, FRAMEWORK))).length).toBeLessThanOrEqual(5);
    for (const [what, line] of [['lots', '6;Grand Est;44;67 68;;;'], ['titulaires', holder(100)], ['cibles', '67;2023;;;;'], ['historique', '68;diagnostic;;12/06/2022;x;;Cabinet;']] as const) {
      const { id } = await t.imports.upload(who, FRAMEWORK, what, fileOf(what, line));
      expect((await queriesOf(t.source, () => t.imports.find(who, FRAMEWORK, id))).length).toBeLessThanOrEqual(5);
    }
  });

  // Ten thousand where a row costs least: the other database runs the same statements.
  const many = kind === 'sqlite' ? 10_000 : 1_000;
  it(`${many} titulaires se relisent et s’appliquent d’un coup`, async () => {
    const who = await t.as('ministry');
    const { id } = await t.imports.upload(who, FRAMEWORK, 'titulaires', fileOf('titulaires', ...Array.from({ length: many }, (_, index) => holder(index + 100))));
    expect((await t.imports.find(who, FRAMEWORK, id)).plan?.counts.create).toBe(many);
    await t.imports.apply(who, FRAMEWORK, id);
    expect(await db().countBy(Holder, { frameworkId: FRAMEWORK, form: 'single' })).toBeGreaterThanOrEqual(many);
    const again = await t.imports.upload(who, FRAMEWORK, 'titulaires', fileOf('titulaires', ...Array.from({ length: 1_000 }, (_, index) => holder(index + 100).replace('Société', 'Compagnie'))));
    expect((await t.imports.find(who, FRAMEWORK, again.id)).plan?.counts.update).toBe(1_000);
    await t.imports.apply(who, FRAMEWORK, again.id);
    expect(await db().existsBy(Holder, { name: 'Compagnie 100' })).toBe(true);
  }, 60_000);

  it('s’arrêtent avec l’accord-cadre', async () => {
    const who = await t.as('ministry');
    const { id } = await t.imports.upload(who, FRAMEWORK, 'cibles', fileOf('cibles', '67;2023;;;;'));
    await db().update(FrameworkAgreement, { id: FRAMEWORK }, { status: 'terminated' });
    await expect(t.imports.apply(who, FRAMEWORK, id)).rejects.toMatchObject({ code: 'ended' });
    await expect(t.imports.upload(who, FRAMEWORK, 'cibles', fileOf('cibles', '67;2023;;;;'))).rejects.toMatchObject({ code: 'ended' });
    await expect(t.imports.upload(who, 'inconnu', 'cibles', fileOf('cibles', '67;2023;;;;'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('ont la table que dit leur entité', async () => {
    const { upQueries } = await t.source.driver.createSchemaBuilder().log();
    expect(upQueries.map((one) => one.query).filter((query) => query.includes('data_import'))).toEqual([]);
  });
});
