import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sectionsOf, STARTS } from '../../src/consultations/writing.js';
import { WritingService } from '../../src/consultations/writing.service.js';
import { agirWorld, type AgirWorld, refusal } from '../contracts/world.js';
import { DATABASES } from '../support/databases.js';

describe('un document écrit', () => {
  it('se lit en parties numérotées, sous-parties, listes et paragraphes', () => {
    expect(sectionsOf('Intro\n\n# A\ntexte\nsuite\n## B\n- un\n- deux\n\nfin')).toEqual([
      { number: '1', title: 'Objet', paragraphs: ['Intro'], items: [] },
      { number: '2', title: 'A', paragraphs: ['texte suite'], items: [], subsections: [{ title: 'B', paragraphs: ['fin'], items: ['un', 'deux'] }] },
    ]);
    expect(sectionsOf(STARTS.rules).map((one) => one.number)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(sectionsOf(' \n\n')).toEqual([]);
  });

  it('ne perd aucun mot, quoi qu’on écrive', () => {
    const words = fc.array(fc.constantFrom('# Titre', '## Sous', '- point', 'mot', 'autre mot', ''), { maxLength: 30 });
    fc.assert(
      fc.property(words, (lines) => {
        const sections = sectionsOf(lines.join('\n'));
        const all = JSON.stringify(sections);
        for (const word of ['Titre', 'Sous', 'point', 'mot']) {
          const typed = lines.join(' ').split(word).length;
          expect(all.split(word).length).toBeGreaterThanOrEqual(typed);
        }
      }),
    );
  });
});

describe.each(DATABASES)('la rédaction dans l’application (%s)', (kind) => {
  let w: AgirWorld;
  let id = '';
  beforeAll(async () => {
    w = await agirWorld(kind);
    id = (await w.reading.find(w.who.buyer, w.contractId)).contract.consultationId ?? '';
  }, 60_000);
  afterAll(() => w.t.close());

  it('enregistre, montre, et joint le PDF au dossier, une fois par titre', async () => {
    const writing = w.t.app.get(WritingService);
    const browser = await w.t.browser('buyer');
    const base = `/consultations/${id}/redaction/rules`;
    expect((await browser.get(base)).text).toContain('# Objet et déroulement');
    expect((await browser.get(`/consultations/${id}/redaction/autre`)).status).toBe(404);
    expect(await refusal(writing.save(w.who.buyer, id, 'rules', ' '))).toBe('invalid');
    expect(await refusal(writing.save(w.who.officer, id, 'rules', '# A\n\nb'))).toBe('not-found');
    await browser.post(base, { text: '# Une partie\n\nSon texte.' });
    await browser.post(base, { text: '# Une partie\n\nSon texte corrigé.' });
    expect((await writing.pdf(w.who.buyer, id, 'rules')).toString()).toMatch(/Sommaire.*1\. Une partie.*Son texte corrigé/s);
    expect((await browser.post(`${base}/joindre`)).headers.location).toBe(`/marches/${w.contractId}#documents`);
    await browser.post(`${base}/joindre`);
    const { contract } = await w.reading.find(w.who.buyer, w.contractId);
    expect(contract.documents.map((one) => [one.title, one.kind])).toEqual([['Règlement de la consultation', 'rules']]);
  });
});
