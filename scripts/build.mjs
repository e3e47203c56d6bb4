// src/**/*.ts → dist/**/*.js with swc, in under a second. Types are checked apart (npm run typecheck).
// Nothing is copied: templates and reference data are read from the project’s root; one page is composed (scripts/verifier.mjs). Benches are plain JavaScript that imports dist/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { isMain, main, root, step, Stop } from './steps.mjs';
import { verifierPage, verifierSources } from './verifier.mjs';

const src = join(root, 'src');
const dist = join(root, 'dist');
const stamp = join(dist, '.sources');

/** Whether dist/ was made from the very sources that are there now. By content: a checkout changes dates, not code. */
export const isBuilt = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();

export async function build() {
  if (isBuilt()) return;
  await step('Compilation', compile);
}

async function compile() {
  const { transformFile } = await import('@swc/core');
  const print = fingerprint();
  // All is compiled before anything is written: a syntax error leaves the former build in place.
  const outputs = await Promise.all(
    sources().map(async (file) => {
      const target = join(dist, relative(src, file)).replace(/\.ts$/, '.js');
      const options = { cwd: root, sourceMaps: true, sourceFileName: relative(dirname(target), file) };
      const { code, map } = await transformFile(file, options).catch((error) => {
        throw new Stop(`${relative(root, file)} ne se compile pas :\n${error.message}`);
      });
      return { target, code: `${code}\n//# sourceMappingURL=${basename(target)}.map\n`, map };
    }),
  );
  const page = await verifierPage().catch((error) => {
    throw new Stop(`La page de vérification des reçus ne se compose pas : ${error.message}`);
  });
  rmSync(dist, { recursive: true, force: true });
  for (const { target, code, map } of outputs) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
    writeFileSync(`${target}.map`, map);
  }
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, 'verifier.html'), page);
  writeFileSync(stamp, print);
}

function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(root, '.swcrc')));
  for (const file of verifierSources()) hash.update(readFileSync(file)).update('\0');
  for (const file of sources()) hash.update(relative(src, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function sources() {
  return readdirSync(src, { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => join(src, name));
}

if (isMain(import.meta.url)) await main(build);
