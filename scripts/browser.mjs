// Finds the Chromium that prints the letters, or installs one, and names it to the program by PUPPETEER_EXECUTABLE_PATH.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root, run, say, step, Stop } from './steps.mjs';

const CACHE = process.env.PUPPETEER_CACHE_DIR ?? join(homedir(), '.cache', 'puppeteer');
/** Says that no browser could be installed here and the one from npm serves: without it every start would try again. */
const FROM_NPM = join(root, 'node_modules', '.souspli-browser-from-npm');

/** Sets PUPPETEER_EXECUTABLE_PATH for the programs started afterwards. With `install: false`, does without a browser if there is none. */
export async function ensureBrowser({ install }) {
  const executable = findBrowser() ?? (install ? await installBrowser() : undefined);
  if (executable) process.env.PUPPETEER_EXECUTABLE_PATH = executable;
}

/** The order of preference: named by the operator, the system’s headless shell, any Chromium on PATH, puppeteer’s own folder. */
function findBrowser() {
  const named = process.env.PUPPETEER_EXECUTABLE_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Stop(`PUPPETEER_EXECUTABLE_PATH désigne un fichier absent : ${named}`);
  }
  const names = ['chromium-headless-shell', 'chromium', 'google-chrome-stable', 'google-chrome'];
  return [
    '/usr/lib/chromium/chromium-headless-shell', // not Debian’s wrapper on PATH: killing that one leaves the browser running
    ...names.flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))),
    ...inCache('chrome-headless-shell'),
    ...inCache('chrome'),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => existsSync(path));
}

/** <cache>/chrome/<platform>-<version>/<chrome-platform>/<executable>, newest version first. */
function inCache(product) {
  const folder = join(CACHE, product);
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder).toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return versions.flatMap((version) =>
    readdirSync(join(folder, version)).flatMap((inner) => [join(folder, version, inner, product), join(folder, version, inner, `${product}.exe`)]),
  );
}

async function installBrowser() {
  if (!existsSync(FROM_NPM)) {
    for (const attempt of [withApt, withPuppeteer]) {
      await attempt();
      const executable = findBrowser();
      if (executable) return executable;
    }
  }
  const executable = await withSparticuz();
  if (executable) return executable;
  throw new Stop(
    'Aucun navigateur Chromium, qui imprime les courriers : installez-en un (Debian : apt-get install -y chromium-headless-shell) ' +
      'ou désignez-le par PUPPETEER_EXECUTABLE_PATH. (No Chromium found.)',
  );
}

async function withApt() {
  const debian = existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8')); // Ubuntu’s package only opens its app store
  if (!debian || process.getuid() !== 0) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await step('Installation de Chromium par apt (environ 65 Mo)', async () => {
    await run('apt-get', ['update', '-q'], { env });
    const { code } = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium-headless-shell'], { env });
    return code === 0;
  });
}

async function withPuppeteer() {
  const args = ['--yes', '@puppeteer/browsers@2', 'install', 'chrome-headless-shell@stable', '--path', CACHE];
  // Quiet, since it answers a refused network by its whole manual.
  await step('Téléchargement de Chromium (environ 100 Mo)', async () => (await run('npx', args, { timeout: 300_000, quiet: true })).code === 0);
}

/** The browser inside an npm package, for machines that reach nothing else. It unpacks itself into the temp folder. */
async function withSparticuz() {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x'; // makes it use the system libraries that it ships (nss, nspr, expat)
  try {
    const { default: chromium } = await import(createRequire(join(root, 'package.json')).resolve('@sparticuz/chromium'));
    const executable = await chromium.executablePath();
    if (!existsSync(FROM_NPM)) say('Chromium : celui du paquet npm @sparticuz/chromium servira.');
    writeFileSync(FROM_NPM, '');
    return executable;
  } catch {
    return undefined; // an optional dependency: absent on other platforms
  }
}
