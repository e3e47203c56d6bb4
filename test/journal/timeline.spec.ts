import { JournalModule } from '../../src/journal/journal.module.js';
import { type TimelineAsked, TimelineService } from '../../src/journal/timeline.service.js';
import { showTimeline } from '../../src/journal/timeline.view.js';
import { Actor } from '../../src/platform/actor.js';
import { JournalEntry, JournalPerson } from '../../src/platform/journal-entry.js';
import { bytes, DEADLINE, newWorld, OPENS, type World } from '../bids/world.js';
import { queriesOf } from '../support/queries.js';

const code = (value: string) => expect.objectContaining({ code: value });
const before = (ms: number) => new Date(DEADLINE.getTime() - ms);

describe.each(['sqlite', 'postgres'])('qui a décidé quoi, et quand (%s)', (kind) => {
  let world: World;
  beforeAll(async () => {
    world = await newWorld(kind, {}, [JournalModule]);
  });
  afterAll(() => world.close());

  const read = async (actor = world.officer, more: Partial<TimelineAsked> = {}) => showTimeline(await world.module.get(TimelineService).read(actor, { kind: 'consultation', id: world.id, ...more }));
  const told = async () => JSON.stringify(await read());

  it('tells the same before the opening with bids as without, names those who may be named, and hides itself from bidders', async () => {
    world.clock.moveTo(before(7_200_000));
    await world.acts.perform(world.officer, 'consultation.settings', async (act) => {
      act.require(true);
      act.on(world.id);
    });
    const empty = await told();
    for (const [n, company] of (['atelier', 'bureau', 'cabinet'] as const).entries()) {
      await world.upload(company, `${company}.pdf`, bytes(10));
      await world.deposit(company, before(9_000 - n));
    }
    expect(await told()).toBe(empty);
    expect(await read()).toMatchObject({ opened: false, chain: null, events: [{ label: 'Ce que le lancement annonce est réglé.', author: 'Odile Agent' }], nextHref: null });
    for (const other of [world.bidder.atelier, world.stranger, world.sysadmin, Actor.anonymous]) await expect(read(other)).rejects.toEqual(code('not-found'));
    await expect(read(world.officer, { id: 'nothing' })).rejects.toEqual(code('not-found'));
    for (const file of ['commission', 'contract'] as const) await expect(read(world.officer, { kind: file, id: 'nothing' })).rejects.toEqual(code('not-found'));
  });

  it('after it, every act with its author and its hour, paged by key, replayed, forgotten persons without a name; four queries', async () => {
    await world.openAll();
    for (let n = 0; n < 60; n += 1) {
      await world.acts.perform(world.officer, 'question.draft', async (act) => {
        act.require(true);
        act.on(world.id);
      });
    }
    expect((await queriesOf(world.source, () => read())).length).toBeLessThanOrEqual(4);
    const first = await read();
    expect(first).toMatchObject({ opened: true, chain: { ok: true }, firstHref: null });
    expect(first.events).toHaveLength(50);
    const second = await read(world.officer, { after: first.next ?? '' });
    expect(second.chain).toBeNull();
    const all = [...first.events, ...second.events].map((one) => `${one.at} ${one.label}`);
    const lines = await world.source.manager.find(JournalEntry, { where: { chain: world.id }, order: { seq: 'DESC' } });
    expect(all).toHaveLength(lines.length);
    expect((await read(world.officer, { whole: true })).events.map((one) => `${one.at} ${one.label}`)).toEqual(all);
    const decisions = await read(world.officer, { decisionsOnly: true });
    expect(decisions.events.map((one) => [one.label, one.author])).toEqual([['Les plis sont ouverts : 3 plis.', 'Denise Deuxième']]);
    expect(second.events.find((one) => one.act === 'bid.deposit')).toMatchObject({ label: 'Un pli est déposé.', author: undefined });
    expect(JSON.stringify([first, second])).not.toMatch(/Camille|Société|atelier|undefined|«\s*»/);
    await world.acts.perform(Actor.system, 'test.forget', async (act) => (act.require(true), void (await act.db.delete(JournalPerson, { personId: 'officer' }))));
    expect((await read()).events[0]).toMatchObject({ author: undefined });
    for (const odd of ['x', '2023_x_y', `${OPENS.toISOString()}_1_'; drop table journal`]) await expect(read(world.officer, { after: odd })).resolves.toBeDefined();
  });
});
