// A Jest reporter that only counts, for scripts/test.mjs.
import { writeFileSync } from 'node:fs';

export default class Tally {
  onRunComplete(_contexts, results) {
    if (!process.env.SOUSPLI_TALLY) return;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites, // a file that does not even load is a failure
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(process.env.SOUSPLI_TALLY, JSON.stringify(counts));
  }
}
