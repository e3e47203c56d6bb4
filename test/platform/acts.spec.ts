import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { openDatabase } from '../../src/database.js';
import { Organisation } from '../../src/people/people.js';
import { type Act, Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { NotFound, Refused } from '../../src/platform/errors.js';
import { Job } from '../../src/platform/job.js';
import { JournalEntry, PLATFORM_CHAIN, verifyChain } from '../../src/platform/journal-entry.js';
import { SystemRandom } from '../../src/platform/random.js';
import { DATABASES, freshDatabase } from '../support/databases.js';

describe.each(DATABASES)('les actes (%s)', (kind) => {
  let source: DataSource;
  let acts: Acts;
  const actor = new Actor('p1', 'Quelqu’un', []);
  const clock = new FrozenClock(new Date('2026-01-01T00:00:00.000Z'));
  const add = (act: Act, id: string) => act.add(Object.assign(new Organisation(), { id, kind: 'company', name: id }));
  const has = (id: string) => source.manager.existsBy(Organisation, { id });
  const chain = (id: string) => source.manager.find(JournalEntry, { where: { chain: id }, order: { seq: 'ASC' } });

  beforeAll(async () => {
    source = await openDatabase(await freshDatabase(kind));
    acts = new Acts(source, clock, new SystemRandom());
  });
  afterAll(() => source.destroy());

  it('ne valident rien sans avoir demandé la permission', async () => {
    await expect(acts.perform(actor, 'x.forgot', (act) => add(act, 'forgot'))).rejects.toThrow('asked no permission');
    expect(await has('forgot')).toBe(false);
    await expect(acts.look(actor, 'x.forgot', async () => 1)).rejects.toThrow('asked no permission');
  });

  it('un refus annule tout et laisse sa ligne dans la chaîne de la plateforme', async () => {
    const refused = acts.perform(actor, 'x.refused', async (act) => {
      act.require(true);
      act.on('k1');
      await add(act, 'refused');
      await act.later({ kind: 'never', payload: {} });
      throw new Refused('because', 'Non.');
    });
    await expect(refused).rejects.toMatchObject({ code: 'because' });
    expect(await has('refused')).toBe(false);
    expect(await source.manager.existsBy(Job, { kind: 'never' })).toBe(false);
    expect(await chain('k1')).toEqual([]);
    expect(await chain(PLATFORM_CHAIN)).toEqual([expect.objectContaining({ act: 'x.refused', outcome: 'refused', details: { code: 'because', consultation: 'k1' } })]);
  });

  it('ne s’emboîtent pas, et n’écrivent que par leur transaction', async () => {
    const nested = acts.perform(actor, 'x.outer', async (act) => {
      act.require(true);
      await acts.perform(actor, 'x.inner', async (inner) => inner.require(true));
    });
    await expect(nested).rejects.toThrow('inside another act');
    const outside = acts.perform(actor, 'x.outside', async (act) => {
      act.require(true);
      await source.manager.insert(Organisation, { id: 'outside', kind: 'company', name: 'x', address: [] });
    });
    await expect(outside).rejects.toThrow('outside act.db');
    expect(await has('outside')).toBe(false);
  });

  it('un acte trop long est défait en entier : ce que son travail demande encore est refusé', async () => {
    const refused: unknown[] = [];
    let finish = () => {};
    const over = new Promise<void>((resolve) => (finish = resolve));
    const slow = acts.perform(
      actor,
      'x.slow',
      async (act) => {
        act.require(true);
        await add(act, 'slow-1');
        await wait(120);
        for (let i = 2; i < 10; i += 1) await add(act, `slow-${i}`).catch((error: unknown) => refused.push(error));
        finish();
      },
      { limitMs: 60 },
    );
    await expect(slow).rejects.toMatchObject({ code: 'ACT_LIMIT' });
    await over;
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ code: 'ACT_LIMIT' });
    const left = await source.manager.createQueryBuilder(Organisation, 'o').where("o.id like 'slow-%'").getCount();
    expect(left).toBe(0);
  });

  it('une lecture refusée ne laisse qu’une ligne par minute', async () => {
    for (let i = 0; i < 5; i += 1) {
      await expect(acts.look(actor, 'x.peek', async (act) => act.see(false))).rejects.toBeInstanceOf(NotFound);
    }
    expect(await source.manager.countBy(JournalEntry, { act: 'x.peek' })).toBe(1);
  });

  it(
    'nombreux ensemble : rien de perdu, des numéros sans trou, une chaîne intacte',
    async () => {
      const concurrent = kind === 'sqlite' ? 2000 : 200;
      const results = await Promise.allSettled(
        Array.from({ length: concurrent }, (_, i) =>
          acts.perform(actor, 'x.many', async (act) => {
            act.require(true);
            act.on('many', String(i));
            await add(act, `many-${i}`);
            if (i % 5 === 4) throw new Error('planned');
          }),
        ),
      );
      const done = results.filter((one) => one.status === 'fulfilled').length;
      expect(done).toBe(concurrent * 0.8);
      const lines = await chain('many');
      expect(lines).toHaveLength(done);
      expect(verifyChain(lines)).toMatchObject({ ok: true, lines: done });
      const kept = await source.manager.createQueryBuilder(Organisation, 'o').where("o.id like 'many-%'").getCount();
      expect(kept).toBe(done);
    },
    120_000,
  );

  it('une ligne altérée, retirée ou déplacée se voit', async () => {
    const lines = (await chain('many')).slice(0, 10);
    expect(verifyChain(lines).ok).toBe(true);
    const altered = lines.map((line) => Object.assign(new JournalEntry(), line));
    Object.assign(altered[4] ?? {}, { subject: 'autre' });
    expect(verifyChain(altered)).toMatchObject({ ok: false, brokenAt: 5 });
    expect(verifyChain(lines.filter((_, i) => i !== 3))).toMatchObject({ ok: false, brokenAt: 4 });
    expect(verifyChain([...lines.slice(0, 2), ...lines.slice(2, 4).toReversed(), ...lines.slice(4)])).toMatchObject({ ok: false, brokenAt: 3 });
  });
});

describe.each(DATABASES)('les migrations (%s)', (kind) => {
  it('disent exactement ce que disent les entités, et se défont', async () => {
    const source = await openDatabase(await freshDatabase(kind, { empty: true }));
    const pending = async () => (await source.driver.createSchemaBuilder().log()).upQueries.map((one) => one.query);
    expect(await pending()).toEqual([]);
    const runner = source.createQueryRunner();
    await runner.dropColumn('organisation', 'email');
    await runner.release();
    expect(await pending()).not.toEqual([]);
    for (const _ of source.migrations) await source.undoLastMigration();
    const left = await source.createQueryRunner().hasTable('person');
    expect(left).toBe(false);
    await source.destroy();
  });
});
