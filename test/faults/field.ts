// Data of a server that is not yet started: people with their sessions, and one call per run.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { AppModule } from '../../src/app.module.js';
import { Config } from '../../src/config.js';
import { Sessions } from '../../src/people/sessions.js';
import { Acts } from '../../src/platform/acts.js';
import { FrozenClock } from '../../src/platform/clock.js';
import { Printer } from '../../src/press/printer.js';
import { type Call, launch, MINUTE_MS, OPENERS, seedCast } from '../simulation/cast.js';
import type { Kind } from '../simulation/stage.js';

export const BIDDER = 'anne';
export const NEIGHBOUR = 'carla';
const DAY_MS = 86_400_000;

export interface Field {
  kind: Kind;
  folder: string;
  url: string;
  /** Bearer tokens, by person. */
  tokens: Record<string, string>;
  /** Deadlines, by call. */
  deadlines: Map<string, number>;
  remove(): Promise<void>;
}

class NoPrinter extends Printer {
  async print() {
    return Buffer.from('%PDF');
  }
  async warm() {}
  async close() {}
}

export const callOf = (run: number) => `f${run}`;

/**
 * @param soon runs whose call closes first, one minute after the other: their clock jumps past their deadline
 * @param base address of a PostgreSQL server’s maintenance database
 * @param home folder of the data; a small disk of its own for some
 */
export async function prepare(kind: Kind, runs: number, soon: readonly number[], base: string, home = tmpdir()): Promise<Field> {
  const folder = mkdtempSync(join(home, 'souspli-faults-'));
  const name = `faults_${process.pid}_${folder.slice(-6).toLowerCase()}`;
  if (kind === 'postgres') await sql(base, `create database ${name}`);
  const url = kind === 'sqlite' ? `sqlite:${join(folder, 'server.sqlite')}` : Object.assign(new URL(base), { pathname: `/${name}` }).href;
  const now = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
  const deadlines = new Map<string, number>();
  for (let run = 0; run < runs; run += 1) deadlines.set(callOf(run), soon.includes(run) ? now + DAY_MS + soon.indexOf(run) * 10 * MINUTE_MS : now + 300 * DAY_MS);
  const config = Config.of({ mode: 'test', databaseUrl: url, dataDir: folder });
  const app = await NestFactory.createApplicationContext(AppModule.with(config, { clock: new FrozenClock(new Date()), printer: new NoPrinter() }), { logger: false, abortOnError: false });
  const place = { acts: app.get(Acts), get: <T>(type: abstract new (...args: never[]) => T): T => app.get(type as never) };
  const calls = [...deadlines].map(([id, deadline]): Call => ({ id, deadline, delayMinutes: 1, quorum: 2, openers: ['opener-1', 'opener-2'], substitutes: [], outageRule: null, invited: ['alpha', 'gamma'] }));
  await seedCast(place);
  await launch(place, { start: 0, calls, reserved: [] });
  const tokens: Record<string, string> = {};
  for (const person of [BIDDER, NEIGHBOUR, 'officer', ...OPENERS]) tokens[person] = await app.get(Sessions).open(person);
  await app.close();
  const remove = async () => {
    rmSync(folder, { recursive: true, force: true });
    if (kind === 'postgres') await sql(base, `drop database ${name} with (force)`);
  };
  return { kind, folder, url, tokens, deadlines, remove };
}

export async function sql<T = unknown>(url: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end();
  }
}
