// Every kind of line that the code can write, read in the code itself: the second argument of each `perform`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { FRAMEWORK_MOVES } from '../../src/agreements/framework-agreement.js';
import { LOT_MOVES } from '../../src/agreements/lot.js';
import { DIAGNOSTIC_MOVES } from '../../src/commissions/diagnostic.js';

/** Names made of two halves, with what the second half may be: a new one fails until it is written here. */
const MADE: Record<string, readonly string[]> = {
  'visa.': ['give', 'return'],
  'contract.': ['fail', 'abandon', 'terminate', 'complete'],
  'framework.': Object.keys(FRAMEWORK_MOVES),
  'lot.': Object.keys(LOT_MOVES),
  'diagnostic.': Object.keys(DIAGNOSTIC_MOVES),
};

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join('src', file), 'utf8') }));
const parsed = new Map<string, ts.SourceFile>();
const tree = (file: string, text: string) => {
  const known = parsed.get(file) ?? ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  parsed.set(file, known);
  return known;
};

function calls(node: ts.Node, found: ts.CallExpression[] = []): ts.CallExpression[] {
  if (ts.isCallExpression(node)) found.push(node);
  ts.forEachChild(node, (child) => void calls(child, found));
  return found;
}

const nameOf = ({ expression }: ts.CallExpression) => (ts.isPropertyAccessExpression(expression) ? expression.name.text : ts.isIdentifier(expression) ? expression.text : '');
const isMethod = ({ expression }: ts.CallExpression) => ts.isPropertyAccessExpression(expression);
type Fn = ts.FunctionLikeDeclaration & { name?: ts.Node };

/** The function whose parameter this identifier is. */
function owner(node: ts.Node, parameter: string): { fn: Fn; index: number } {
  for (let up: ts.Node | undefined = node; up; up = up.parent) {
    if (!ts.isFunctionLike(up)) continue;
    const index = (up as Fn).parameters.findIndex((one) => one.name.getText() === parameter);
    if (index >= 0) return { fn: up as Fn, index };
  }
  throw new Error(`whose parameter is ${parameter}?`);
}

function kindsIn(argument: ts.Expression | undefined, file: string): string[] {
  if (!argument) return [];
  if (ts.isStringLiteral(argument) || ts.isNoSubstitutionTemplateLiteral(argument)) return [argument.text];
  if (ts.isConditionalExpression(argument)) return [...kindsIn(argument.whenTrue, file), ...kindsIn(argument.whenFalse, file)];
  if (ts.isTemplateExpression(argument)) {
    const ends = MADE[argument.head.text];
    if (!ends) throw new Error(`${file}: what may follow ${argument.getText()}? Say it in MADE.`);
    return ends.map((end) => `${argument.head.text}${end}`);
  }
  if (!ts.isIdentifier(argument)) throw new Error(`${file}: ${argument.getText()} names no kind that can be read`);
  const { fn, index } = owner(argument, argument.text);
  const name = fn.name?.getText() ?? '';
  const method = ts.isMethodDeclaration(fn);
  const exported = ts.isFunctionDeclaration(fn) && fn.modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword);
  const where = exported ? sources.filter(({ text }) => text.includes(name)) : sources.filter((one) => one.file === file);
  const asked = where.flatMap((one) => calls(tree(one.file, one.text)).filter((call) => nameOf(call) === name && isMethod(call) === method).flatMap((call) => kindsIn(call.arguments[index], one.file)));
  const initial = fn.parameters[index]?.initializer;
  return [...asked, ...kindsIn(initial, file)];
}

/** Kinds that `perform` writes, sorted. */
export function writtenKinds(): string[] {
  const found = sources
    .filter(({ file, text }) => text.includes('perform(') && file !== join('platform', 'acts.ts'))
    .flatMap(({ file, text }) => calls(tree(file, text)).filter((call) => nameOf(call) === 'perform').flatMap((call) => kindsIn(call.arguments[1], file)));
  return [...new Set(found)].toSorted();
}
