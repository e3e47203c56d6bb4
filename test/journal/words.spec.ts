import { FRENCH_SAMPLES } from './samples.js';
import { writtenKinds } from './kinds.js';
import { DECISIONS } from '../../src/journal/decisions.js';
import { sentenceOf, WORDS } from '../../src/journal/words.js';

const kinds = writtenKinds();

it('finds the acts in the code, by hand-written names, through functions and in two halves', () => {
  expect(kinds.length).toBeGreaterThan(150);
  expect(kinds).toEqual(expect.arrayContaining(['bid.deposit', 'commission.edit', 'evaluation.lock', 'lot.activate', 'visa.return', 'opening.plan', 'upload.finish', 'upload.part']));
});

it.each(kinds)('« %s » has a sentence', (act) => {
  expect(Object.keys(WORDS)).toContain(act);
  for (const details of FRENCH_SAMPLES) {
    const sentence = sentenceOf({ act, details });
    expect(sentence).toMatch(/^[\p{Lu}].*[^\s.]\.$/u);
    expect(sentence).not.toMatch(/undefined|null|NaN|\{|'|  /);
  }
});

it('each decision has a sentence; what is not known has one too', () => {
  expect([...DECISIONS].filter((act) => !Object.hasOwn(WORDS, act))).toEqual([]);
  expect(sentenceOf({ act: 'constructor', details: {} })).toBe('Un acte est enregistré.');
});
