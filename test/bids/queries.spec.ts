import { queriesOf } from '../support/queries.js';
import { bytes, DEADLINE, newWorld } from './world.js';

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);

it('no page of bids asks the database more than five questions, however many bids and files', async () => {
  const world = await newWorld('sqlite');
  try {
    world.clock.moveTo(before(60_000));
    for (const company of ['atelier', 'bureau', 'cabinet'] as const) {
      for (const name of ['a.pdf', 'b.pdf', 'c.pdf']) await world.upload(company, name, bytes(10));
      await world.deposit(company, before(1_000));
      await world.upload(company, 'suite.pdf', bytes(10));
    }
    const counted = async (look: () => Promise<unknown>) => (await queriesOf(world.source, look)).length;
    const show = await counted(() => world.own.show(world.bidder.atelier, world.id));
    const state = await counted(() => world.opening.state(world.opener, world.id));
    await world.openAll();
    const page = await counted(() => world.opened.page(world.officer, world.id));
    for (const count of [show, state, page]) {
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(5);
    }
  } finally {
    await world.close();
  }
});
