import type { GreenLight } from '../agreements/green-light.js';
import type { Holder } from '../agreements/lot.js';
import type { DeclaredStage } from '../cockpit/declared-stage.js';
import type { Diagnostic } from '../commissions/diagnostic.js';
import type { SubsequentContract } from '../contracts/subsequent-contract.js';
import { Invalid } from '../platform/errors.js';
import type { Sheet } from '../platform/spreadsheet.js';
import type { Day } from '../platform/working-days.js';
import { LineReader, readHeader } from './cells.js';
import type { ImportKind } from './data-import.js';
import type { Listed } from './directory.js';
import { headerOf } from './kinds.js';
import type { LotWithPlaces, Outcome, Plan, PlannedLine, Writes } from './plan.js';
import { planHistory } from './plan-history.js';
import { planHolders } from './plan-holders.js';
import { planLots } from './plan-lots.js';
import { planTargets } from './plan-targets.js';

export const MAX_LINES = 10_000;

/** All that the planner may know, read once: it asks the database nothing. A kind reads what concerns it. */
export interface Facts {
  frameworkId: string;
  /** Its call is of 2022 or later: each lot has a maximum (R2162-4). */
  needsMaximum: boolean;
  /** The file itself: what a region imports is proved by it. */
  proof: { reference: string; fileId: string };
  today: Day;
  now: Date;
  authorId: string;
  /** Regions the import may touch; none in the list means all of them. */
  regions: readonly string[];
  newId(): string;
  lots: readonly LotWithPlaces[];
  holders: readonly Holder[];
  /** Organisations that the file may mean. */
  directory: readonly Listed[];
  /** Addresses of agents of the State among those of the file. */
  agents: ReadonlySet<string>;
  contracts: readonly SubsequentContract[];
  diagnostics: readonly Diagnostic[];
  greenLights: readonly GreenLight[];
  stages: readonly DeclaredStage[];
}

/** Reads one line, says what it is about and what it would do; null when it has a fault. */
type ReadLine = (reader: LineReader) => { label: string; outcome: Outcome | null };
/** `finish` judges what only the whole file can tell. */
export type Planner = (facts: Facts, readers: readonly LineReader[], writes: Writes) => { read: ReadLine; finish?: () => void };

const PLANNERS: Record<ImportKind, Planner> = { lots: planLots, titulaires: planHolders, cibles: planTargets, historique: planHistory };

/** @throws Invalid on `file` when the sheet is too long */
export function mustNotBeTooLong(sheet: Sheet) {
  if (sheet.rows.length > MAX_LINES) throw Invalid.field('file', `Ce fichier a ${sheet.rows.length} lignes\u00a0: ${MAX_LINES} au plus. Coupez-le en plusieurs fichiers.`);
}

/**
 * What a file would change, line by line, or its faults by line and column. Pure: nothing is read, nothing is written.
 * @throws Invalid on `file` above 10,000 lines
 */
export function plan(kind: ImportKind, sheet: Sheet, facts: Facts): Plan {
  mustNotBeTooLong(sheet);
  const writes: Writes = { add: [], change: [], remove: [], access: [] };
  const { positions, errors } = readHeader(sheet, headerOf(kind));
  if (errors.length > 0) return { lines: [], errors, counts: countsOf([], sheet.rows.length), writes };
  const readers = sheet.rows.map(({ line, cells }) => new LineReader(line, cells, positions, sheet.header.length));
  const { read, finish } = PLANNERS[kind](facts, readers, writes);
  const results = readers.map((reader) => ({ reader, ...read(reader) }));
  finish?.();
  const lines = results.map(lineOf);
  return { lines, errors: lines.flatMap((one) => one.errors), counts: countsOf(lines, sheet.rows.length), writes };
}

function lineOf({ reader, label, outcome }: ReturnType<ReadLine> & { reader: LineReader }): PlannedLine {
  const { line, sortedErrors: errors } = reader;
  if (outcome === null || errors.length > 0) return { line, label, effect: 'error', differences: [], errors };
  return { line, label, ...outcome, errors: [] };
}

function countsOf(lines: readonly PlannedLine[], total: number) {
  const counts = { total, create: 0, update: 0, same: 0, error: 0 };
  for (const { effect } of lines) counts[effect] += 1;
  return counts;
}
