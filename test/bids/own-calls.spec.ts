import { DATABASES } from '../support/databases.js';
import { OwnCallsService } from '../../src/bids/own-calls.service.js';
import { showOwnCall } from '../../src/bids/own-calls.pages.js';
import { queriesOf } from '../support/queries.js';
import { bytes, type Company, DEADLINE, newWorld, type World } from './world.js';

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);

describe.each(DATABASES)('« Mes consultations » dit où en est le dépôt de chacun (%s)', (kind) => {
  let w: World;
  beforeAll(async () => void (w = await newWorld(kind)));
  afterAll(() => w.close());
  const card = async (company: Company) => {
    const { rows, now } = await w.module.get(OwnCallsService).list(w.bidder[company]);
    return rows.map((row) => showOwnCall(row, now).deposit);
  };

  it('du brouillon au pli déposé, retiré, en retard ou jamais venu ; et rien des autres', async () => {
    w.clock.moveTo(before(3_600_000));
    expect(await card('atelier')).toEqual([expect.objectContaining({ state: 'draft', waiting: null })]);
    await w.upload('atelier', 'a.pdf', bytes(10));
    await w.upload('atelier', 'b.pdf', bytes(10));
    expect(await card('atelier')).toEqual([expect.objectContaining({ state: 'draft', waiting: expect.stringContaining('2\u00a0fichiers attendent') })]);
    await w.deposit('atelier', before(60_000));
    expect(await card('atelier')).toEqual([expect.objectContaining({ state: 'deposited', label: 'Votre pli est déposé', receivedAt: before(60_000), waiting: null })]);
    await w.upload('atelier', 'c.pdf', bytes(10));
    expect(await card('atelier')).toEqual([expect.objectContaining({ state: 'deposited', waiting: expect.stringContaining('1\u00a0fichier attend') })]);
    expect(await card('bureau')).toEqual([expect.objectContaining({ state: 'draft', receivedAt: null, waiting: null })]);

    await w.upload('bureau', 'a.pdf', bytes(10));
    await w.deposit('bureau', before(30_000));
    await w.deposits.withdraw(w.bidder.bureau, w.id, before(20_000));
    expect(await card('bureau')).toEqual([expect.objectContaining({ state: 'withdrawn' })]);

    await w.upload('cabinet', 'a.pdf', bytes(10));
    await w.deposit('cabinet', DEADLINE);
    expect(await card('cabinet')).toEqual([expect.objectContaining({ state: 'late', receivedAt: DEADLINE })]);
    expect(await card('delta')).toEqual([expect.objectContaining({ state: 'missed' })]);
    const { length } = await queriesOf(w.source, () => card('atelier'));
    expect(length).toBeLessThanOrEqual(5);
    await expect(w.module.get(OwnCallsService).list(w.officer)).rejects.toMatchObject({ status: 404 });
  });
});
