// dist/verifier.html: the page that checks a receipt, in one file. Style and script are inline and named by their hashes in its
// policy, which allows nothing else: no network, no other script. Not minified: an expert may read it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './steps.mjs';

const folder = join(root, 'templates', 'verifier');
const read = (...path) => readFileSync(join(...path), 'utf8');
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** `%KEY%` (empty in the file of the build), `<!--links-->` and `<!--origin-->` are filled by the server (src/help/verifier.pages.ts). */
export async function verifierPage() {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(folder, 'verifier.js')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'inline',
    logLevel: 'silent',
  });
  const script = outputFiles[0].text;
  // The application's own stylesheet, without its fonts, which would have to be fetched.
  const source = `${read(root, 'templates', 'assets', 'app.css').replaceAll(/@font-face \{[^}]*\}/g, '')}\n${read(folder, 'verifier.css')}`;
  const style = (await esbuild.transform(source, { loader: 'css', minify: true, charset: 'utf8' })).code;
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return read(folder, 'verifier.html')
    .replace('%POLICY%', policy)
    .replace('%STYLE%', () => style)
    .replace('%SCRIPT%', () => script);
}

/** What the page is made of, beside src/: the build starts again when one changes. */
export const verifierSources = () => [...['verifier.html', 'verifier.css', 'verifier.js'].map((name) => join(folder, name)), join(root, 'templates', 'assets', 'app.css'), join(root, 'package-lock.json')];
