import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../../src/database.js';
import { Organisation } from '../../src/people/people.js';
import { freshDatabase } from '../support/databases.js';

/** TypeORM hands out one SQLite connection (its issue 1884): without the remedy, each of these loses or shows somebody else's work. */
describe('SQLite, une connexion par travail', () => {
  let url = '';
  let source: DataSource;
  const organisation = (id: string) => Object.assign(new Organisation(), { id, kind: 'company', name: id, address: [] });
  const ids = async () => (await source.manager.find(Organisation, { order: { id: 'ASC' } })).map((one) => one.id);

  beforeEach(async () => {
    url = await freshDatabase('sqlite');
    source = await openDatabase(url);
  });
  afterEach(() => source.destroy());

  it('garde B et C quand A échoue, et ne montre rien d’inachevé', async () => {
    const a = source.transaction(async (db) => {
      await db.insert(Organisation, organisation('a'));
      await wait(80);
      throw new Error('A fails');
    });
    await wait(10);
    const seen = await ids();
    const b = source.transaction(async (db) => {
      await db.insert(Organisation, organisation('b'));
    });
    const c = source.manager.insert(Organisation, organisation('c'));
    await expect(a).rejects.toThrow('A fails');
    await Promise.all([b, c]);
    expect(seen).toEqual([]);
    expect(await ids()).toEqual(['b', 'c']);
  });

  it('garde A quand A a réussi avant que B échoue', async () => {
    const b = source.transaction(async (db) => {
      await db.insert(Organisation, organisation('b'));
      await wait(30);
      throw new Error('B fails');
    });
    await source.transaction(async (db) => void (await db.insert(Organisation, organisation('a'))));
    await expect(b).rejects.toThrow('B fails');
    expect(await ids()).toEqual(['a']);
  });

  it('200 lectures-écritures ensemble, 40 échecs : 160 comptent', async () => {
    await source.manager.insert(Organisation, { ...organisation('counter'), name: '0' });
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) =>
        source.transaction(async (db) => {
          const counter = await db.findOneByOrFail(Organisation, { id: 'counter' });
          await wait(0);
          await db.update(Organisation, { id: 'counter' }, { name: String(Number(counter.name) + 1) });
          if (i % 5 === 4) throw new Error('planned');
        }),
      ),
    );
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(160);
    expect((await source.manager.findOneByOrFail(Organisation, { id: 'counter' })).name).toBe('160');
  });

  it('refuse un second processus sur le même fichier, avec une phrase', async () => {
    await expect(openDatabase(url)).rejects.toThrow('Souspli tourne déjà sur cette base');
  });
});
