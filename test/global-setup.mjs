// One PostgreSQL for the whole run: the one named by DATABASE_URL_TEST, or a throw-away one.
// Workers read SOUSPLI_TEST_PG, the URL of its maintenance database; each spec file creates a database of its own there,
// a copy of one that has been migrated once (SOUSPLI_TEST_MODELS): the migrations would cost more than most tests.
// And the compiled program, for the tests that run it as people do; nothing to do when npm test has just made it.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { build } from '../scripts/build.mjs';

export default async function () {
  await build();
  process.env.SOUSPLI_TEST_PG = process.env.DATABASE_URL_TEST || (await startPostgres());
  process.env.SOUSPLI_TEST_MODELS = JSON.stringify(await models(process.env.SOUSPLI_TEST_PG));
}

/** @returns the name of a migrated PostgreSQL database, and the path of a migrated SQLite file */
async function models(base) {
  const postgres = `souspli_model_${process.pid}`;
  const client = new pg.Client({ connectionString: base });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${postgres}`);
  await client.query(`CREATE DATABASE ${postgres}`);
  await client.end();
  const sqlite = join(mkdtempSync(join(tmpdir(), 'souspli-model-')), 'model.sqlite');
  const { openDatabase } = await import('../dist/database.js');
  const url = Object.assign(new URL(base), { pathname: `/${postgres}` });
  for (const one of [url.toString(), `sqlite:${sqlite}`]) await (await openDatabase(one)).destroy();
  return { postgres, sqlite };
}

async function startPostgres() {
  const script = fileURLToPath(new URL('../scripts/postgres.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  globalThis.stopPostgres = () => {
    child.stdin.end(); // its signal to stop and clean up; it also comes by itself if this process dies
    return ended;
  };
  for await (const url of createInterface({ input: child.stdout })) return url;
  throw new Error('PostgreSQL n’a pas démarré : voir les lignes qui précèdent, ou donner DATABASE_URL_TEST.');
}
