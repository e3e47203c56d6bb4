import { DEPARTMENTS } from '../people/departments.js';
import { type Outline, OUTLINES, PACKAGE, writtenPath } from './outlines.js';
import { LEGEND, type Tone } from './stage.js';

/** A department with something to say, and the page that says more. */
export interface MapPlace {
  departmentCode: string;
  label: string;
  tone: Tone;
  href: string;
}

export type MapTone = Tone | 'absent';

export interface MapShape {
  code: string;
  name: string;
  label: string;
  tone: MapTone;
  /** Where it leads; none for a department without a place. */
  href: string | null;
  path: string;
  /** `Bas-Rhin (67) : Consultation lancée, 12 jours de retard`, with a no-break space before the colon. */
  accessibleName: string;
  /** Also drawn in the inset, which holds its tab stop: here the mouse alone may follow its link. */
  twin: boolean;
  /** Id of its pattern; none for a plain tone, painted by its class. */
  pattern: string | null;
}

export interface MapPattern {
  id: string;
  tone: MapTone;
  size: number;
  transform: string;
  marks: string;
}

export interface MapView {
  /** Prefix of every id of the drawing: two maps on a page need two prefixes. */
  id: string;
  title: string;
  viewBox: string;
  /** Empty when nothing can be drawn (an overseas region): the template then writes nothing. */
  shapes: MapShape[];
  inset: { title: string; viewBox: string; shapes: MapShape[]; frame: Box } | null;
  legend: { tone: MapTone; label: string; pattern: string | null }[];
  credit: { work: string; licence: string; href: string };
  /** Of the map, the inset and the legend, each at its own scale, so that hatchings look alike everywhere. */
  patterns: MapPattern[];
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
type Drawing = { patterns: string; digits: number; twin: boolean };

const CREDIT = { work: PACKAGE, licence: 'CC BY 4.0', href: 'https://creativecommons.org/licenses/by/4.0/deed.fr' };
const PARIS_REGION: ReadonlySet<string> = new Set(['75', '77', '78', '91', '92', '93', '94', '95']);
const ABSENT = { tone: 'absent', label: 'aucune donnée' } as const;

/** A tile of 8 by 8, its lines drawn past the edges so that they meet. A tone that is not here is plain. */
const TILE = 8;
const SLANTED = 'M-2 2 2-2M-2 10 10-2M6 10 10 6';
const MARKS: Partial<Record<MapTone, string>> = {
  todo: 'M2 2h0M6 6h0', // dots: lines of no length, with round ends
  current: SLANTED,
  attention: 'M2 0V8M6 0V8',
  danger: `${SLANTED}M-2 6 2 10M-2-2 10 10M6-2 10 2`,
  absent: 'M0 2H8M0 6H8',
};
const TONES = Object.keys(MARKS) as MapTone[];

const FRANCE: Box = { x: 0, y: 0, width: 613, height: 585 };

/**
 * The map of the departments, or of those of a region.
 * @param options.only codes of the departments drawn; the view closes in on them
 * @param options.id prefix of the ids, `map` if not given
 */
export function mapOf(places: readonly MapPlace[], options: { only?: readonly string[]; id?: string } = {}): MapView {
  const { only, id = 'map' } = options;
  const byCode = new Map(places.map((place) => [place.departmentCode.toUpperCase(), place]));
  const drawn = only ? OUTLINES.filter(({ code }) => only.some((one) => one.toUpperCase() === code)) : OUTLINES;
  const enlarged = only ? [] : drawn.filter(({ code }) => PARIS_REGION.has(code));

  const view = only ? around(drawn) : FRANCE;
  const frame = around(enlarged);
  const digits = only ? 2 : 1;
  const draw = (outline: Outline, drawing: Drawing) => shapeOf(outline, byCode.get(outline.code), drawing);
  const shapes = drawn.map((outline) => draw(outline, { patterns: `${id}-main`, digits, twin: enlarged.includes(outline) }));
  const insetShapes = enlarged.map((outline) => draw(outline, { patterns: `${id}-inset`, digits: 2, twin: false }));
  const entries = shapes.some(({ tone }) => tone === 'absent') ? [...LEGEND, ABSENT] : LEGEND;

  return {
    id,
    title: titleOf(drawn, only !== undefined),
    viewBox: viewBoxOf(view),
    shapes,
    inset: only ? null : { title: 'Île-de-France, agrandie', viewBox: viewBoxOf(frame), shapes: insetShapes, frame },
    legend: entries.map(({ tone, label }) => ({ tone, label, pattern: patternOf(tone, `${id}-key`) })),
    credit: CREDIT,
    patterns: [
      ...patternsOf(`${id}-main`, scaleOf(view)),
      // The inset is shown at half the width of the map: its tiles are twice as large in its own units.
      ...(only ? [] : patternsOf(`${id}-inset`, 2 * scaleOf(frame))),
      ...patternsOf(`${id}-key`, 1),
    ],
  };
}

function shapeOf({ code, name, lines }: Outline, place: MapPlace | undefined, drawing: Drawing): MapShape {
  const { tone, label } = place ?? ABSENT;
  return {
    code,
    name,
    label,
    tone,
    href: place?.href ?? null,
    path: writtenPath(code, lines, drawing.digits),
    accessibleName: `${name} (${code})\u00a0: ${label}`,
    twin: drawing.twin,
    pattern: patternOf(tone, drawing.patterns),
  };
}

const patternOf = (tone: MapTone, prefix: string) => (tone in MARKS ? `${prefix}-${tone}` : null);

function patternsOf(prefix: string, scale: number): MapPattern[] {
  return TONES.map((tone) => ({ id: `${prefix}-${tone}`, tone, size: TILE, transform: `scale(${Number(scale.toFixed(4))})`, marks: MARKS[tone] ?? '' }));
}

function titleOf(drawn: readonly Outline[], regional: boolean): string {
  const [region, other] = new Set(drawn.map(({ code }) => DEPARTMENTS.get(code)?.regionName.replaceAll("'", '’') ?? ''));
  return regional && region && other === undefined ? `Carte des départements, ${region}` : 'Carte des départements';
}

/** The box of these outlines, with a margin of 3 % of its longer side. */
function around(outlines: readonly Outline[]): Box {
  const points = outlines.flatMap(({ lines }) => lines.flat());
  if (points.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top, right, bottom] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const margin = 0.03 * Math.max(right - left, bottom - top);
  const tenths = (value: number) => Math.round(value * 10) / 10;
  return { x: tenths(left - margin), y: tenths(top - margin), width: tenths(right - left + 2 * margin), height: tenths(bottom - top + 2 * margin) };
}

const viewBoxOf = ({ x, y, width, height }: Box) => `${x} ${y} ${width} ${height}`;
/** How far this view is from the national one, in which a tile has its own size. */
const scaleOf = ({ width, height }: Box) => Math.max(width / FRANCE.width, height / FRANCE.height);
