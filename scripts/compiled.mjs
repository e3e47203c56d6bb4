// src/ and what the tests share, compiled side by side into a folder of their own: a harness runs the real sources, or
// sources with a fault planted in them, while dist/ stays what is served.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { root, Stop } from './steps.mjs';

const FOLDERS = ['src', 'test/support', 'test/simulation', 'test/faults'];

/** @returns the folder; `remove` it afterwards */
export async function compiled() {
  const folder = mkdtempSync(join(tmpdir(), 'souspli-compiled-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  const files = FOLDERS.flatMap((name) => readdirSync(join(root, name), { recursive: true }).map((file) => join(name, file)));
  await Promise.all(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')).map((file) => compile(folder, file)));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** @param edits search and replace, each found exactly once: a mutant that changes nothing would prove nothing */
export async function compile(folder, file, edits = []) {
  const { transform } = await import('@swc/core');
  let text = readFileSync(join(root, file), 'utf8');
  for (const [search, replace] of edits) {
    if (text.split(search).length !== 2) throw new Stop(`« ${search} » ne se trouve pas une fois exactement dans ${file} : ce mutant est à récrire.`);
    text = text.replace(search, () => replace);
  }
  const target = join(folder, file).replace(/\.ts$/, '.js');
  const { code } = await transform(text, { cwd: root, filename: join(root, file), sourceMaps: 'inline', sourceFileName: relative(dirname(target), join(root, file)) });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
}
