import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import type { Sheet } from '../platform/spreadsheet.js';
import { decimalOf, frenchDecimal, plainDecimal } from './decimal.js';
import { COLUMNS, folded, type LineFault, numberText, readColumns } from './schedule-cells.js';

/** Quantities have three decimals at most. */
export const QUANTITY_PLACES = 3;
export const MOST_DECIMALS = 6;

export interface BlankLine {
  code: string;
  label: string;
  unit: string;
  /** Decimal text; none in a schedule of unit prices alone (BPU): such a line enters no total. */
  quantity: string | null;
}

export interface PricedLine {
  code: string;
  /** Decimal text, as many decimals as announced. */
  price: string | null;
  /** Quantity × price, in cents; none without a quantity or a readable price. */
  amountCents: number | null;
}

/** Bordereau des prix unitaires (BPU) or détail quantitatif estimatif (DQE): the buyer's blank form. Id of the consultation. */
@Entity('price_schedule')
export class PriceSchedule {
  @Id() id!: string;
  /** Decimals of a unit price, at most: announced. */
  @Int() decimals!: number;
  @Json() lines: BlankLine[] = [];
  @Text() fileName!: string;
  @Ref() byId!: string;
  @Instant() at!: Date;
}

/** The form as a bidder filled it in, checked line by line. Id of the bid. */
@Entity('filled_schedule')
@Index('filled_schedule_consultation', ['consultationId'])
export class FilledSchedule {
  @Id() id!: string;
  @Ref() consultationId!: string;
  /** Cents; none while a line is at fault, or when nothing has a quantity. */
  @Money(true) totalCents: number | null = null;
  @Json() lines: PricedLine[] = [];
  @Json() faults: LineFault[] = [];
  @Text() fileName!: string;
  @Ref() byId!: string;
  @Instant() at!: Date;
}

/** The blank form: a code, a label, and a quantity where an estimate is asked. */
export function readBlank(sheet: Sheet): { lines: BlankLine[]; faults: LineFault[] } {
  const { cellOf, faults } = readColumns(sheet, COLUMNS.slice(0, 4));
  if (faults.length > 0) return { lines: [], faults };
  const lines: BlankLine[] = [];
  for (const { line, cells } of sheet.rows) {
    const [code, label, unit, quantity] = COLUMNS.slice(0, 4).map((column) => cellOf(cells, column)) as [string, string, string, string];
    if (isTotal(code, label)) continue;
    const fail = (column: string, message: string) => faults.push({ line, column, message });
    if (!code) fail('Code', 'Donnez un code à cette ligne : il la retrouve dans l’offre.');
    else if (lines.some((one) => folded(one.code) === folded(code))) fail('Code', `Le code « ${code} » est là deux fois.`);
    if (!label) fail('Désignation', 'La désignation manque.');
    const read = quantity === '' ? null : decimalOf(numberText(quantity), QUANTITY_PLACES);
    if (read === undefined || read === 0n) fail('Quantité', `« ${quantity} » n’est pas une quantité : un nombre au-dessus de zéro, à trois décimales au plus, ou rien pour un prix unitaire seul.`);
    lines.push({ code, label, unit, quantity: read === null || read === undefined ? null : plainDecimal(read, QUANTITY_PLACES) });
  }
  return { lines, faults };
}

/** Sum of quantity × price, in cents: half a cent is rounded up, line by line, as the form adds up. */
export const amountOf = (quantity: bigint, price: bigint, decimals: number): bigint => {
  const scale = 10n ** BigInt(QUANTITY_PLACES + decimals);
  return (quantity * price * 200n + scale) / (2n * scale);
};

/**
 * A filled form against the blank one: every line once, unchanged, with a price of the announced decimals, and right sums.
 * @returns the lines that could be read, their total when nothing is at fault, and each fault with its line and its column
 */
