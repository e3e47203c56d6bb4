import { afterAll, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as fx from './fixtures.js';
import { ChromiumPrinter } from '../../src/press/chromium-printer.js';
const p = new ChromiumPrinter();
afterAll(() => p.close());
it('shows', async () => {
  const docs: Record<string, unknown> = { ...fx };
  for (const [kind, name] of [['invitation','invitation'],['commission-letter','commissionLetter'],['specifications','specifications'],['receipt','receipt'],['receipt','lateReceipt'],['withdrawal-receipt','withdrawalReceipt'],['register','register'],['minutes','minutes']] as const) {
    const make = docs[name] as undefined | (() => any); if (!make) continue;
    const data = make();
    writeFileSync(`/tmp/pressout/${name}.pdf`, await p.print(fx.sheet(kind, data)));
    if (name === 'invitation') { data.frame.date = null; data.frame.signature = null; data.frame.notice = 'Scénario fictif\u00a0: aucun de ces dépôts n’a eu lieu'; writeFileSync(`/tmp/pressout/draft.pdf`, await p.print(fx.sheet(kind, data))); }
  }
}, 60000);
