import { isFormula, type Sheet } from '../platform/spreadsheet.js';

/** Columns of a price schedule, in their order; the blank form needs the first four. */
export const COLUMNS = ['Code', 'Désignation', 'Unité', 'Quantité', 'Prix unitaire HT', 'Total HT'] as const;
export type Column = (typeof COLUMNS)[number];

export interface LineFault {
  /** As the spreadsheet numbers it; none for a line that is not there. */
  line: number | null;
  column: string;
  message: string;
}

/** Two spellings of one word: case, apostrophes and kinds of spaces do not count; accents do. */
export const folded = (text: string) => text.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase().replaceAll('’', "'");

/** Where each expected column stands. Others are left alone: a bidder's own remarks are no fault. */
export function readColumns(sheet: Sheet, expected: readonly Column[]): { cellOf: (cells: readonly string[], column: Column) => string; faults: LineFault[] } {
  const header = sheet.header.map((one) => folded(one));
  const faults: LineFault[] = [];
  for (const column of expected) {
    const times = header.filter((one) => one === folded(column)).length;
    if (times === 0) faults.push({ line: 1, column, message: `La colonne « ${column} » manque : gardez les titres du bordereau vierge.` });
    if (times > 1) faults.push({ line: 1, column, message: `La colonne « ${column} » est là ${times} fois.` });
  }
  if (faults.length === 0) {
    for (const { line, cells } of sheet.rows) {
      for (const column of expected) {
        const cell = cells[header.indexOf(folded(column))] ?? '';
        if (isFormula(cell)) faults.push({ line, column, message: `Cette cellule commence comme une formule (« ${cell.slice(0, 20)} ») : écrivez sa valeur.` });
        else if (cell.length > 1000) faults.push({ line, column, message: 'Cette cellule dépasse 1 000 caractères.' });
      }
    }
  }
  return { cellOf: (cells, column) => (cells[header.indexOf(folded(column))] ?? '').trim(), faults };
}

/** « 1 200,50 € » as a number is written; 1234.5600000000002, which a spreadsheet computed, as the number that it shows. */
export function numberText(cell: string): string {
  const plain = cell.replace(/\s*(€|eur|euros?)$/i, '');
  return /^\d{1,12}\.\d{9,}$/.test(plain) ? Number(plain).toFixed(8).replace(/\.?0+$/, '') : plain;
}
