import { DEPARTMENTS } from '../people/departments.js';
import { Invalid } from '../platform/errors.js';
import { isFormula, type Sheet } from '../platform/spreadsheet.js';
import { centsOf, MONEY } from '../platform/typed.js';
import { type Day, isDay } from '../platform/working-days.js';
import type { LineError } from './plan.js';

const LONGEST = 1000;
// A tab or a line feed inside a cell would break a letter; a null character breaks PostgreSQL.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f\ufffd]/;
const FRENCH_DAY = /^(\d{2})\/(\d{2})\/(\d{4})$/;
const EMAIL = /^[^\s@;,<>"]+@[^\s@;,<>"]+\.[^\s@;,<>"]+$/;

export const plain = (text: string) => text.normalize('NFC').trim();
/** Kinds and numbers of spaces do not count. */
export const spaced = (text: string) => plain(text).replaceAll(/\s+/g, ' ');
/** Two spellings of one word: case, apostrophes and kinds of spaces do not count; accents do. */
export const folded = (text: string) => spaced(text).toLowerCase().replaceAll('’', "'");

/** Where each expected column stands, and what is wrong with the header. */
export function readHeader(sheet: Sheet, expected: readonly string[]): { positions: Map<string, number>; errors: LineError[] } {
  const positions = new Map<string, number>();
  const errors: LineError[] = [];
  const byName = new Map(expected.map((name) => [folded(name), name]));
  for (const [index, typed] of sheet.header.entries()) {
    const name = byName.get(folded(typed));
    if (folded(typed) === '') {
      const used = sheet.rows.find(({ cells }) => cells[index]);
      if (used) errors.push({ line: used.line, column: `colonne ${index + 1}`, message: 'Cette colonne n’a pas de titre\u00a0: donnez-lui un de ceux du modèle, ou videz-la.' });
    } else if (name === undefined) errors.push({ line: 1, column: plain(typed), message: `La colonne «\u00a0${plain(typed)}\u00a0» est inconnue. Les colonnes attendues sont\u00a0: ${expected.join(', ')}.` });
    else if (positions.has(name)) errors.push({ line: 1, column: name, message: `La colonne «\u00a0${name}\u00a0» est là deux fois.` });
    else positions.set(name, index);
  }
  for (const name of expected) if (!positions.has(name)) errors.push({ line: 1, column: name, message: `La colonne «\u00a0${name}\u00a0» manque.` });
  return { positions, errors };
}

/** One line being read: every fault is kept with its column, and reading goes on. */
export class LineReader {
  readonly errors: LineError[] = [];

  constructor(
    readonly line: number,
    private readonly cells: readonly string[],
    private readonly positions: ReadonlyMap<string, number>,
    width: number,
  ) {
    if (cells.length > width && cells.slice(width).some(Boolean)) this.fail(`colonne ${width + 1}`, `Cette ligne a ${cells.length} cellules, et l’en-tête ${width}\u00a0: un séparateur de trop\u00a0?`);
    for (const [column, index] of positions) this.refuseUnsafe(column, cells[index] ?? '');
  }

  /** One fault per cell: the first says enough. */
  fail(column: string, message: string): null {
    if (!this.errors.some((one) => one.column === column)) this.errors.push({ line: this.line, column, message });
    return null;
  }

  /** From left to right, as the line is read. */
  get sortedErrors(): LineError[] {
    const rank = ({ column }: LineError) => this.positions.get(column) ?? Number.MAX_SAFE_INTEGER;
    return this.errors.toSorted((a, b) => rank(a) - rank(b));
  }

  get faultless() {
    return this.errors.length === 0;
  }

  /**
   * Turns the refusal of an entity's rule into an error of this line.
   * @param column the column at fault, or the column of each field that the rule may name
   */
  obey(column: string | Record<string, string>, rule: () => void) {
    try {
      rule();
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const [{ field } = { field: '' }] = error.errors;
      this.fail(typeof column === 'string' ? column : (column[field] ?? field), error.message);
    }
  }

  text(column: string): string {
    return plain(this.cells[this.positions.get(column) ?? -1] ?? '');
  }

  required(column: string, message: string): string {
    const typed = this.text(column);
    if (typed === '') this.fail(column, message);
    return typed;
  }

  /** A cell that this kind of line has no place for: said, never dropped. */
  mustBeEmpty(column: string, message: string) {
    if (this.text(column) !== '') this.fail(column, message);
  }

  day(column: string): Day | null {
    const typed = this.text(column);
    if (typed === '') return null;
    const french = FRENCH_DAY.exec(typed);
    const day = french ? `${french[3]}-${french[2]}-${french[1]}` : typed;
    if (isDay(day)) return day;
    if (french || /^\d{4}-\d{2}-\d{2}$/.test(typed)) return this.fail(column, `«\u00a0${typed}\u00a0» n’existe pas dans le calendrier.`);
    return this.fail(column, `«\u00a0${typed}\u00a0» n’est pas une date\u00a0: écrivez JJ/MM/AAAA, par exemple 01/09/2023, ou AAAA-MM-JJ.`);
  }

  requiredDay(column: string, message: string): Day | null {
    return this.text(column) === '' ? this.fail(column, message) : this.day(column);
  }

  /** Cents, excluding VAT. */
  money(column: string): number | null {
    const typed = this.text(column);
    if (typed === '') return null;
    const cents = MONEY.test(typed) ? centsOf(typed) : Number.NaN;
    if (Number.isSafeInteger(cents)) return cents;
    return this.fail(column, `«\u00a0${typed}\u00a0» n’est pas un montant\u00a0: écrivez des euros hors taxes, par exemple 12\u00a0345,67.`);
  }

  integer(column: string, min: number, max: number, message: string): number | null {
    const typed = this.text(column);
    if (typed === '') return null;
    const value = /^\d{1,3}(\s?\d{3})*$/.test(typed) ? Number(typed.replaceAll(/\s/g, '')) : Number.NaN;
    return value >= min && value <= max ? value : this.fail(column, message);
  }

  email(column: string): string | null {
    const typed = this.text(column).toLowerCase();
    if (typed === '') return null;
    return EMAIL.test(typed) ? typed : this.fail(column, `«\u00a0${typed}\u00a0» n’est pas une adresse électronique complète.`);
  }

  department(column: string): string | null {
    const typed = this.required(column, 'Indiquez le code du département.');
    return typed === '' ? null : this.known(column, typed);
  }

  /** Codes separated by spaces or commas. */
  departments(column: string): string[] {
    const typed = this.text(column).split(/[\s,]+/).filter(Boolean);
    const codes = typed.map((code) => this.known(column, code)).filter((code) => code !== null);
    const twice = codes.find((code, index) => codes.indexOf(code) !== index);
    if (twice) this.fail(column, `Le département ${twice} est là deux fois.`);
    return codes;
  }

  private known(column: string, typed: string): string | null {
    const code = typed.toUpperCase();
    if (DEPARTMENTS.has(code)) return code;
    const padded = DEPARTMENTS.get(code.padStart(2, '0'));
    // A spreadsheet drops the zero of 01: it is asked for, not put back.
    const advice = padded ? ` Pour ${padded.name}, écrivez ${padded.code}, dans une cellule au format texte.` : '';
    return this.fail(column, `«\u00a0${typed}\u00a0» n’est pas le code d’un département.${advice}`);
  }

  private refuseUnsafe(column: string, cell: string) {
    if (isFormula(cell)) this.fail(column, `Cette cellule commence comme une formule («\u00a0${cell.slice(0, 20)}\u00a0»)\u00a0: écrivez sa valeur.`);
    else if (UNPRINTABLE.test(cell)) this.fail(column, 'Cette cellule contient un caractère invisible ou illisible\u00a0: effacez-la, puis écrivez-la de nouveau.');
    else if (cell.length > LONGEST) this.fail(column, `Cette cellule dépasse ${LONGEST} caractères.`);
  }
}
