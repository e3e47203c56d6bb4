import { statSync } from 'node:fs';
import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** The longest first, on a new machine too, where Jest remembers no duration: a journey that starts last leaves the other core idle. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const weight = ({ path, duration }) => duration ?? (/[\\/]journeys[\\/]/.test(path) ? 1e9 : /[\\/](faults|simulation|imports)[\\/]|guards|neighbours|leaks/.test(path) ? 1e8 : 0) + statSync(path).size;
    const heaviest = new Map(tests.map((test) => [test, weight(test)]));
    return tests.toSorted((a, b) => heaviest.get(b) - heaviest.get(a));
  }
}
