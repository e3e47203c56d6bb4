import { frenchDecimal } from './decimal.js';

// Geometry of the charts: drawn on the server by templates/components/chart.hbs, on pages and in the report alike.

export interface Chart {
  id: string;
  title: string;
  /** The same in words, for who does not see it; a table beside says everything. */
  desc: string;
  width: number;
  height: number;
  /** `tone` is one of six, each with its class in both style sheets. */
  bars: { x: string; y: string; width: string; height: string; tone: number }[];
  lines: { points: string; tone: number }[];
  marks: { d: string; tone: number }[];
  texts: { x: string; y: string; anchor: 'start' | 'middle' | 'end'; words: string; on?: boolean; strong?: boolean }[];
  axes: { d: string }[];
  legend: { tone: number; label: string; mark: string }[];
}

const WIDTH = 480;
const TONES = 6;
const n = (value: number) => value.toFixed(1);
const toneOf = (index: number) => (index % TONES) + 1;
/** Shapes tell the formulas apart without their colours. */
const SHAPES = [
  (x: number, y: number) => `M${n(x - 4)} ${n(y)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`,
  (x: number, y: number) => `M${n(x - 4)} ${n(y - 4)}h8v8h-8z`,
  (x: number, y: number) => `M${n(x)} ${n(y - 5)}l5 9h-10z`,
];

export interface PointsOf {
  name: string;
  total: bigint;
  /** In the order of the criteria. */
  points: bigint[];
}

const ROW = 46;
const BAR = 20;
const CHARTED = 20;

/** Points out of 100 by criterion, one bar an offer, best first; the first twenty. */
export function pointsChart(offers: readonly PointsOf[], criteria: readonly string[], decimals: number, id = 'points'): Chart | null {
  if (offers.length === 0 || criteria.length === 0) return null;
  const shown = offers.slice(0, CHARTED);
  const scale = (points: bigint) => (Number(points) / 10 ** decimals / 100) * (WIDTH - 4);
  const written = (value: bigint) => frenchDecimal(value, decimals);
  const chart: Chart = { id, title: 'Points par critère', desc: '', width: WIDTH, height: shown.length * ROW + 4, bars: [], lines: [], marks: [], texts: [], axes: [], legend: criteria.map((label, index) => ({ tone: toneOf(index), label, mark: 'M1 1h10v10h-10z' })) };
  shown.forEach(({ name, total, points }, row) => {
    const y = row * ROW;
    chart.texts.push({ x: '2', y: n(y + 15), anchor: 'start', words: short(name), strong: true }, { x: n(WIDTH - 2), y: n(y + 15), anchor: 'end', words: written(total), strong: true });
    chart.bars.push({ x: '2', y: n(y + 20), width: n(WIDTH - 4), height: n(BAR), tone: 0 });
    let x = 2;
    points.forEach((value, index) => {
      const width = scale(value);
      if (width >= 1) chart.bars.push({ x: n(x), y: n(y + 20), width: n(Math.max(1, width - 1.5)), height: n(BAR), tone: toneOf(index) });
      if (width >= 42) chart.texts.push({ x: n(x + width / 2), y: n(y + 34), anchor: 'middle', words: written(value), on: true });
      x += width;
    });
  });
  const more = offers.length > shown.length ? ` Les ${shown.length} premières offres sur ${offers.length}.` : '';
  chart.desc = `${shown.map(({ name, total, points }) => `${name} : ${written(total)} points sur 100, dont ${criteria.map((label, index) => `${label} ${written(points[index] ?? 0n)}`).join(', ')}.`).join(' ')}${more}`;
  return chart;
}

const HEIGHT = 300;
const LEFT = 46;
const BOTTOM = 34;

/**
 * Notes by price, one line a formula.
 * @param prices in cents, @param series notes in the order of the prices, integers of `decimals` decimals, from 0 to `max`
 */
export function notesChart(prices: readonly bigint[], series: readonly { label: string; notes: readonly bigint[] }[], { max, decimals }: { max: number; decimals: number }, id = 'notes'): Chart {
  const order = prices.map((price, index) => ({ price, index })).toSorted((a, b) => (a.price < b.price ? -1 : a.price > b.price ? 1 : 0));
  const [low, high] = [Number(order[0]?.price ?? 0n), Number(order.at(-1)?.price ?? 0n)];
  const x = (price: bigint) => LEFT + 8 + (high === low ? 0.5 : (Number(price) - low) / (high - low)) * (WIDTH - LEFT - 22);
  const y = (note: bigint) => 10 + (1 - Number(note) / 10 ** decimals / max) * (HEIGHT - BOTTOM - 12);
  const euros = (cents: number) => `${Math.round(cents / 100).toString().replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')}\u00a0€`;
  const whole = (note: number) => BigInt(note) * 10n ** BigInt(decimals);
  return {
    id,
    title: 'Note de prix selon la formule',
    desc: series.map(({ label, notes }) => `${label} : ${order.map(({ price, index }) => `${euros(Number(price))} donne ${frenchDecimal(notes[index] ?? 0n, decimals)}`).join(', ')}.`).join(' '),
    width: WIDTH,
    height: HEIGHT,
    bars: [],
    axes: [{ d: `M${LEFT} 4V${HEIGHT - BOTTOM + 2}H${WIDTH - 4}` }, ...[0, max].map((note) => ({ d: `M${LEFT - 4} ${n(y(whole(note)))}h4` }))],
    lines: series.map(({ notes }, index) => ({ tone: toneOf(index), points: order.map((one) => `${n(x(one.price))},${n(y(notes[one.index] ?? 0n))}`).join(' ') })),
    marks: series.flatMap(({ notes }, index) => order.map((one) => ({ tone: toneOf(index), d: (SHAPES[index % SHAPES.length] ?? shape)(x(one.price), y(notes[one.index] ?? 0n)) }))),
    texts: [
      { x: n(LEFT - 7), y: n(y(whole(max)) + 5), anchor: 'end', words: String(max) },
      { x: n(LEFT - 7), y: n(y(0n) + 5), anchor: 'end', words: '0' },
      { x: n(x(BigInt(low))), y: n(HEIGHT - 12), anchor: high === low ? 'middle' : 'start', words: euros(low) },
      ...(high === low ? [] : [{ x: n(x(BigInt(high))), y: n(HEIGHT - 12), anchor: 'end' as const, words: euros(high) }]),
    ],
    legend: series.map(({ label }, index) => ({ tone: toneOf(index), label, mark: (SHAPES[index % SHAPES.length] ?? shape)(6, 6) })),
  };
}

const shape = (x: number, y: number) => `M${n(x)} ${n(y)}h1`;
const short = (name: string) => (name.length > 44 ? `${name.slice(0, 43)}…` : name);
