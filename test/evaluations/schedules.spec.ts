import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnalysisService } from '../../src/evaluations/analysis.service.js';
import { showAnalysedBid } from '../../src/evaluations/evaluation.view.js';
import { EvaluationsModule } from '../../src/evaluations/evaluations.module.js';
import { EvaluationsService } from '../../src/evaluations/evaluations.service.js';
import { amountOf, checkFilled, readBlank } from '../../src/evaluations/price-schedule.js';
import { COLUMNS, numberText } from '../../src/evaluations/schedule-cells.js';
import { showSchedule } from '../../src/evaluations/schedule.view.js';
import { SchedulesService } from '../../src/evaluations/schedules.service.js';
import { type Cell, csvFile, readSheet, xlsxFile } from '../../src/platform/spreadsheet.js';
import { bytes, DEADLINE, newWorld, type World } from '../bids/world.js';
import { DATABASES } from '../support/databases.js';
import { queriesOf } from '../support/queries.js';

const code = (expected: string) => expect.objectContaining({ code: expected });
const BLANK = [['A1', 'Entretien', 'heure', '120'], ['A2', 'Visite d’un territoire', 'visite', '2,5'], ['B1', 'Rapport', 'unité', '']];
const FILLED: Cell[][] = [['A1', 'Entretien', 'heure', 120, 45.5, 5460], ['A2', 'Visite d’un territoire', 'visite', 2.5, 300, 750], ['B1', 'Rapport', 'unité', '', 1200, ''], ['', 'Total', '', '', '', 6210]];
const blankSheet = (rows: Cell[][] = BLANK) => readSheet(csvFile(COLUMNS.slice(0, 4), rows), 'file');
const sheet = async (rows: Cell[][]) => readSheet(await xlsxFile('Bordereau', [...COLUMNS], rows), 'file');
const check = async (change: (rows: Cell[][]) => void = () => undefined, decimals = 2) => {
  const rows = FILLED.map((row) => [...row]);
  change(rows);
  return checkFilled(await sheet(rows), { lines: readBlank(await blankSheet()).lines, decimals });
};
const faultsOf = async (change: (rows: Cell[][]) => void, decimals = 2) => (await check(change, decimals)).faults.map(({ line, column, message }) => `${line ?? '–'} ${column} ${message}`);
const cell = (line: number, column: number, value: Cell) => (rows: Cell[][]) => {
  const row = rows[line];
  if (row) row[column] = value;
};

describe('bordereau vierge', () => {
  it('garde code, désignation, unité et quantité', async () => {
    expect(readBlank(await blankSheet())).toEqual({
      faults: [],
      lines: [{ code: 'A1', label: 'Entretien', unit: 'heure', quantity: '120.000' }, { code: 'A2', label: 'Visite d’un territoire', unit: 'visite', quantity: '2.500' }, { code: 'B1', label: 'Rapport', unit: 'unité', quantity: null }],
    });
  });

  it('dit chaque faute avec sa ligne et sa colonne', async () => {
    const { faults } = readBlank(await blankSheet([['A1', 'x', '', '0'], ['a1', '', '', 'beaucoup'], ['', 'y', '', '1,2345'], ['=CMD()', 'z', '', '1']]));
    expect(faults.map(({ line, column }) => [line, column])).toEqual(expect.arrayContaining([[2, 'Quantité'], [3, 'Code'], [3, 'Désignation'], [3, 'Quantité'], [4, 'Code'], [4, 'Quantité']]));
    expect(readBlank(await readSheet(csvFile(['Code', 'Code'], [['a', 'b']]), 'file')).faults.map((one) => one.message).join(' ')).toMatch(/2 fois.*« Désignation » manque/);
  });
});

