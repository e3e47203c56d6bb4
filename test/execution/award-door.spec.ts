import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Award } from '../../src/awards/award.js';
import { AwardDoor } from '../../src/execution/award-door.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { startApp, type TestApp } from '../support/app.js';

/** What the awards say, through the one door of the contract's life. */
describe('la porte vers l’attribution', () => {
  let t: TestApp;
  const door = new AwardDoor();
  beforeAll(async () => (t = await startApp('sqlite')), 60_000);
  afterAll(() => t.close());
  const perform = <T>(work: Parameters<Acts['perform']>[2]) => t.app.get(Acts).perform(Actor.system, 'test.award', (act) => (act.require(true), work(act))) as Promise<T>;
  const facts = () => perform((act) => door.facts(act, 'k'));

  it('rien avant la décision ; puis qui, combien, à partir de quand ; signée, elle ne se rapporte plus', async () => {
    expect(await facts()).toBeNull();
    await perform((act) => act.add(Object.assign(new Award(), { id: 'a', consultationId: 'k', number: 1, procedure: 'subsequent', bidId: 'b', organisationId: 'o', amountCents: 48_000_050, reasons: 'La meilleure offre.', participants: 2, proposedById: 'p', proposedAt: act.now })));
    expect(await facts()).toBeNull();
    await perform((act) => act.db.update(Award, { id: 'a' }, { status: 'decided' }));
    expect(await facts()).toMatchObject({ organisationId: 'o', amountCents: 48_000_050, informed: false, signableFrom: null, blocked: false });
    await expect(perform((act) => door.signed(act, { id: 'k', timeZone: 'Europe/Paris' }))).rejects.toMatchObject({ code: 'not-informed' });
    await perform((act) => act.db.update(Award, { id: 'a' }, { status: 'informed', lettersSentAt: act.now, signableFrom: '2023-01-01' }));
    await perform((act) => door.signed(act, { id: 'k', timeZone: 'Europe/Paris' }));
    expect(await facts()).toMatchObject({ informed: true, signableFrom: '2023-01-01', reversed: false });
    expect((await t.source.manager.findOneByOrFail(Award, { id: 'a' })).contractSignedAt).not.toBeNull();
  });
});
