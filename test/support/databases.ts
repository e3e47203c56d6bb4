import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/**
 * Both databases are real: `describe.each(DATABASES)('…', (kind) => …)`.
 * `freshDatabase(kind)` gives the address of a migrated database without a row, of its own, to each suite.
 */
export const DATABASES = ['sqlite', 'postgres'] as const;
export type DatabaseKind = (typeof DATABASES)[number];

let count = 0;

/** @param empty without a table: for what migrates by itself */
export async function freshDatabase(kind: DatabaseKind, { empty = false } = {}): Promise<string> {
  const models = JSON.parse(process.env.SOUSPLI_TEST_MODELS ?? '{}') as Record<DatabaseKind, string>;
  if (kind === 'sqlite') {
    const file = join(mkdtempSync(join(tmpdir(), 'souspli-db-')), 'test.sqlite');
    if (!empty) copyFileSync(models.sqlite, file);
    return `sqlite:${file}`;
  }
  count += 1;
  const name = `t_${process.pid}_${count}_${process.hrtime.bigint()}`;
  await ask(`CREATE DATABASE ${name}${empty ? '' : ` TEMPLATE ${models.postgres}`}`);
  const url = new URL(maintenance());
  url.pathname = `/${name}`;
  return url.toString();
}

/** For suites that make one for each test: hundreds of them would fill a small disk. */
export async function dropDatabase(url: string) {
  if (!url.startsWith('sqlite:')) await ask(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
}

async function ask(sql: string) {
  const client = new pg.Client({ connectionString: maintenance() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function maintenance(): string {
  const base = process.env.SOUSPLI_TEST_PG;
  if (!base) throw new Error('SOUSPLI_TEST_PG is set by test/global-setup.mjs');
  return base;
}
