import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { createRequire } from 'node:module';
import { LONG } from './groups.mjs';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** The longest first, on a new machine too, where Jest remembers no duration: a journey that starts last leaves the other core idle. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => Number(/^\d\d(?=-)/.exec(basename(path))?.[0] ?? Infinity); // of scripts/groups.mjs
    const weight = ({ path, duration }) => duration ?? (LONG.test(path) ? 1e9 : 0) + statSync(path).size;
    return tests.toSorted((a, b) => place(a) - place(b) || weight(b) - weight(a));
  }
}
