import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { playOnce } from '../../src/demo/once.js';
import { verifyReceipt } from '../../src/sealing/verify-receipt.js';

const bare = (text: string) => text.replaceAll("'", '’').replace(/\s+/g, '');

async function textOf(file: string) {
  const pdf = await getDocument({ data: new Uint8Array(readFileSync(file)), verbosity: 0 }).promise;
  const pages = [];
  for (let n = 1; n <= pdf.numPages; n += 1) {
    const { items } = await (await pdf.getPage(n)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(' '));
  }
  const metadata = (await pdf.getMetadata()).info as { Title?: string; Language?: string };
  return { text: pages.join(' '), pages: pdf.numPages, tagged: (await pdf.getMarkInfo())?.Marked, title: metadata.Title, language: metadata.Language };
}

describe('npm run demo -- --once', () => {
  const out = mkdtempSync(join(tmpdir(), 'souspli-once-test-'));
  let ok = false;

  beforeAll(async () => {
    ok = await playOnce(out, process.env.PUPPETEER_EXECUTABLE_PATH);
  }, 120_000);

  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it('joue l’histoire comme attendu et laisse tous ses documents', () => {
    expect(ok).toBe(true);
    const { steps } = JSON.parse(readFileSync(join(out, 'story.json'), 'utf8')) as { steps: { ok: boolean; outcome: string }[] };
    expect(steps.filter((step) => !step.ok)).toEqual([]);
    expect(steps.map((step) => step.outcome)).toEqual(expect.arrayContaining(['forbidden', 'too-early', 'quorum', 'not-found', 'sealed', '2', 'intact', 'locked']));
    const letters = readdirSync(join(out, 'letters')).toSorted();
    expect(letters).toHaveLength(24);
    expect(letters[0]).toBe('01-fondation-notre-dame.pdf');
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['cahier-des-charges.pdf', 'lettre-de-commande.pdf', 'lettre-hors-delai.pdf', 'minutes.pdf', 'rapport-analyse.pdf', 'analyse-des-offres.xlsx', 'register.pdf', 'receipts', 'story.json']));
  });

  it('la lettre contient chaque phrase de la lettre réelle, sur une page balisée en français', async () => {
    const { text, pages, tagged, title, language } = await textOf(join(out, 'letters/in-fine.pdf'));
    expect({ pages, tagged, language }).toEqual({ pages: 1, tagged: true, language: 'fr-FR' });
    expect(title).toContain('Lettre d’invitation');
    const source = readFileSync(new URL('./bas-rhin-sentences.txt', import.meta.url), 'utf8').trim().split('\n');
    expect(source.length).toBeGreaterThan(30);
    for (const sentence of source) expect(bare(text)).toContain(bare(sentence));
  });

  it('chaque accusé est signé ; le retardataire est reçu hors délai', async () => {
    const receipts = readdirSync(join(out, 'receipts')).filter((name) => name.endsWith('.json'));
    expect(receipts).toHaveLength(6);
    for (const name of receipts) {
      const receipt = JSON.parse(readFileSync(join(out, 'receipts', name), 'utf8')) as { status: string };
      expect((await verifyReceipt(receipt)).ok).toBe(true);
      expect((await verifyReceipt({ ...receipt, buyer: 'Autre' })).ok).toBe(false);
      expect(receipt.status).toBe(name.startsWith('lignes') ? 'late' : 'in-time');
    }
  });

  it('le retardataire est éliminé, par une lettre d’une page', async () => {
    const { text, pages, tagged, title } = await textOf(join(out, 'lettre-hors-delai.pdf'));
    expect({ pages, tagged }).toEqual({ pages: 1, tagged: true });
    expect(title).toContain('hors délai');
    for (const fact of ['Lignes Claires', '23 h 59 min 00,200 s', '200 millisecondes après la date limite', 'R. 2151-5', 'recours pour excès de pouvoir', 'Myriam LEHEILLEIX', '28.07.2023']) expect(bare(text)).toContain(bare(fact));
    expect(text).not.toContain('Projet');
  });

  it('le procès-verbal nomme les ouvreurs, les dépôts et leurs sorts', async () => {
    const { text } = await textOf(join(out, 'minutes.pdf'));
    for (const fact of ['Camille Fictif', 'Dominique Exemple', 'hors délai, non ouvert', 'remplacé, non ouvert', 'retiré, non ouvert', 'Scénario fictif']) {
      expect(bare(text)).toContain(bare(fact));
    }
  });
});
