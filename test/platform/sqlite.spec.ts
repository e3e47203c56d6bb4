import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
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

  it('un autre programme tient le fichier : les lectures continuent, les écritures attendent, puis renoncent ensemble, et tout reprend', async () => {
    const other = new Database(url.slice('sqlite:'.length));
    other.exec('BEGIN IMMEDIATE');
    let refused = 0;
    const writes = Array.from({ length: 12 }, (_, i) => source.transaction((db) => db.insert(Organisation, organisation(`held-${i}`))).catch(() => (refused += 1)));
    const lone = source.manager.insert(Organisation, organisation('lone')).catch(() => (refused += 1));
    for (let turn = 0; turn < 5; turn += 1) expect(await ids()).toEqual([]);
    expect(refused).toBe(0); // the readers did not wait for the writers to give up
    await Promise.all([...writes, lone]);
    expect(refused).toBe(13);
    other.exec('COMMIT');
    other.close();
    // More than there are connections: none was lost on the way.
    await Promise.all(Array.from({ length: 12 }, (_, i) => source.transaction((db) => db.insert(Organisation, organisation(`free-${i}`)))));
    expect(await ids()).toHaveLength(12);
  });

  it('un disque plein annule l’acte en cours, pas ceux qui suivent', async () => {
    const full = async (pages: number) => {
      // Each connection has its own limit, and there are eight at most.
      const runners = Array.from({ length: 8 }, () => source.createQueryRunner());
      for (const runner of runners) await runner.query(`PRAGMA max_page_count = ${pages}`);
      await Promise.all(runners.map((runner) => runner.release()));
    };
    await full(1);
    const big = { ...organisation('big'), name: 'x'.repeat(200_000) };
    for (let turn = 0; turn < 12; turn += 1) {
      const tried = source.transaction(async (db) => {
        await db.insert(Organisation, organisation(`before-${turn}`));
        await db.insert(Organisation, big);
      });
      await expect(tried).rejects.toMatchObject({ driverError: { code: 'SQLITE_FULL' } });
    }
    await full(1_000_000);
    await source.transaction((db) => db.insert(Organisation, big));
    expect(await ids()).toEqual(['big']);
  });

  it('refuse un second processus sur le même fichier, avec une phrase', async () => {
    await expect(openDatabase(url)).rejects.toThrow('Souspli tourne déjà sur cette base');
  });
});
