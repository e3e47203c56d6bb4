import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execSync } from 'node:child_process';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { checkLetter, InvitationData, type LetterKind } from '../../src/letters/letter-data.js';
import { sectionsOf, STARTS } from '../../src/consultations/writing.js';
import { ChromiumPrinter } from '../../src/press/chromium-printer.js';
import { assertPrintable } from '../../src/press/printable.js';
import { commissionLetter, invitation, lateReceipt, minutes, receipt, register, sheet, specifications, withdrawalReceipt } from './fixtures.js';

async function read(pdf: Uint8Array) {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const pages: string[] = [];
  for (let n = 1; n <= document.numPages; n += 1) {
    const { items } = await (await document.getPage(n)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(' '));
  }
  const { info } = await document.getMetadata();
  return { pages: document.numPages, text: pages.join(' ').replace(/\s+/g, ''), tagged: (await document.getMarkInfo())?.Marked, info: info as { Title?: string; Language?: string } };
}

describe('la presse', () => {
  const printer = new ChromiumPrinter({ executablePath: process.env.PUPPETEER_EXECUTABLE_PATH });
  beforeAll(() => printer.warm(), 60_000);
  afterAll(() => printer.close());

  const kinds: [LetterKind, () => object][] = [
    ['invitation', invitation],
    ['commission-letter', commissionLetter],
    ['specifications', specifications],
    ['receipt', receipt],
    ['receipt', lateReceipt],
    ['withdrawal-receipt', withdrawalReceipt],
    ['register', register],
    ['minutes', minutes],
  ];

  it.each(kinds)('imprime %s : balisé, titré, en français', async (kind, data) => {
    const document = await read(await printer.print(sheet(kind, data())));
    expect(document).toMatchObject({ tagged: true, info: { Language: 'fr-FR' } });
    expect(document.info.Title).not.toBe('');
    expect(document.text).not.toMatch(/undefined|\[object|NaN/);
  });

  it('imprime un cahier des charges écrit dans l’application : sommaire, liens internes, pages « 2/N »', async () => {
    const long = `${STARTS.specifications}\n\n# Détail\n\n${'Une phrase assez longue pour remplir la page, encore et encore. '.repeat(250)}`;
    const data = { ...specifications(), sections: sectionsOf(long), contents: true };
    const pdf = await printer.print(sheet('specifications', data));
    const { pages, text } = await read(pdf);
    expect(pages).toBeGreaterThan(2);
    expect(text).toContain('Sommaire');
    for (let n = 2; n <= pages; n += 1) expect(text).toContain(`${n}/${pages}`);
    const [first] = await Promise.all([getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise.then((one) => one.getPage(1))]);
    expect((await first.getAnnotations()).filter((one: { dest?: string }) => one.dest !== undefined)).toHaveLength(sectionsOf(long).length);
  }, 60_000);

  it('imprime tel quel ce qui ressemble à du HTML ou à un gabarit', async () => {
    const hostile = '<b onclick="x">gras</b> {{constructor}} {{{x}}} </style> œ É « ! »';
    const data = { ...invitation(), paragraphs: [hostile] };
    const { text } = await read(await printer.print(sheet('invitation', data)));
    expect(text).toContain('<bonclick="x">gras</b>{{constructor}}{{{x}}}</style>œÉ«!»');
  });

  it('refuse ce qui chargerait, exécuterait ou redirigerait', () => {
    for (const body of ['<script>x</script>', '<iframe src="x">', '<object data="x">', '<embed>', '<form>', '<link rel="x">', '<base href="x">', '<meta http-equiv="refresh">', '<p onclick="x">', '<a href="https://x.example">', '<a href="javascript:x">', '<p href="#x">']) {
      expect(() => assertPrintable(body)).toThrow();
    }
    expect(() => assertPrintable('<p>script onclick= &lt;script&gt;</p>')).not.toThrow();
  });

  it('ne mélange pas les lettres demandées ensemble', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `Organisation-${i}-unique`);
    const printed = await Promise.all(names.map((name) => printer.print(sheet('invitation', { ...invitation(), paragraphs: [name] }))));
    const texts = await Promise.all(printed.map(read));
    texts.forEach(({ text }, i) => expect(text).toContain(names[i]));
  });

  it('survit à la mort du navigateur', async () => {
    // Only browsers: in band, the database of the suite is a child of this process too.
    const children = execSync(`ps -o pid=,args= --ppid ${process.pid}`).toString().split('\n');
    const browsers = children.filter((line) => /headless|chrom/i.test(line)).map((line) => Number.parseInt(line, 10));
    expect(browsers.length).toBeGreaterThan(0);
    for (const pid of browsers) process.kill(pid, 'SIGKILL');
    expect((await read(await printer.print(sheet('invitation', invitation())))).tagged).toBe(true);
  }, 60_000);
});

describe('une lettre', () => {
  it('part avec chaque blanc rempli, ou ne part pas', () => {
    const data = invitation() as InvitationData;
    const { purpose: _, ...rest } = data;
    expect(() => checkLetter(Object.assign(new InvitationData(), rest))).toThrow('ce qui est commandé');
    expect(() => checkLetter(Object.assign(new InvitationData(), data))).not.toThrow();
  });
});
