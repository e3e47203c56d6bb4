// Two worlds that differ by their bids alone: whoever is not a bidder gets the same answers in both (sealing.md 1.6).
import { Actor } from '../../src/platform/actor.js';
import { Templates } from '../../src/platform/templates.js';
import { showOpening } from '../../src/bids/opening.view.js';
import { bytes, DEADLINE, newWorld, OPENS, type World } from './world.js';

const before = (ms: number) => new Date(DEADLINE.getTime() - ms);

/** All that the capability answers to one person. */
async function looks(world: World, who: Actor) {
  const answers = await Promise.allSettled([
    world.opened.list(who, world.id),
    world.opened.page(who, world.id),
    world.opened.chain(who, world.id),
    world.opened.file(who, world.id, 'x'),
    world.opened.document(who, world.id, 'minutes'),
    world.opened.document(who, world.id, 'register'),
    world.opening.state(who, world.id).then((state) => JSON.stringify(showOpening(state))),
    world.opening.state(who, world.id).then((state) => world.module.get(Templates).render('pages/bids/opening', { ...showOpening(state), now: state.now, csrf: 'x' })),
    world.own.show(who, world.id),
    world.deposits.deposit(who, world.id, 'cle-de-depot-0000009', before(1)),
    world.deposits.withdraw(who, world.id, before(1)),
  ]);
  return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : { refused: (answer.reason as Error).message, code: (answer.reason as { code: string }).code }));
}

describe.each(['sqlite', 'postgres'])('avant l’ouverture, zéro ou deux plis se ressemblent (%s)', (kind) => {
  let empty: World;
  let busy: World;
  beforeAll(async () => {
    empty = await newWorld(kind);
    busy = await newWorld(kind);
    for (const world of [empty, busy]) world.clock.moveTo(before(60_000));
    await busy.upload('atelier', 'a.pdf', bytes(10));
    await busy.deposit('atelier', before(5_000));
    await busy.upload('bureau', 'b.pdf', bytes(10));
    await busy.deposit('bureau', before(4_000));
    await busy.jobs.finishAll();
  });
  afterAll(() => Promise.all([empty.close(), busy.close()]));

  it.each([
    ['pendant le dépôt', before(1)],
    ['à la date limite', DEADLINE],
    ['juste avant l’ouverture', OPENS],
  ])('%s', async (_, at) => {
    for (const world of [empty, busy]) world.clock.moveTo(at);
    for (const key of ['officer', 'opener', 'second', 'substitute', 'sysadmin', 'stranger'] as const) {
      expect(await looks(busy, busy[key])).toEqual(await looks(empty, empty[key]));
    }
    const [list] = await looks(busy, busy.officer);
    expect(list).toEqual({ code: 'sealed', refused: 'Rien ne peut être affiché avant l’ouverture.' });
    const [nothing] = await looks(busy, busy.sysadmin);
    expect(nothing).toMatchObject({ code: 'not-found' });
    // Another bidder learns nothing either.
    expect(await busy.own.show(busy.bidder.cabinet, busy.id)).toMatchObject({ files: [], bids: [] });
  });
});
