import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
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
});
