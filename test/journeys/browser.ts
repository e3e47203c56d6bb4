import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core';
import { findBrowser } from '../../src/press/browser-path.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A real headless Chromium; every person has a context of their own, every page visited can be checked by axe. */
export class Browsers {
  readonly violations: string[] = [];
  readonly errors: string[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly profile: string,
    private readonly base: string,
  ) {}

  static async open(base: string): Promise<Browsers> {
    const profile = mkdtempSync(join(tmpdir(), 'souspli-journey-'));
    const args = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
    if (process.getuid?.() === 0) args.push('--no-sandbox');
    const browser = await puppeteer.launch({ executablePath: await findBrowser(process.env.PUPPETEER_EXECUTABLE_PATH), headless: 'shell', args, userDataDir: profile });
    return new Browsers(browser, profile, base);
  }

  async close() {
    await this.browser.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  async page(options: { width?: number; javascript?: boolean } = {}): Promise<Page> {
    const context: BrowserContext = await this.browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport({ width: options.width ?? 1280, height: 900 });
    await page.setJavaScriptEnabled(options.javascript ?? true);
    page.on('pageerror', (error) => this.errors.push(String(error)));
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
    await this.check(page);
  }

  /** Presses the button or link with this text, and waits for the page that follows. */
  async press(page: Page, text: string) {
    const found = await page.$$('main button, main a');
    for (const one of found) {
      const label = await one.evaluate((node) => (node as unknown as { innerText: string }).innerText.replace(/\s+/g, ' ').trim());
      if (!label.includes(text)) continue;
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), one.click()]);
      await this.check(page);
      return;
    }
    throw new Error(`No button « ${text} » on ${page.url()} : ${await this.text(page)}`);
  }

  text(page: Page): Promise<string> {
    return page.$eval('main', (node) => (node as unknown as { innerText: string }).innerText.replace(/[\u00a0\u202f]/g, ' '));
  }

  private async check(page: Page) {
    await page.evaluate(axe);
    const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
    for (const one of found.violations) this.violations.push(`${new URL(page.url()).pathname} ${one.id} ${one.nodes[0]?.html ?? ''}`);
    const wide = (await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number;
    if (wide > 0) this.violations.push(`${new URL(page.url()).pathname} is ${wide} px too wide`);
  }
}
