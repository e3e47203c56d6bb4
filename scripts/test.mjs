// npm test [-- jest arguments]: sets up, runs the whole suite, and ends on a line `N passed, N failed` that machines read.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grouped } from './groups.mjs';
import { setup } from './setup.mjs';
import { launch, main } from './steps.mjs';

await main(async () => {
  await setup({ dev: true, browser: true, age: true });
  const folder = mkdtempSync(join(tmpdir(), 'souspli-tally-'));
  const tally = join(folder, 'tally.json');
  // Jest’s ES modules still stand behind a flag. The tally goes through a file: Jest may write after its reporters, or die before them.
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const asked = process.argv.slice(2);
  const code = await launch([...jest, ...(asked.length > 0 ? asked : grouped())], { SOUSPLI_TALLY: tally });
  const { passed, failed, skipped } = read(tally);
  rmSync(folder, { recursive: true });
  const mishap = code !== 0 && failed === 0 ? 1 : 0; // a run that fails without a failed test has still failed
  console.log(`\n${passed} passed, ${failed + mishap} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return code;
});

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }; // Jest did not reach its end
  }
}
