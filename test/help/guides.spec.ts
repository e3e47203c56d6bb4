import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { GUIDES, guideHtml, type GuideName } from '../../src/help/guides.js';

const names = Object.keys(GUIDES) as GuideName[];

describe('les guides', () => {
  it.each(names)('« %s » mène à des images et à des guides qui existent, sans reste de Markdown', (name) => {
    const html = String(guideHtml(name));
    expect(html).toContain('<h1>');
    expect(html).toContain('Qui appeler');
    const images = [...html.matchAll(/<img src="\/aide\/images\/([^"]+)" alt="([^"]+)"/g)];
    expect(images.length).toBeGreaterThan(1);
    for (const [, file, alt] of images) {
      expect(existsSync(`docs/images/${file}`)).toBe(true);
      expect(alt?.length).toBeGreaterThan(20);
    }
    for (const [, target] of html.matchAll(/href="\/aide\/(\w+)"/g)) expect(names).toContain(target);
    expect(html).not.toMatch(/\]\(|\*\*|guide-\w+\.md/);
  });

  it('tiennent en deux pages, apostrophes typographiques', () => {
    for (const name of names) {
      const text = readFileSync(`docs/guide-${name}.md`, 'utf8');
      expect(text.split(/\s+/).length).toBeLessThan(1200);
      expect(text).not.toMatch(/\p{L}'\p{L}/u);
    }
  });

  it('ne citent que des mots qui sont à l’écran, dans les courriels ou dans les lettres', () => {
    const files = ['src', 'templates'].flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|hbs|js)$/.test(file)).map((file) => `${folder}/${file}`));
    const screens = plain(files.map((file) => readFileSync(file, 'utf8')).join('\n'));
    const missing = names.flatMap((name) => [...readFileSync(`docs/guide-${name}.md`, 'utf8').matchAll(/«([^»]+)»/g)].map(([, quoted = '']) => `${name} : ${plain(quoted).trim()}`));
    expect(missing.length).toBeGreaterThan(100);
    // « Signer les… lettres » stands for any number.
    expect(missing.filter((line) => !line.slice(line.indexOf(' : ') + 3).split('…').every((part) => screens.includes(part.trim())))).toEqual([]);
  });
});

/** Without case, tags, kinds of spaces and what French puts a space before. */
function plain(text: string) {
  return text.replaceAll(/\u00a0|\u202f|\\u00a0|\\u202f|&nbsp;|<[^>]+>|\s/g, ' ').replaceAll(/ +/g, ' ').replaceAll(/ ([:;?!])/g, '$1').toLocaleLowerCase('fr-FR');
}
