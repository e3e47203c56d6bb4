// Another program holds the database for longer than a deposit may wait: a backup, a console left open.
import Database from 'better-sqlite3';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import type { Campaign } from './campaign.js';
import { type HttpClient, Useless } from './client.js';
import { BIDDER } from './field.js';

const LONGEST_MS = 20_000;

export interface Held {
  /** Releases it once the client was told to try again; until then, pages must be read as usual. */
  whenPostponed: (client: HttpClient) => Promise<void>;
}

export async function hold({ field, server, problems }: Campaign, call: string): Promise<Held> {
  const release = await (field.kind === 'sqlite' ? holdFile(field.url) : holdRow(field.url, call));
  const whenPostponed = async (client: HttpClient) => {
    const before = client.postponed;
    let read = 0;
    try {
      for (let waited = 0; client.postponed === before && waited < LONGEST_MS; waited += 200) {
        await wait(200);
        const response = await fetch(`${server.base}/api/consultations/${call}/bid`, { headers: { authorization: `Bearer ${field.tokens[BIDDER]}` } });
        if (response.ok) read += 1;
        else problems.push(`${call}: while the database is held, a page answers ${response.status}`);
      }
    } finally {
      await release();
    }
    if (client.postponed === before) throw new Useless(`${call}: the database was held for ${LONGEST_MS} ms, and nobody was told`);
    if (read === 0) problems.push(`${call}: while the database was held, nothing was read`);
  };
  return { whenPostponed };
}

/** SQLite has one writer for the whole file. */
async function holdFile(url: string) {
  const other = new Database(url.slice('sqlite:'.length), { timeout: 2_000 });
  other.exec('BEGIN IMMEDIATE');
  return async () => {
    other.exec('ROLLBACK');
    other.close();
  };
}

async function holdRow(url: string, call: string) {
  const other = new Client({ connectionString: url });
  await other.connect();
  await other.query('begin');
  await other.query('select id from consultation where id = $1 for update', [call]);
  return async () => {
    await other.query('rollback');
    await other.end();
  };
}
