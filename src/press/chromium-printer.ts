import { PressBrowser } from './browser.js';
import { NoBrowser } from './browser-path.js';
import { assertPrintable } from './printable.js';
import { Printer, type Sheet } from './printer.js';

export interface ChromiumOptions {
  /** PUPPETEER_EXECUTABLE_PATH, as config.ts read it. */
  executablePath?: string;
  /** How long one print may take, in milliseconds. */
  timeLimit?: number;
}

/** The first prints after a launch are up to three times slower (letters.md 1). */
const WARM_UP = 3;

/**
 * One warm browser, one sheet at a time. A browser that is lost, stuck or broken is killed and replaced, and the sheet
 * is given once more; a sheet that fails twice is at fault itself, and the caller hears of it.
 */
export class ChromiumPrinter extends Printer {
  private browser?: PressBrowser;
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: ChromiumOptions = {}) {
    super();
  }

  async print(sheet: Sheet): Promise<Buffer> {
    assertPrintable(sheet.body);
    return this.inTurn(async () => {
      try {
        return await this.attempt(sheet);
      } catch (error) {
        if (this.closed || error instanceof NoBrowser) throw error;
        return this.attempt(sheet);
      }
    });
  }

  async warm(): Promise<void> {
    const sheet = { title: 'Souspli', css: '', body: '<p>« Où l’œuvre s’écrit » — É, À, ç</p>' };
    for (let done = 0; done < WARM_UP; done++) await this.print(sheet);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.inTurn(() => this.dropBrowser());
  }

  /** For the tests of a killed browser, and for the health page. */
  get browserPid(): number | undefined {
    return this.browser?.pid;
  }

  /** Prints never meet on one page: each waits for those before it, whether they succeeded or not. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private async attempt(sheet: Sheet): Promise<Buffer> {
    const browser = await this.ready();
    try {
      return await this.limited(browser.page(sheet.css).then((page) => page.print(sheet)));
    } catch (error) {
      await this.dropBrowser();
      throw error;
    }
  }

  /** Outside the time limit: a browser abandoned while it starts would live on, forgotten. */
  private async ready(): Promise<PressBrowser> {
    if (this.closed) throw new Error('The printer is closed');
    if (this.browser && !this.browser.alive) await this.dropBrowser();
    this.browser ??= await PressBrowser.launch(this.options.executablePath);
    return this.browser;
  }

  private async dropBrowser(): Promise<void> {
    const browser = this.browser;
    this.browser = undefined;
    await browser?.kill();
  }

  /** Our own limit: Puppeteer’s is three minutes, and a page stuck in its layout never answers. */
  private async limited<T>(work: Promise<T>): Promise<T> {
    const limit = this.options.timeLimit ?? 10_000;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Impression abandonnée : plus de ${limit / 1000} secondes.`)), limit);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
