import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';

/** One page seen by a journey, as `npm run journeys` counts and shows it. */
export interface Seen {
  journey: string;
  caption: string;
  path: string;
  width: number;
  /** Picture, relative to the sheet's folder. */
  file: string;
  axe: number;
}

/** The contact sheet: a picture of each page seen. Kept only when `SOUSPLI_SHEET` names a folder. */
export class Sheet {
  private readonly folder = process.env.SOUSPLI_SHEET;
  private count = 0;

  get kept(): boolean {
    return this.folder !== undefined;
  }

  constructor(private readonly journey: string) {}

  async add(page: Page, caption: string, axe: number) {
    if (!this.folder) return;
    this.count += 1;
    const width = page.viewport()?.width ?? 0;
    const file = `${this.journey}-${String(this.count).padStart(3, '0')}.png` as const;
    mkdirSync(this.folder, { recursive: true });
    await page.screenshot({ path: join(this.folder, file), fullPage: true });
    const seen: Seen = { journey: this.journey, caption, path: new URL(page.url()).pathname, width, file, axe };
    appendFileSync(join(this.folder, 'pages.jsonl'), `${JSON.stringify(seen)}\n`);
  }

  note(kind: 'consoleErrors', message: string) {
    if (this.folder) appendFileSync(join(this.folder, `${kind}.jsonl`), `${JSON.stringify(message)}\n`);
  }

  /** A document as the signed-in person receives it, for a picture of its first page. */
  async document(page: Page, path: string, name: string) {
    if (!this.folder) return;
    const base64 = (await page.evaluate(`fetch(${JSON.stringify(path)}).then((answer) => answer.arrayBuffer()).then((bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')))`)) as string;
    mkdirSync(join(this.folder, 'pictures'), { recursive: true });
    writeFileSync(join(this.folder, 'pictures', `${name}.pdf`), Buffer.from(base64, 'base64'));
  }

  /** A picture with a name, for README and guides: the top of the page as a person sees it, small. */
  async picture(page: Page, name: string) {
    if (!this.folder || page.viewport()?.width !== 1280) return;
    mkdirSync(join(this.folder, 'pictures'), { recursive: true });
    const height = Math.min(1000, (await page.evaluate('document.documentElement.scrollHeight')) as number);
    await page.screenshot({ path: join(this.folder, 'pictures', `${name}.webp`), type: 'webp', quality: 60, clip: { x: 0, y: 0, width: 1280, height } });
  }
}
