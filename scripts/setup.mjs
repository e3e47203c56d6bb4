// Everything a fresh clone needs before it can run: packages, a browser for the letters, the compiled program.
// Plain JavaScript without any dependency, since it runs before `npm ci`. What is already done costs a few milliseconds.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { ensureAge } from './age.mjs';
import { ensureBrowser } from './browser.mjs';
import { build, isBuilt } from './build.mjs';
import { isMain, main, root, run, say, step, Stop } from './steps.mjs';

const OLDEST_NODE = [20, 19];

/**
 * `dev`: the tools of developers must be there too (a production install may go without, as long as dist/ is up to date).
 * `browser`: a Chromium must be found or installed; otherwise one is only looked for.
 * `age`: the program of that name is installed where it can be, for the tests.
 */
export async function setup({ dev, browser, age = false }) {
  checkNode();
  if (!isInstalled({ dev: dev || !isBuilt() })) await install();
  await checkSqlite();
  await ensureBrowser({ install: browser });
  if (age) await ensureAge();
  await build();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Stop(`Souspli demande Node.js ${OLDEST_NODE.join('.')} ou plus récent ; cette machine a la version ${process.versions.node}. (Node.js is too old.)`);
}

/** Compares npm’s own record of what it installed with the lock file: also right after an `npm ci` typed by hand. */
function isInstalled({ dev }) {
  const record = join(root, 'node_modules', '.package-lock.json'); // npm writes it last, once every install script has passed
  if (!existsSync(record)) return false;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages);
  return wanted.every(([path, { version, optional, devOptional, dev: forDev }]) => {
    const dispensable = path === '' || optional || devOptional || (forDev && !dev);
    return dispensable || present[path]?.version === version;
  });
}

async function install() {
  const missing = ['g++', 'make', 'python3'].filter((tool) => !isOnPath(tool));
  if (missing.length > 0 && process.platform !== 'win32') {
    say(`Remarque : ${missing.join(', ')} absent de cette machine. Il ne le faudra que si SQLite ne peut pas être téléchargé tout compilé.`);
  }
  await step('Installation des paquets (une à trois minutes la première fois, davantage si SQLite doit être compilé)', () => npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'));
}

/** Native code is bound to one version of Node: after a change of Node it must be built again. */
async function checkSqlite() {
  if (sqliteLoads()) return;
  await step('Compilation de SQLite pour cette version de Node', () => npm('rebuild', 'better-sqlite3', '--loglevel=error'));
  if (!sqliteLoads()) throw new Stop('SQLite (better-sqlite3) ne se charge pas : supprimez node_modules, puis recommencez. (SQLite does not load.)');
}

function sqliteLoads() {
  try {
    const Database = createRequire(join(root, 'package.json'))('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

async function npm(...args) {
  const { code, complaint } = await run('npm', args);
  if (code !== 0) throw new Stop(explain(complaint));
}

const CAUSES = [
  [/ENOSPC/, 'Le disque est plein : il faut environ 1 Go libre. (Disk full.)'],
  [/gyp|make: |g\+\+|not found: (make|python)/, 'SQLite n’a pas pu être compilé : installez g++, make et python3 (Debian : apt-get install -y g++ make python3) ; s’ils y sont, c’est l’accès à Internet qui manque. (No compiler.)'],
  [/EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ERR_SOCKET_TIMEOUT/, 'Le registre npm est injoignable : vérifiez le réseau ou le proxy, puis recommencez. (No network.)'],
  [/EUSAGE|in sync/, 'package.json et package-lock.json ne s’accordent pas : lancez npm install, puis recommencez. (Lock file out of step.)'],
  [/EACCES|EPERM/, 'Ce dossier n’est pas accessible en écriture à l’utilisateur courant. (Permission denied.)'],
  [/command not found|ENOENT.*npm/, 'npm est introuvable : il s’installe avec Node.js. (npm not found.)'],
];

const explain = (complaint) =>
  CAUSES.find(([sign]) => sign.test(complaint))?.[1] ?? 'npm a échoué ; la cause est dans les lignes qui précèdent. (npm failed: see above.)';

const isOnPath = (tool) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)));

if (isMain(import.meta.url)) await main(() => setup({ dev: true, browser: true }));
