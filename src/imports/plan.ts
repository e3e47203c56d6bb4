import { Lot, LotDepartment } from '../agreements/lot.js';
import { inEuros } from '../platform/typed.js';
import type { ImportCounts } from './data-import.js';

export type Effect = 'create' | 'update' | 'same' | 'error';

export interface LineError {
  /** As the spreadsheet shows it. */
  line: number;
  column: string;
  message: string;
}

/** What would become of one column: « vide » is the empty string. */
export interface Difference {
  column: string;
  from: string;
  to: string;
}

export interface PlannedLine {
  line: number;
  /** What the line is about, in words. */
  label: string;
  effect: Effect;
  differences: Difference[];
  errors: LineError[];
}

/** Records to write. New ones bear the identifiers they were planned with. */
export interface Writes {
  add: object[];
  change: object[];
  remove: object[];
  /** Addresses that will be able to sign in for an organisation. */
  access: { email: string; organisationId: string }[];
}

export interface Plan {
  lines: PlannedLine[];
  /** Of the header and of the lines, in their order. */
  errors: LineError[];
  counts: ImportCounts;
  writes: Writes;
}

/** What one line asks for, once read without fault. */
export interface Outcome {
  effect: Exclude<Effect, 'error'>;
  differences: Difference[];
}

/** Values shown side by side: old, new. */
export type Shown = Record<string, string>;

/** Everything a line would set is compared in the words that a person reads. */
export function differences(before: Shown | null, after: Shown): Difference[] {
  return Object.entries(after)
    .map(([column, to]) => ({ column, from: before?.[column] ?? '', to }))
    .filter(({ from, to }) => from !== to);
}

/** Created, modified or unchanged. */
export function outcomeOf(before: Shown | null, after: Shown): Outcome {
  const found = differences(before, after);
  return { effect: before === null ? 'create' : found.length > 0 ? 'update' : 'same', differences: found };
}

export const dayShown = (day: string | null) => (day === null ? '' : day.split('-').toReversed().join('/'));
export const moneyShown = (cents: number | null) => inEuros(cents) ?? '';
export const numberShown = (value: number | null) => (value === null ? '' : String(value));
export const codesShown = (codes: readonly string[]) => codes.toSorted().join(' ');

/** A lot with its departments, from the database or from the file. */
export type LotWithPlaces = Lot & { places: LotDepartment[] };
