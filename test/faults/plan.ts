// Which disaster falls where, run after run: every step of a deposit is struck in turn, and the same seeds give the same plan.
import type { When } from '../support/points.js';
import type { Kind } from '../simulation/stage.js';

export const FAULTS = {
  kill: { on: '.', share: 10 },
  'disk-full': { on: '^(disk\\.(folder|open|write)|sql\\.)', share: 4 },
  fsync: { on: '^(disk\\.(sync|rename))', share: 2 },
  'answer-lost': { on: '^answer\\.(POST|PATCH|DELETE)', share: 2 },
  'database-gone': { on: '^sql\\.', share: 2 },
  locked: { on: '^$', share: 1 },
  'mail-down': { on: '^$', share: 1 },
  'clock-forward': { on: '.', share: 1 },
  'clock-back': { on: '.', share: 1 },
} as const;
export type Fault = keyof typeof FAULTS;

/** A run on a small disk that is really full is played apart. */
export type Kinds = Record<Fault | 'disk-really-full', number>;

export interface Run {
  run: number;
  fault: Fault;
  nth: number;
  when: When;
}

/** @param trace the steps of one undisturbed deposit */
export function planOf(runs: number, kind: Kind, trace: readonly string[]): Run[] {
  const turns = faultsInTurn(runs, kind);
  const seen = new Map<Fault, number>();
  return turns.map((fault, run) => {
    const count = seen.get(fault) ?? 0;
    seen.set(fault, count + 1);
    const pattern = new RegExp(FAULTS[fault].on);
    const steps = Math.max(1, trace.filter((step) => pattern.test(step)).length);
    // Before and after each step, in an order that spreads few runs over the whole deposit, and comes everywhere in the end.
    const place = (count * strideOf(2 * steps)) % (2 * steps);
    return { run, fault, nth: place >> 1, when: fault === 'answer-lost' || fault === 'database-gone' ? 'before' : place % 2 === 0 ? 'before' : 'after' };
  });
}

export function faultsInTurn(runs: number, kind: Kind): Fault[] {
  const cycle = (Object.keys(FAULTS) as Fault[]).filter((fault) => kind === 'postgres' || fault !== 'database-gone').flatMap((fault) => Array.from({ length: FAULTS[fault].share }, (_, i) => ({ fault, at: (i + 0.5) / FAULTS[fault].share })));
  const mixed = cycle.toSorted((a, b) => a.at - b.at).map((one) => one.fault);
  return Array.from({ length: runs }, (_, run) => mixed[run % mixed.length]);
}

/** Near the golden section, and without a common divisor: it comes everywhere. */
function strideOf(length: number): number {
  let stride = Math.max(1, Math.round(length * 0.618));
  while (divisor(stride, length) > 1) stride += 1;
  return stride;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
