import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';
import { Sheet } from './sheet.js';
import { findBrowser } from '../../src/press/browser-path.js';

// A browser on a loaded machine is slow, and that is no fault of the page.
jest.setTimeout(180_000);
const WAIT_MS = 90_000;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** A page without the record it shows: its address and theme, whether it refuses, how many forms, messages and tables it has. */
const STATE = `[location.pathname.replace(/[0-9a-f-]{36}|\\d+/g, '*'), matchMedia('(prefers-color-scheme: dark)').matches, matchMedia('print').matches, document.title.startsWith('Erreur'), document.forms.length, document.querySelectorAll('.alert, .band, .error, table').length].join()`;

/** What axe finds on a narrow screen only: the rest is in the same document, at any width. */
const NARROW = ['scrollable-region-focusable', 'target-size'];

/** A real headless Chromium; every person has a context of their own, every page visited can be checked by axe. */
export class Browsers {
  readonly violations: string[] = [];
  readonly errors: string[] = [];
  /** Of one journey, at all its widths. */
  private static readonly seen = new Set<string>();
  /** The journey cuts its line or kills its server: the browser may say so. */
  cuts = false;

  private constructor(
    private readonly browser: Browser,
    private readonly profile: string,
    readonly base: string,
    readonly sheet: Sheet,
  ) {}

  /** @param journey a short name for the pictures of this run */
  static async open(base: string, journey: string): Promise<Browsers> {
    const profile = mkdtempSync(join(tmpdir(), 'souspli-journey-'));
    const args = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=fr-FR'];
    if (process.getuid?.() === 0) args.push('--no-sandbox');
    const browser = await puppeteer.launch({ executablePath: await findBrowser(process.env.PUPPETEER_EXECUTABLE_PATH), headless: 'shell', args, userDataDir: profile });
    return new Browsers(browser, profile, base, new Sheet(journey));
  }

  async close() {
    await this.browser.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  async page(options: { width?: number; javascript?: boolean } = {}): Promise<Page> {
    const context: BrowserContext = await this.browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.setViewport({ width: options.width ?? 1280, height: 900 });
    await page.setJavaScriptEnabled(options.javascript ?? true);
    page.on('pageerror', (error) => this.fault(String(error)));
    // A refusal that the journey asked for is no fault of the page: its own document may answer 404.
    page.on('console', (message) => message.type() === 'error' && message.location().url !== page.url() && this.fault(message.text()));
    return page;
  }

  /** Signs in with the one-click button of the demonstration. */
  async as(name: string, options: { width?: number } = {}): Promise<Page> {
    const page = await this.page(options);
    await page.goto(`${this.base}/connexion`);
    await this.press(page, name);
    return page;
  }

  async go(page: Page, path: string) {
    await page.goto(`${this.base}${path}`);
    await this.check(page, path);
  }

  /** Presses the button or link with this text, and waits for the page that follows. */
  async press(page: Page, text: string, inside = 'main') {
    // One question to the browser, however many links the page has: the map alone has two hundred.
    const found = await page.evaluateHandle(
      `[...document.querySelectorAll(${JSON.stringify(`:is(${inside}) :is(button, a)`)})].find((node) => node.innerText.replace(/\\s+/g, ' ').trim().includes(${JSON.stringify(text)}))`,
    );
    const button = found.asElement() as unknown as { click(): Promise<void> } | null;
    if (!button) throw new Error(`No button « ${text} » on ${page.url()} : ${await this.text(page)}`);
    await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), button.click()]);
    await this.check(page, `« ${text} »`);
  }

  text(page: Page): Promise<string> {
    return page.$eval('main', (node) => (node as unknown as { innerText: string }).innerText.replace(/[\u00a0\u202f]/g, ' '));
  }

  /** axe, no page wider than the screen, and a picture on the contact sheet. */
  async check(page: Page, caption: string) {
    const scripts = page.isJavaScriptEnabled();
    await page.setJavaScriptEnabled(true); // axe is a script too; the page has been loaded without any
    const found = await this.axe(page);
    for (const one of found) this.violations.push(`${new URL(page.url()).pathname} ${one.id} ${one.nodes[0]?.html ?? ''}`);
    const wide = (await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number;
    if (wide > 0) this.violations.push(`${new URL(page.url()).pathname} is ${wide} px too wide`);
    await page.setJavaScriptEnabled(scripts);
    await this.sheet.add(page, caption, found.length);
  }

  /** Axe is half of a journey's time. `npm run journeys` asks it at each page seen; the suite, once for each page in each of its states. */
  private async axe(page: Page): Promise<Violation[]> {
    const state = (await page.evaluate(STATE)) as string;
    const first = this.isNew(state);
    if (!this.isNew(`${state} ${page.viewport()?.width}`) && !this.sheet.kept) return [];
    await page.evaluate(axe);
    const only = first || this.sheet.kept ? '' : `runOnly: ${JSON.stringify(NARROW)}, `;
    const { violations } = (await page.evaluate(`axe.run({ ${only}resultTypes: ['violations'], preload: false })`)) as { violations: Violation[] };
    return violations;
  }

  private isNew(state: string): boolean {
    const known = Browsers.seen.has(state);
    Browsers.seen.add(state);
    return !known;
  }

  private fault(message: string) {
    if (this.cuts && /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/.test(message)) return;
    this.errors.push(message);
    this.sheet.note('consoleErrors', message);
  }
}
