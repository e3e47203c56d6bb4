import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommissionTerms } from './commission.js';
import { typedTerms } from './typed.js';

/** AGIR is the first programme: its words are data, offered as a start and editable. */
export class AgirProgramme {
  static terms(): CommissionTerms & { title: string } {
    return JSON.parse(readFileSync(join(process.cwd(), 'data/reference/programme-agir.json'), 'utf8')) as CommissionTerms & { title: string };
  }

  static typed() {
    const terms = AgirProgramme.terms();
    return { ...typedTerms(terms), title: terms.title, ceiling: '', deadline: '' };
  }
}
