import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { findBrowser, NoBrowser } from './browser-path.js';
import { embeddedFonts } from './fonts.js';
import { ShellPage } from './shell-page.js';

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--host-resolver-rules=MAP * ~NOTFOUND', // a letter loads nothing: no name leads anywhere
  '--font-render-hinting=none', // otherwise every letter’s width is rounded to a pixel and the spacing shows it
];

/** Stylesheets kept ready at once; each is a page of some 20 MB. */
const KEPT = 3;

/** One Chromium with its ready pages. Thrown away whole at the first failure: never repaired. */
export class PressBrowser {
  private readonly pages = new Map<string, ShellPage>();

  private constructor(
    private readonly browser: Browser,
    private readonly profile: string,
  ) {}

  /**
   * @throws NoBrowser when there is none, or none that starts
   */
  static async launch(given?: string): Promise<PressBrowser> {
    const executablePath = await findBrowser(given);
    const { default: puppeteer } = await import('puppeteer-core'); // heavy: only for those who print
    const profile = await mkdtemp(join(tmpdir(), 'souspli-press-'));
    const root = process.getuid?.() === 0; // Chromium’s own sandbox refuses root
    try {
      const browser = await puppeteer.launch({
        executablePath,
        headless: /shell|sparticuz/.test(executablePath) ? 'shell' : true,
        pipe: true,
        userDataDir: profile,
        args: root ? [...FLAGS, '--no-sandbox'] : FLAGS,
        // Puppeteer’s handlers would end our process under the server’s feet; close() does it in order.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
      });
      return new PressBrowser(browser, profile);
    } catch (cause) {
      await rm(profile, { recursive: true, force: true });
      throw Object.assign(new NoBrowser(`« ${executablePath} » ne démarre pas`), { cause });
    }
  }

  get alive(): boolean {
    return this.browser.connected;
  }

  get pid(): number | undefined {
    return this.browser.process()?.pid;
  }

  /** The page already dressed in this stylesheet; the one unused for longest leaves when there are too many. */
  async page(css: string): Promise<ShellPage> {
    const page = this.pages.get(css) ?? (await ShellPage.open(this.browser, `${embeddedFonts()}\n${css}`));
    this.pages.delete(css);
    this.pages.set(css, page); // a Map remembers the order: last used, last in
    const [oldest] = this.pages.keys();
    if (this.pages.size > KEPT && oldest !== undefined) {
      const leaving = this.pages.get(oldest);
      this.pages.delete(oldest);
      await leaving?.close();
    }
    return page;
  }

  /** Kills rather than asks: a browser stuck in a layout answers nothing. Its children die with it. */
  async kill(): Promise<void> {
    const child = this.browser.process();
    const gone = new Promise<void>((done) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) done();
      else child.once('exit', () => done());
    });
    if (child?.pid) killGroup(child.pid);
    await gone;
    // A child of the dead browser may still be writing there for an instant.
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Puppeteer starts the browser as the head of its own group: the wrapper script, when there is one, does not hide it. */
function killGroup(pid: number) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // already dead: that is what we wanted
  }
}
