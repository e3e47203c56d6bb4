import { Invalid } from '../platform/errors.js';
import { inEuros, linesOf } from '../platform/typed.js';
import type { AwardRule } from './award-rule.js';
import { notesChart } from './chart.js';
import { frenchDecimal, type Rounding, ROUNDINGS } from './decimal.js';
import { PRICE_FORMULAS, type PriceFormula, priceNotes, priceOf } from './price-notes.js';

export interface SimulationForm {
  prices: bigint[];
  max: number;
  decimals: number;
  rounding: Rounding;
  typed: { prices: string; max: string; decimals: string; rounding: string };
}

const MOST_PRICES = 50;

/**
 * Sample prices, a line each or separated by semicolons, and the rule to try.
 * @throws Invalid beside each field
 */
export function simulationOf({ prices, max, decimals, rounding }: SimulationForm['typed']): SimulationForm {
  const faults: { field: string; message: string }[] = [];
  const typed = { prices, max, decimals, rounding };
  const lines = linesOf(prices.replaceAll(';', '\n'));
  const read = lines.slice(0, MOST_PRICES).flatMap((line) => {
    try {
      return priceOf(line, 'prices');
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      faults.push({ field: 'prices', message: `« ${line} » : ${error.message}` });
      return [];
    }
  });
  if (lines.length === 0) faults.push({ field: 'prices', message: 'Écrivez au moins un prix, un par ligne.' });
  if (lines.length > MOST_PRICES) faults.push({ field: 'prices', message: `${MOST_PRICES} prix au plus.` });
  if (!/^[1-9]\d{0,2}$|^1000$/.test(max)) faults.push({ field: 'max', message: 'La note maximale est un nombre entier, de 1 à 1 000.' });
  if (!/^[0-4]$/.test(decimals)) faults.push({ field: 'decimals', message: 'Les notes ont de zéro à quatre décimales.' });
  if (!Object.hasOwn(ROUNDINGS, rounding)) faults.push({ field: 'rounding', message: 'Choisissez un arrondi.' });
  const first = faults.filter((one, index) => faults.findIndex((other) => other.field === one.field) === index);
  if (first.length > 0) throw new Invalid(first, typed);
  return { prices: read, max: Number(max), decimals: Number(decimals), rounding: rounding as Rounding, typed };
}

/** What to start from: around the budget when there is one, noted by the rule of the call. */
export function simulationStart(budgetCents: number | null, rule: AwardRule | null): SimulationForm['typed'] {
  const around = budgetCents === null ? [100_000_00, 120_000_00, 150_000_00] : [75, 90, 100].map((percent) => Math.round((budgetCents * percent) / 100));
  const price = rule?.criteria.find((one) => one.kind === 'price');
  return { prices: around.map((cents) => (inEuros(cents) ?? '').replace(/\u00a0€$/, '').replaceAll('\u202f', '\u00a0')).join('\n'), max: String(price?.max ?? 40), decimals: String(rule?.decimals ?? 2), rounding: rule?.rounding ?? 'half-up' };
}

/** The same prices under every formula: as a table, and as a chart. */
export function simulate({ prices, max, decimals, rounding }: SimulationForm, announced: PriceFormula | null) {
  const series = (Object.keys(PRICE_FORMULAS) as PriceFormula[]).map((formula) => ({ formula, ...PRICE_FORMULAS[formula], notes: priceNotes(prices, { formula, max: BigInt(max) * 10n ** BigInt(decimals), decimals, rounding }) }));
  return {
    max,
    formulas: series.map(({ formula, label, words }) => ({ formula, label, words, announced: formula === announced })),
    rows: prices.map((price, index) => ({ price: inEuros(Number(price)) ?? '', notes: series.map(({ label, notes }) => ({ label, note: frenchDecimal(notes[index] ?? 0n, decimals) })) })),
    chart: notesChart(prices, series, { max, decimals }),
  };
}