describe('bordereau rempli', () => {
  it('sans anomalie, donne son total en centimes', async () => {
    expect(await check()).toMatchObject({ totalCents: 621_000, faults: [], lines: [{ code: 'A1', price: '45.50', amountCents: 546_000 }, { amountCents: 75_000 }, { price: '1200.00', amountCents: null }] });
    expect(await check((rows) => void rows.push(...rows.splice(0).toReversed()))).toMatchObject({ totalCents: 621_000, faults: [] });
  });

  it.each([
    ['ligne qui manque', (rows: Cell[][]) => void rows.splice(1, 1), '– Code La ligne « A2 », Visite d’un territoire, manque.'],
    ['ligne en trop', (rows: Cell[][]) => void rows.push(['Z9', 'Autre', '', 1, 1, 1]), '6 Code La ligne « Z9 » n’est pas dans le bordereau vierge.'],
    ['ligne doublée', (rows: Cell[][]) => void rows.splice(1, 0, [...(rows[0] ?? [])]), '3 Code La ligne « A1 » est là deux fois.'],
    ['texte à la place d’un prix', cell(0, 4, 'sur devis'), '2 Prix unitaire HT « sur devis » n’est pas un prix : écrivez un nombre d’euros hors taxes.'],
    ['prix négatif', cell(0, 4, -5), '2 Prix unitaire HT « -5 » n’est pas un prix : écrivez un nombre d’euros hors taxes.'],
    ['prix absent', cell(2, 4, ''), '4 Prix unitaire HT Le prix unitaire manque.'],
    ['prix de zéro', cell(0, 4, 0), '2 Prix unitaire HT Un prix de zéro : demandez au candidat de le confirmer, ou de le justifier (art. L. 2152-6).'],
    ['prix à quatre décimales', cell(0, 4, 45.5001), '2 Prix unitaire HT « 45.5001 » a trop de décimales : 2 au plus sont annoncées.'],
    ['total faux', cell(0, 5, 5000), '2 Total HT Quantité × prix unitaire fait 5460,00 €, et non 5000,00 €.'],
    ['total illisible', cell(0, 5, 'voir devis'), '2 Total HT « voir devis » n’est pas un montant : écrivez un nombre d’euros, à deux décimales au plus.'],
    ['somme fausse', cell(3, 5, 6000), '5 Total HT La somme des lignes fait 6210,00 €, et non 6000.'],
    ['désignation changée', cell(0, 1, 'Entretien téléphonique'), '2 Désignation La désignation a changé : le bordereau vierge dit « Entretien ».'],
    ['unité changée', cell(0, 2, 'jour'), '2 Unité L’unité a changé : le bordereau vierge dit « heure ».'],
    ['quantité changée', cell(1, 3, 2), '3 Quantité La quantité a changé : le bordereau vierge dit « 2,5 ».'],
    ['montant démesuré', cell(0, 4, '999999999999999'), '2 Prix unitaire HT Ce montant est trop grand.'],
  ])('%s', async (_, change, expected) => {
    const faults = await faultsOf(change);
    expect(faults).toContain(expected);
    expect((await check(change)).totalCents).toBeNull();
  });

  it('ne compte pour rien la casse, les espaces, l’apostrophe, ni ce qu’un tableur a calculé', async () => {
    expect(await faultsOf((rows) => { cell(1, 1, ' VISITE  d\'un territoire')(rows); cell(0, 4, '45,50 €')(rows); cell(0, 5, 5460.000000000001)(rows); })).toEqual([]);
    expect([numberText('1234.5600000000002'), numberText('1 200,50 €'), numberText('0.30000000000000004')]).toEqual(['1234.56', '1 200,50', '0.3']);
    expect(await faultsOf(cell(0, 4, 45.5001), 4)).not.toContain('2 Prix unitaire HT « 45.5001 » a trop de décimales : 4 au plus sont annoncées.');
  });

  it('arrondit chaque ligne au centime, le demi vers le haut', () => {
    expect([amountOf(1_500n, 3n, 2), amountOf(1_000n, 12345n, 4), amountOf(333n, 100n, 2)]).toEqual([5n, 123n, 33n]);
    fc.assert(fc.property(fc.bigInt(0n, 10n ** 9n), fc.bigInt(0n, 10n ** 9n), fc.integer({ min: 0, max: 6 }), (quantity, price, decimals) => {
      const scale = 10n ** BigInt(3 + decimals);
      const exact = quantity * price * 100n;
      const found = amountOf(quantity, price, decimals) * scale;
      return found - exact <= scale / 2n && exact - found < scale / 2n + 1n;
    }));
  });
});

