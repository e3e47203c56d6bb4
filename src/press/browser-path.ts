import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The browser itself: the command of the same name is a wrapper that does not die with its kill (decisions.md 25). */
const DEBIAN_SHELL = '/usr/lib/chromium/chromium-headless-shell';
const COMMANDS = ['chromium-headless-shell', 'chromium', 'google-chrome-stable', 'google-chrome'];

export class NoBrowser extends Error {
  constructor(detail = 'aucun Chromium n’a été trouvé') {
    super(`Impression impossible : ${detail} ; installez chromium-headless-shell ou indiquez son chemin dans PUPPETEER_EXECUTABLE_PATH.`);
  }
}

/**
 * The light « shell » first: it prints the same page 1.6 times faster than the whole browser.
 * @throws NoBrowser with one sentence that says what to install
 */
export async function findBrowser(given?: string): Promise<string> {
  if (given) {
    if (await runs(given)) return given;
    throw new NoBrowser(`« ${given} » n’est pas un programme`);
  }
  if (await runs(DEBIAN_SHELL)) return DEBIAN_SHELL;
  for (const command of COMMANDS) {
    const path = await onPath(command);
    if (path) return path;
  }
  const path = (await inPuppeteerCache()) ?? (await packedBrowser());
  if (!path) throw new NoBrowser();
  return path;
}

async function runs(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Asked to the shell, which alone knows its PATH: the environment is read in config.ts and nowhere else. */
async function onPath(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', 'command -v "$0"', command]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** ~/.cache/puppeteer/<browser>/<platform>-<version>/<browser>-<platform>/<browser> */
async function inPuppeteerCache(): Promise<string | undefined> {
  const cache = join(homedir(), '.cache', 'puppeteer');
  for (const browser of ['chrome-headless-shell', 'chrome']) {
    for (const version of (await list(join(cache, browser))).toReversed()) {
      for (const folder of await list(join(cache, browser, version))) {
        const path = join(cache, browser, version, folder, browser);
        if (await runs(path)) return path;
      }
    }
  }
  return undefined;
}

async function list(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The browser packed as an optional dependency, for machines without any: `npm install` may have left it out. */
async function packedBrowser(): Promise<string | undefined> {
  // A write, not a reading of our settings: this package unpacks the shared libraries Chromium needs only where it
  // believes itself on Lambda, and decides so when it is loaded.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    return await chromium.executablePath();
  } catch {
    return undefined;
  }
}
