import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { findBrowser } from '../../src/press/browser-path.js';
import type { ReceiptCase } from './receipt-cases.js';

/** A real Chromium without a network, and the page as a person kept it: one file on the disk. */
export class VerifierBrowser {
  readonly requests: string[] = [];
  readonly errors: string[] = [];
  private count = 0;

  private constructor(
    private readonly browser: Browser,
    readonly folder: string,
  ) {}

  static async open() {
    const folder = mkdtempSync(join(tmpdir(), 'verifier-'));
    writeFileSync(join(folder, 'verifier-un-recu.html'), readFileSync('dist/verifier.html', 'utf8').replace('%KEY%', ''));
    const args = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--lang=fr-FR', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
    return new VerifierBrowser(await puppeteer.launch({ executablePath: await findBrowser(process.env.PUPPETEER_EXECUTABLE_PATH), headless: 'shell', args }), folder);
  }

  async close() {
    await this.browser.close();
    rmSync(this.folder, { recursive: true });
  }

  get address() {
    return pathToFileURL(join(this.folder, 'verifier-un-recu.html')).href;
  }

  /** @param before runs in the page before its own script */
  async page(address = this.address, before?: string, width = 1280): Promise<Page> {
    const page = await this.browser.newPage();
    await page.setViewport({ width, height: 900 });
    if (before) await page.evaluateOnNewDocument(before);
    page.on('request', (request) => this.requests.push(request.url()));
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
    await page.goto(address);
    await page.setOfflineMode(true);
    return page;
  }

  /** Chooses the files as a person does, and waits for the result. */
  async try(page: Page, one: Pick<ReceiptCase, 'text' | 'files' | 'key'>): Promise<{ ok: boolean; said: string }> {
    await page.click('button[type=reset]');
    await page.waitForSelector('#result[hidden]');
    await page.$eval('#key', (field, key) => {
      (field as unknown as { value: string }).value = key;
      field.dispatchEvent(new Event('input'));
    }, one.key ?? '');
    const [receipt = '', ...files] = this.laid(one);
    await choose(page, 'input#receipt', receipt);
    if (files.length > 0) await choose(page, 'input#files', ...files);
    return this.result(page);
  }

  async result(page: Page) {
    await page.waitForSelector('#result:not([hidden]):not([aria-busy])');
    return page.$eval('#result', (result) => ({ ok: result.querySelector('.band-late') === null, said: result.textContent ?? '' }));
  }

  /** Writes them where a person would have them; the receipt first. */
  laid({ text, files }: Pick<ReceiptCase, 'text' | 'files'>): string[] {
    this.count += 1;
    const at = join(this.folder, String(this.count));
    mkdirSync(at);
    return [['recu.json', text] as const, ...files].map(([name, content]) => {
      writeFileSync(join(at, name), content);
      return join(at, name);
    });
  }
}

async function choose(page: Page, field: 'input#receipt' | 'input#files', ...paths: string[]) {
  await (await page.$(field))?.uploadFile(...paths);
}
