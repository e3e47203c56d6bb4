import type { Browser, CDPSession, Page } from 'puppeteer-core';
import type { Sheet } from './printer.js';
import { MOVE_RUNNING, RUNNING_STYLE } from './running.js';

/** No network, no script, no frame; fonts and images only when they are in the page itself (letters.md 5). */
const SECURITY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";

/**
 * A page that keeps its stylesheet and its decoded fonts, and whose body alone changes from one letter to the next:
 * half the time of giving it the whole document again (letters.md 1).
 */
export class ShellPage {
  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
    private readonly crash: Promise<never>,
  ) {}

  static async open(browser: Browser, css: string): Promise<ShellPage> {
    const page = await browser.newPage();
    await page.setJavaScriptEnabled(false); // ours, sent through the session, still runs
    await page.setContent(shell(css));
    const session = await page.createCDPSession();
    const crash = new Promise<never>((_, reject) => {
      session.on('Inspector.targetCrashed', () => reject(new Error('the page crashed')));
      browser.once('disconnected', () => reject(new Error('the browser is gone')));
    });
    crash.catch(() => undefined); // it may come when nobody is printing
    await session.send('Inspector.enable');
    return new ShellPage(page, session, crash);
  }

  async print(sheet: Sheet): Promise<Buffer> {
    return Promise.race([this.swapAndPrint(sheet), this.crash]);
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  private async swapAndPrint({ title, body }: Sheet): Promise<Buffer> {
    const { exceptionDetails } = await this.session.send('Runtime.evaluate', {
      expression: `document.title=${JSON.stringify(title)};document.body.innerHTML=${JSON.stringify(body)};${MOVE_RUNNING};1`,
    });
    if (exceptionDetails) throw new Error(`the body was not taken: ${exceptionDetails.text}`);
    const { data } = await this.session.send('Page.printToPDF', {
      preferCSSPageSize: true,
      printBackground: true,
      generateTaggedPDF: true,
      generateDocumentOutline: true,
    });
    return Buffer.from(data, 'base64');
  }
}

/** Hidden on screen: only the printed layout is ever computed. */
function shell(css: string): string {
  return `<!doctype html>
<html lang="fr-FR">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${SECURITY}">
<title>Souspli</title>
<style>${css}
@media screen{body{display:none}}</style>
${RUNNING_STYLE}
</head>
<body></body>
</html>`;
}
