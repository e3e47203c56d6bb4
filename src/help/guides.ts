import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked } from 'marked';
import { trustedHtml } from '../platform/templates.js';

/** The user guides, written once as `docs/guide-NAME.md`: read in the repository, on the site, and printed. */
export const GUIDES = {
  agent: 'Guide de l’agent',
  acheteur: 'Guide de l’acheteur régional',
  ministere: 'Guide du niveau national',
  signataire: 'Guide du signataire',
  ouvreur: 'Guide de l’ouvreur des plis',
  analyse: 'Guide de l’analyse des offres',
  attribution: 'Guide de l’attribution',
  candidat: 'Guide de l’organisation candidate',
} as const;
export type GuideName = keyof typeof GUIDES;

export const isGuide = (name: string): name is GuideName => Object.hasOwn(GUIDES, name);

/** HTML of our own file: the only text of the product that is not escaped. */
export function guideHtml(name: GuideName) {
  const source = readFileSync(join(process.cwd(), 'docs', `guide-${name}.md`), 'utf8');
  const marked = new Marked({
    walkTokens(token) {
      if (token.type === 'link') token.href = token.href.replace(/^guide-(\w+)\.md/, '/aide/$1');
      if (token.type === 'image') token.href = token.href.replace(/^images\//, '/aide/images/');
    },
  });
  return trustedHtml(marked.parse(source, { async: false }));
}
