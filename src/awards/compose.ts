import type { LetterKind } from '../letters/letter-data.js';
import type { LettersService } from '../letters/letters.service.js';
import { Refused } from '../platform/errors.js';

/**
 * A letter with a compulsory field empty does not leave, and the field is named.
 * @param what « La lettre à Atelier des Possibles »
 * @throws Refused('blank')
 */
export function composeOrRefuse(letters: LettersService, kind: LetterKind, data: object, what: string) {
  try {
    return letters.compose(kind, data);
  } catch (error) {
    const blanks = error instanceof Error ? [...error.message.matchAll(/^- (.+) \([\w.]+\)$/gm)].map(([, blank]) => blank) : [];
    if (blanks.length === 0) throw error;
    throw new Refused('blank', `${what} ne peut pas partir : ${[...new Set(blanks)].join(', ')}.`, { blanks });
  }
}
