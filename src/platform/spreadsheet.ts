import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { readXlsx, writeXlsx } from 'hucre/xlsx';
import { Invalid } from './errors.js';

/** A table as people send it: a header, then lines numbered as their spreadsheet shows them. */
export interface Sheet {
  header: string[];
  rows: { line: number; cells: string[] }[];
}

export type Cell = string | number | null;

const MAX_LINES = 20_000;
/** What a spreadsheet program would run instead of showing (OWASP, CSV injection); a signed number is harmless. */
const FORMULA = /^[=@\t\r]|^[+-](?![\d\s.,]*$)/;

export const isFormula = (cell: string) => FORMULA.test(cell);

/**
 * Reads CSV (UTF-8 with or without BOM, UTF-16, Windows-1252; separated by `;`, `,` or tabs) or XLSX, by content and not by name.
 * @throws Invalid on `field` with one French sentence when it is neither
 */
export async function readSheet(bytes: Buffer, field: string): Promise<Sheet> {
  const table = isZip(bytes) ? await xlsxRows(bytes, field) : csvRows(textOf(bytes), field);
  const [header, ...rows] = table.filter(({ cells }) => cells.some((cell) => cell !== ''));
  if (!header || rows.length === 0) throw Invalid.field(field, 'Ce fichier est vide : il faut une ligne de titres, puis une ligne par élément.');
  if (rows.length > MAX_LINES) throw Invalid.field(field, `Ce fichier a ${rows.length} lignes : ${MAX_LINES} au plus.`);
  return { header: header.cells, rows };
}

/** For French spreadsheet programs: BOM, semicolons, formulas neutralised. */
export function csvFile(header: string[], rows: Cell[][]): Buffer {
  return Buffer.from(stringify([header, ...rows], { bom: true, delimiter: ';', record_delimiter: 'windows', escape_formulas: true }));
}

/** Text cells are text, never formulas. */
export async function xlsxFile(name: string, header: string[], rows: Cell[][]): Promise<Buffer> {
  const neutral = rows.map((row) => row.map((cell) => (typeof cell === 'string' && isFormula(cell) ? `'${cell}` : cell)));
  return Buffer.from(await writeXlsx({ sheets: [{ name, rows: [header, ...neutral] }] }));
}

const isZip = (bytes: Buffer) => bytes.subarray(0, 2).toString('latin1') === 'PK';

async function xlsxRows(bytes: Buffer, field: string): Promise<Sheet['rows']> {
  try {
    const [sheet] = (await readXlsx(new Uint8Array(bytes))).sheets;
    return (sheet?.rows ?? []).map((row, index) => ({ line: index + 1, cells: row.map((cell) => cellText(cell)) }));
  } catch {
    throw Invalid.field(field, 'Ce classeur n’a pas pu être lu : enregistrez-le au format XLSX ou CSV, sans mot de passe.');
  }
}

/** Dates come back from a workbook as instants at midnight UTC. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return typeof cell === 'string' ? cell.trim() : JSON.stringify(cell);
}

function csvRows(text: string, field: string): Sheet['rows'] {
  const firstLine = text.split(/\r?\n/, 1)[0] ?? '';
  const [delimiter = ';'] = [';', '\t', ','].toSorted((a, b) => firstLine.split(b).length - firstLine.split(a).length);
  try {
    const records = parse(text, { delimiter, relax_column_count: true, skip_empty_lines: true, info: true, trim: true }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    const line = (error as { lines?: number }).lines;
    throw Invalid.field(field, `Ce fichier n’est pas un tableau CSV lisible${line ? ` : regardez la ligne ${line} (guillemet ouvert et jamais fermé ?)` : ''}.`);
  }
}

/** Old office software writes Windows-1252 without saying so: what is not valid UTF-8 is read so, and nothing is repaired. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);
  }
}

// Node’s TextDecoder('windows-1252') answers Latin-1 for these 32 (measured on Node 20.20): « œ » and « € » would vanish.
const WINDOWS_1252 = [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'];