describe.each(DATABASES)('bordereaux d’une consultation (%s)', (kind) => {
  let world: World;
  let schedules: SchedulesService;
  let analysis: AnalysisService;
  let bidId = '';
  beforeAll(async () => {
    world = await newWorld(kind, {}, [EvaluationsModule]);
    [schedules, analysis] = [world.module.get(SchedulesService), world.module.get(AnalysisService)];
    world.clock.moveTo(new Date(DEADLINE.getTime() - 3_600_000));
    await world.upload('atelier', 'atelier.pdf', bytes(1000));
    await world.deposit('atelier', new Date(DEADLINE.getTime() - 60_000));
  }, 60_000);
  afterAll(() => world.close());
  const file = async (rows: Cell[][], name = 'bordereau.xlsx') => ({ name, bytes: await xlsxFile('B', [...COLUMNS], rows) });
  const filled = (change: (rows: Cell[][]) => void = () => undefined) => {
    const rows = FILLED.map((row) => [...row]);
    change(rows);
    return file(rows);
  };

  it('le vierge se dépose avant l’ouverture, se relit et se télécharge', async () => {
    const blank = await file(BLANK.map((row) => [...row, '', '']));
    await expect(schedules.setBlank(world.bidder.atelier, world.id, blank, '2')).rejects.toEqual(code('not-found'));
    await expect(schedules.setBlank(world.opener, world.id, blank, '2')).rejects.toEqual(code('forbidden'));
    for (const decimals of ['', '7', 'deux']) await expect(schedules.setBlank(world.officer, world.id, blank, decimals)).rejects.toMatchObject({ errors: [{ field: 'decimals' }] });
    await expect(schedules.setBlank(world.officer, world.id, await file([['', '', '', 'x', '', '']]), '2')).rejects.toMatchObject({ errors: [{ field: 'file' }, { field: 'file' }, { field: 'file' }], typed: { decimals: '2' } });
    await expect(schedules.setBlank(world.officer, world.id, { name: 'x.pdf', bytes: Buffer.from('%PDF-1.4\u0000') }, '2')).rejects.toMatchObject({ errors: [{ field: 'file' }] });
    expect(await schedules.setBlank(world.officer, world.id, blank, '2')).toBe(3);
    expect(await schedules.setBlank(world.officer, world.id, blank, '2')).toBe(3); // replaced
    expect(readBlank(await readSheet(await schedules.blank(world.officer, world.id), 'file')).lines).toHaveLength(3);
    expect(showSchedule(await schedules.show(world.officer, world.id))).toMatchObject({ schedule: { estimated: true }, can: { change: true } });
  });

  it('le rempli donne son prix à l’offre s’il est sans anomalie ; sinon il les dit', async () => {
    await world.openAll();
    await expect(schedules.fill(world.officer, world.id, 'x', await filled())).rejects.toEqual(code('not-begun'));
    await world.module.get(EvaluationsService).begin(world.officer, world.id);
    bidId = (await analysis.show(world.officer, world.id)).rows[0]?.bid.id ?? '';
    await expect(schedules.fill(world.officer, world.id, 'x', await filled())).rejects.toEqual(code('not-found'));
    await expect(schedules.fill(world.bidder.atelier, world.id, bidId, await filled())).rejects.toEqual(code('not-found'));
    expect(await schedules.fill(world.officer, world.id, bidId, await filled(cell(0, 5, 1)))).toEqual({ faults: 1 });
    const wrong = showAnalysedBid(await analysis.bid(world.officer, world.id, bidId));
    expect([wrong.price, wrong.schedule?.checked?.total, wrong.schedule?.checked?.faults]).toEqual(['', null, [expect.objectContaining({ line: 2, column: 'Total HT' })]]);
    expect(await schedules.fill(world.officer, world.id, bidId, await filled())).toEqual({ faults: 0 });
    expect(showAnalysedBid(await analysis.bid(world.officer, world.id, bidId)).price).toMatch(/^6.210$/);
    await expect(schedules.setBlank(world.officer, world.id, await file(BLANK.map((row) => [...row, '', ''])), '2')).rejects.toEqual(code('filled'));
    expect((await queriesOf(world.source, () => analysis.bid(world.officer, world.id, bidId))).length).toBeLessThanOrEqual(5);
  });
});
