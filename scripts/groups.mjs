// Jest loads the whole application anew for each spec file: a third of the suite's time. For the whole suite, light specs are
// gathered: files that only import a few specs each, written aside, where Jest looks for them instead.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './steps.mjs';

const FOLDER = join(root, 'data', 'var', 'suite');
const GROUPS = 10;
/** Long by themselves; they start first, so that neither core ends alone. */
export const LONG = /[\\/](journeys|faults|simulation)[\\/]|imports[\\/]imports|guards|neighbours|leak|crowd|uploads|verifier|workstation/;
/** What stands outside any `describe` would be for all the specs of a group. */
const ALONE = /^(before|after)(All|Each)\(/m;

/** @returns Jest's arguments, for the same tests in fewer files */
export function grouped() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const specs = readdirSync(join(root, 'test'), { recursive: true }).filter((file) => file.endsWith('.spec.ts')).map((file) => join(root, 'test', file));
  const sized = specs.map((file) => ({ file, size: statSync(file).size })).toSorted((a, b) => b.size - a.size);
  const alone = sized.filter(({ file }) => LONG.test(file) || ALONE.test(readFileSync(file, 'utf8')));
  const groups = Array.from({ length: GROUPS }, () => ({ files: [], size: 0 }));
  for (const one of sized.filter((each) => !alone.includes(each))) {
    const least = groups.reduce((a, b) => (b.size < a.size ? b : a));
    least.files.push(one.file);
    least.size += one.size;
  }
  const rank = ({ file }) => (LONG.test(file) ? 0 : 1);
  const ordered = [...alone.filter((one) => rank(one) === 0).map(({ file }) => [file]), ...groups.map(({ files }) => files), ...alone.filter((one) => rank(one) === 1).map(({ file }) => [file])];
  for (const [n, files] of ordered.entries()) {
    const name = files.length === 1 ? relative(join(root, 'test'), files[0]).replace(/[\\/]/g, '-').replace(/\.spec\.ts$/, '') : 'group';
    const lines = files.map((file) => `import '${relative(FOLDER, file).replaceAll('\\', '/').replace(/\.ts$/, '.js')}';\n`);
    writeFileSync(join(FOLDER, `${String(n).padStart(2, '0')}-${name}.spec.ts`), lines.join(''));
  }
  return ['--roots', FOLDER];
}
