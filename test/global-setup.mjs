// One PostgreSQL for the whole run: the one named by DATABASE_URL_TEST, or a throw-away one.
// Workers read SOUSPLI_TEST_PG, the URL of its maintenance database; each spec file creates a database of its own there.
// And the compiled program, for the tests that run it as people do; nothing to do when npm test has just made it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from '../scripts/build.mjs';

export default async function () {
  await build();
  process.env.SOUSPLI_TEST_PG = process.env.DATABASE_URL_TEST || (await startPostgres());
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