export function checkFilled(sheet: Sheet, blank: Pick<PriceSchedule, 'lines' | 'decimals'>): { lines: PricedLine[]; totalCents: number | null; faults: LineFault[] } {
  const { cellOf, faults } = readColumns(sheet, COLUMNS);
  if (faults.length > 0) return { lines: [], totalCents: null, faults };
  const found = new Map<string, PricedLine>();
  const grand: { line: number; cents: bigint | undefined; typed: string }[] = [];
  for (const { line, cells } of sheet.rows) {
    const [code, label, unit, quantity, price, total] = COLUMNS.map((column) => cellOf(cells, column)) as [string, string, string, string, string, string];
    if (isTotal(code, label)) {
      if (total) grand.push({ line, cents: decimalOf(numberText(total), 2), typed: total });
      continue;
    }
    const fail = (column: string, message: string) => void faults.push({ line, column, message });
    const asked = blank.lines.find((one) => folded(one.code) === folded(code));
    if (!asked) fail('Code', code ? `La ligne « ${code} » n’est pas dans le bordereau vierge.` : 'Cette ligne n’a pas de code : elle n’est pas dans le bordereau vierge.');
    else if (found.has(asked.code)) fail('Code', `La ligne « ${code} » est là deux fois.`);
    else {
      if (folded(label) !== folded(asked.label)) fail('Désignation', `La désignation a changé : le bordereau vierge dit « ${asked.label} ».`);
      if (folded(unit) !== folded(asked.unit)) fail('Unité', `L’unité a changé : le bordereau vierge dit « ${asked.unit || 'rien'} ».`);
      if (changedQuantity(quantity, asked)) fail('Quantité', `La quantité a changé : le bordereau vierge dit « ${asked.quantity === null ? 'rien' : shortQuantity(asked.quantity)} ».`);
      found.set(asked.code, priced(asked, { price, total }, blank.decimals, fail));
    }
  }
  for (const { code, label } of blank.lines.filter((one) => !found.has(one.code))) faults.push({ line: null, column: 'Code', message: `La ligne « ${code} », ${label}, manque.` });
  const lines = [...found.values()];
  const sum = lines.reduce((all, one) => all + BigInt(one.amountCents ?? 0), 0n);
  for (const { line, cents, typed } of grand) if (faults.length === 0 && cents !== sum) faults.push({ line, column: 'Total HT', message: `La somme des lignes fait ${frenchDecimal(sum, 2)} €, et non ${typed}.` });
  const estimated = lines.some((one) => one.amountCents !== null);
  return { lines, totalCents: faults.length === 0 && estimated ? Number(sum) : null, faults: faults.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity)) };
}

function priced(asked: BlankLine, typed: { price: string; total: string }, decimals: number, fail: (column: string, message: string) => void): PricedLine {
  const none = { code: asked.code, price: null, amountCents: null };
  const written = numberText(typed.price);
  if (written === '') return fail('Prix unitaire HT', 'Le prix unitaire manque.'), none;
  const price = decimalOf(written, decimals);
  if (price === undefined) {
    const longer = decimalOf(written, 15);
    fail('Prix unitaire HT', longer === undefined ? `« ${typed.price} » n’est pas un prix : écrivez un nombre d’euros hors taxes.` : `« ${typed.price} » a trop de décimales : ${decimals} au plus sont annoncées.`);
    return none;
  }
  if (price === 0n) return fail('Prix unitaire HT', 'Un prix de zéro : demandez au candidat de le confirmer, ou de le justifier (art. L. 2152-6).'), none;
  const quantity = asked.quantity === null ? null : (decimalOf(asked.quantity, QUANTITY_PLACES) ?? 0n);
  const amount = quantity === null ? null : amountOf(quantity, price, decimals);
  if (amount !== null && amount > BigInt(Number.MAX_SAFE_INTEGER)) return fail('Prix unitaire HT', 'Ce montant est trop grand.'), none;
  if (amount !== null && typed.total !== '') {
    const total = decimalOf(numberText(typed.total), 2);
    if (total === undefined) fail('Total HT', `« ${typed.total} » n’est pas un montant : écrivez un nombre d’euros, à deux décimales au plus.`);
    else if (total !== amount) fail('Total HT', `Quantité × prix unitaire fait ${frenchDecimal(amount, 2)} €, et non ${frenchDecimal(total, 2)} €.`);
  }
  return { code: asked.code, price: plainDecimal(price, decimals), amountCents: amount === null ? null : Number(amount) };
}

const isTotal = (code: string, label: string) => /^(total|sous-total)\b/.test(folded(code || label));
const changedQuantity = (typed: string, { quantity }: BlankLine) => (typed === '' ? null : decimalOf(numberText(typed), QUANTITY_PLACES)) !== (quantity === null ? null : decimalOf(quantity, QUANTITY_PLACES));
export const shortQuantity = (quantity: string) => quantity.replace(/\.?0+$/, '').replace('.', ',');
