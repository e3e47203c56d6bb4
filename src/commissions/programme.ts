import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommissionTerms } from './commission.js';
import { typedTerms } from './typed.js';

/** AGIR is the first programme: its words are data, offered as a start and editable. */
export function agirTerms(): CommissionTerms & { title: string } {
  return JSON.parse(readFileSync(join(process.cwd(), 'data/reference/programme-agir.json'), 'utf8')) as CommissionTerms & { title: string };
}

export function agirTyped() {
  const terms = agirTerms();
  return { ...typedTerms(terms), title: terms.title, ceiling: '', deadline: '' };
}
