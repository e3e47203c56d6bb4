// The rules of the house that a machine can check, over every file of the tree.
// An exception is a line of EXCEPTIONS, with its reason; never a looser rule.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Rule {
  name: string;
  /** Paths, relative to the root, that the rule watches. */
  in: RegExp;
  /** What may not be found there. */
  refuses: RegExp;
  /** Comments may speak of what the code may not do. */
  ignoringComments?: true;
}

const CODE = /^src\/.*\.ts$/;
const CODE_AND_TESTS = /^(src|test)\/.*\.ts$/;
const TEMPLATES = /^templates\/.*\.hbs$/;
// Written apart, so that this file does not break its own rules.
const word = (...letters: string[]) => letters.join('');

const RULES: Rule[] = [
  { name: 'time comes from Clock', in: CODE, refuses: /new Date\(\s*\)|\bDate\.now\b/, ignoringComments: true },
  { name: 'chance comes from Random', in: CODE, refuses: /\bMath\.random\b|\brandom(UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b/, ignoringComments: true },
  { name: 'the environment is read by config.ts', in: CODE, refuses: /\bprocess\.env\b/, ignoringComments: true },
  { name: 'nothing is typed “any” by force', in: CODE_AND_TESTS, refuses: new RegExp(word('\\bas ', 'any\\b')), ignoringComments: true },
  { name: 'the compiler is not silenced', in: CODE_AND_TESTS, refuses: new RegExp(word('@ts', '-(ignore|expect-error|nocheck)')) },
  { name: 'no test is set apart', in: /^test\/.*\.spec\.ts$/, refuses: /\b(it|test|describe)\.(only|skip|todo|failing)\b|\b[fx](it|describe|test)\(/, ignoringComments: true },
  { name: 'templates escape everything', in: TEMPLATES, refuses: /\{\{\{|\{\{~?&/ },
  { name: 'French apostrophes are typographic', in: TEMPLATES, refuses: /\p{L}'\p{L}/u },
  { name: 'nothing is left for later', in: /./, refuses: new RegExp(word('\\b(TO', 'DO|FIX', 'ME|XX', 'X)\\b')) },
  { name: 'no path of one machine', in: /./, refuses: new RegExp(word('(^|[\\s\'"`(=:])/(wo', 'rk|ro', 'ot)/'), 'm') },
  { name: 'the lock file names no registry', in: /^package-lock\.json$/, refuses: /"resolved": "http/ },
];

const EXCEPTIONS: { rule: string; file: RegExp; why: string }[] = [
  { rule: 'time comes from Clock', file: /^src\/platform\/clock\.ts$/, why: 'it is the door' },
  { rule: 'chance comes from Random', file: /^src\/platform\/random\.ts$/, why: 'it is the door' },
  { rule: 'chance comes from Random', file: /^src\/platform\/vault\.ts$/, why: 'a nonce of encryption must never be replayed by a test’s chance' },
  { rule: 'chance comes from Random', file: /^src\/sealing\//, why: 'keys and nonces of sealed bids, likewise' },
  { rule: 'the environment is read by config.ts', file: /^src\/config\.ts$/, why: 'it is the door' },
  { rule: 'the environment is read by config.ts', file: /^src\/press\/browser-path\.ts$/, why: 'the npm Chromium reads one variable when it is loaded: it is written, never read' },
];

const LONGEST = 220;
const ROOT = join(import.meta.dirname, '..');
const files = textFiles();

it.each(files)('%s keeps the rules of the house', (file) => {
  expect(violations(file, readFileSync(join(ROOT, file), 'utf8'))).toEqual([]);
});

it('sees what it must refuse', () => {
  expect(violations('src/a/b.ts', 'const now = new Date();')).toEqual([`time comes from Clock, line 1: const now = new Date();`]);
  expect(violations('src/a/b.ts', 'const id = randomUUID(); // new Date()')).toHaveLength(1);
  expect(violations('src/a/b.ts', '/* new Date() */ const url = "https://a.fr"; // Math.random')).toEqual([]);
  expect(violations('templates/a.hbs', "{{{html}}}\n<p>l'offre</p>\n<script>if (a === 'b') go('l')</script>")).toHaveLength(2);
  expect(violations('src/a/b.ts', '\n'.repeat(LONGEST + 1))).toHaveLength(1);
});

function violations(file: string, text: string): string[] {
  const found = RULES.filter((rule) => rule.in.test(file) && !isExcepted(rule, file)).flatMap((rule) =>
    matches(rule, text).map((line) => `${rule.name}, line ${line}: ${text.split('\n')[line - 1]?.trim()}`),
  );
  const length = text.split('\n').length - 1;
  return CODE.test(file) && length > LONGEST ? [...found, `${length} lines: split what does two things (${LONGEST} at most)`] : found;
}

const isExcepted = (rule: Rule, file: string) => EXCEPTIONS.some((exception) => exception.rule === rule.name && exception.file.test(file));

/** Numbers of the lines that break the rule. */
function matches(rule: Rule, text: string): number[] {
  const searched = rule.ignoringComments ? withoutComments(text) : text;
  const everywhere = new RegExp(rule.refuses.source, `${rule.refuses.flags}g`);
  return [...searched.matchAll(everywhere)].map(({ index }) => searched.slice(0, index).split('\n').length);
}

/** Comments become blank, line breaks stay. `https://` in a string is no comment. */
function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[^]*?\*\/|(?<![:'"`])\/\/.*/g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
}

/** The files a person wrote: neither built, installed, nor kept by the running program. */
function textFiles(): string[] {
  const folders = ['src', 'test', 'templates', 'scripts', 'bench', 'docs', 'data/demo', '.ci'].filter((folder) => existsSync(join(ROOT, folder)));
  const nested = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1)),
  );
  const top = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isFile());
  return [...top.map((entry) => entry.name), ...nested].filter((file) => /(\.(c?m?[jt]s|json|hbs|css|md|svg|csv|html|txt|ya?ml)|run)$/.test(file)).toSorted();
}
