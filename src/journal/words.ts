import { AWARD_WORDS } from './words-of-awards.js';
import { CALL_WORDS } from './words-of-calls.js';
import { FILE_WORDS } from './words-of-files.js';

export type Words = Readonly<Record<string, string | ((details: Record<string, unknown>) => string)>>;

/** One French sentence per kind of line. A test reads the code for every kind that it writes, and asks for its sentence here. */
export const WORDS: Words = { ...CALL_WORDS, ...AWARD_WORDS, ...FILE_WORDS };

export function sentenceOf({ act, details }: { act: string; details: Record<string, unknown> }): string {
  const words = Object.hasOwn(WORDS, act) ? WORDS[act] : undefined;
  return typeof words === 'function' ? words(details) : (words ?? 'Un acte est enregistré.');
}
