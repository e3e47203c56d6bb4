import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { draftTheCommission, seedInvented } from '../../src/demo/seed.js';
import { agirWorld, type AgirWorld, fillIn, greenLightFor67, shareDiagnostic } from '../contracts/world.js';

const MAX_PAGES = 260;
const ROLES = ['ministry', 'buyer', 'sgar', 'officer', 'signatory', 'opener1', 'admin', 'passerelle', 'marches@amli.example'];
/** What a template lets through when a field is missing or hidden by a helper. */
const LEFTOVERS = />\s*(undefined|null|NaN|true|false|\[object Object\])\s*<|\{\{|\bundefined\b|\[object /;
const EMPTY_HEADING = /<h[1-3][^>]*>\s*<\/h[1-3]>/;

/** Every link of every role's pages leads somewhere, and no page shows a leftover of its template. */
describe('toutes les pages de tous les rôles', () => {
  let w: AgirWorld;
  beforeAll(async () => {
    w = await agirWorld('sqlite');
    await draftTheCommission(w.t.app);
    await seedInvented(w.t.app);
    await fillIn(w);
    await shareDiagnostic(w);
    await w.greenLights.give(w.who.ministry, w.framework.id, greenLightFor67);
    await w.signing.submit(w.who.buyer, w.contractId);
    await w.signing.sign(w.who.sgar, w.contractId);
    await w.t.jobs.finishAll();
    await w.launching.launch(w.who.buyer, w.contractId);
    await w.contracts.prepare(w.who.buyer, { frameworkId: w.framework.id, departments: ['68', '88'], deadline: '2023-12-01T12:00' });
    await w.t.jobs.finishAll();
  }, 60_000);
  afterAll(() => w.t.close());

  it.each(ROLES)('%s', async (role) => {
    const browser = await w.t.browser(role);
    const seen = new Set<string>();
    const queue = [['/', '']];
    const wrong: string[] = [];
    // One of each kind of page is enough: 94 departments look alike.
    const kinds = new Map<string, number>();
    while (queue.length > 0 && seen.size < MAX_PAGES) {
      const [path = '/', from = ''] = queue.shift() ?? [];
      if (seen.has(path)) continue;
      seen.add(path);
      const kind = path.replace(/\?.*/, '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replace(/\/\d+[AB]?(?=\/|\.|$)/g, '/:n');
      const times = kinds.get(kind) ?? 0;
      if (times >= 4) continue;
      kinds.set(kind, times + 1);
      const answer = await browser.get(path);
      if (answer.status >= 300 && answer.status < 400) {
        queue.push([answer.headers.location ?? '/', path]);
        continue;
      }
      if (answer.status !== 200) wrong.push(`${answer.status} ${path} from ${from}`);
      if (!(answer.headers['content-type'] ?? '').includes('html')) continue;
      const leftover = LEFTOVERS.exec(answer.text.replace(/<(script|style|pre|code|textarea)[\s\S]*?<\/\1>/g, ''));
      if (leftover) wrong.push(`« ${answer.text.slice(Math.max(0, leftover.index - 80), leftover.index + 40).replace(/\s+/g, ' ')} » ${path}`);
      if (EMPTY_HEADING.test(answer.text)) wrong.push(`titre vide ${path}`);
      for (const [, href = ''] of answer.text.matchAll(/<a\b[^>]*\shref="([^"#]*)/g)) {
        const link = href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
        if (link.startsWith('/') && !link.startsWith('//') && !link.startsWith('/assets/') && !link.startsWith('/demonstration')) queue.push([link, path]);
      }
    }
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(3);
  }, 120_000);
});
