import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { readXlsx, writeXlsx } from 'hucre/xlsx';
import { Invalid } from './errors.js';
import { unpacked } from './zip.js';

/** A table as people send it: a header, then lines numbered as their spreadsheet shows them. */
export interface Sheet {
  header: string[];
  rows: { line: number; cells: string[] }[];
}

export type Cell = string | number | null;

const MAX_LINES = 20_000;
const MAX_COLUMNS = 200;
const MAX_BYTES = 8_000_000;
const MAX_UNPACKED_BYTES = 30_000_000;
/** What a spreadsheet program would run instead of showing (OWASP, CSV injection); a signed number is harmless. */
const FORMULA = /^[=@\t\r]|^[+-](?![\d\s.,]*$)/;

export const isFormula = (cell: string) => FORMULA.test(cell);

/**
 * Reads CSV (UTF-8 with or without BOM, UTF-16, Windows-1252; separated by `;`, `,` or tabs) or XLSX, by content and not by name.
 * @throws Invalid on `field` with one French sentence when it is neither
 */
export async function readSheet(bytes: Buffer, field: string): Promise<Sheet> {
  if (bytes.byteLength > MAX_BYTES) throw Invalid.field(field, `Ce fichier dépasse ${MAX_BYTES / 1_000_000} Mo.`);
  const table = isZip(bytes) ? await xlsxRows(bytes, field) : csvRows(readable(textOf(bytes), field), field);
  const [header, ...rows] = table.filter(({ cells }) => cells.some((cell) => cell !== ''));
  if (!header || rows.length === 0) throw Invalid.field(field, 'Ce fichier est vide : il faut une ligne de titres, puis une ligne par élément.');
  if (rows.length > MAX_LINES) throw Invalid.field(field, `Ce fichier a plus de ${MAX_LINES} lignes.`);
  if (table.some(({ cells }) => cells.length > MAX_COLUMNS)) throw Invalid.field(field, `Ce tableau a trop de colonnes : ${MAX_COLUMNS} au plus.`);
  return { header: header.cells, rows };
}

/** For French spreadsheet programs: BOM, semicolons, formulas neutralised, also after a line break inside a cell. */
export function csvFile(header: string[], rows: Cell[][]): Buffer {
  const neutral = rows.map((row) => row.map(neutralised));
  return Buffer.from(stringify([header.map(neutralised), ...neutral], { bom: true, delimiter: ';', record_delimiter: 'windows', quoted_match: /[\r\n]/ }));
}

/** Text cells are text, never formulas. */
export async function xlsxFile(name: string, header: string[], rows: Cell[][]): Promise<Buffer> {
  return Buffer.from(await writeXlsx({ sheets: [{ name, rows: [header.map(neutralised), ...rows.map((row) => row.map(neutralised))] }] }));
}

/** An apostrophe in front of what a program would run; a new line in a cell becomes a blank if what follows would be. */
function neutralised<T extends Cell>(cell: T): T {
  if (typeof cell !== 'string') return cell;
  const lines = cell.split(/\r\n|\r|\n/);
  return (lines.length > 1 || isFormula(cell) ? lines.map((line) => (isFormula(line) ? `'${line}` : line)).join('\n') : cell) as T;
}

/** Local header of a zip file. */
const isZip = (bytes: Buffer) => bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004';

async function xlsxRows(bytes: Buffer, field: string): Promise<Sheet['rows']> {
  const refuse = () => Invalid.field(field, 'Ce classeur n’a pas pu être lu : enregistrez-le au format XLSX ou CSV, sans mot de passe.');
  // A few kilobytes may unpack to gigabytes, and the reader would hold the server meanwhile: measured before it is called.
  const contents = unpacked(bytes, MAX_UNPACKED_BYTES);
  if (!contents || contents.some(reachesTooFar)) throw refuse();
  try {
    const [sheet] = (await readXlsx(new Uint8Array(bytes))).sheets;
    return (sheet?.rows ?? []).map((row, index) => ({ line: index + 1, cells: row.map((cell) => cellText(cell)) }));
  } catch {
    throw refuse();
  }
}

/** One cell in column XFD of each line would make a table of 300 million cells. */
function reachesTooFar(xml: Buffer): boolean {
  for (const [, column = '', row = ''] of xml.toString('latin1').matchAll(/<(?:c|row)\b[^>]*?\br="([A-Z]{0,4})(\d{1,8})"/g)) {
    const index = [...column].reduce((total, letter) => total * 26 + letter.charCodeAt(0) - 64, 0);
    if (index > MAX_COLUMNS || Number(row) > MAX_LINES + 100) return true;
  }
  return false;
}

/** Dates come back from a workbook as instants at midnight UTC, those with an hour at that hour. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00.*/, '').slice(0, 19);
  return typeof cell === 'string' ? cell.trim() : JSON.stringify(cell);
}

function csvRows(text: string, field: string): Sheet['rows'] {
  const table = text.replace(/^sep=.\r?\n/, ''); // Excel’s own hint, not a header
  const said = text.length === table.length ? undefined : text.charAt(4);
  const firstLine = table.split(/\r?\n/, 1)[0] ?? '';
  const [delimiter = ';'] = said ? [said] : [';', '\t', ','].toSorted((a, b) => firstLine.split(b).length - firstLine.split(a).length);
  if (firstLine.split(delimiter).length > MAX_COLUMNS) throw Invalid.field(field, `Ce tableau a trop de colonnes : ${MAX_COLUMNS} au plus.`);
  try {
    // One line too many is read, never a million: the reader says so.
    const options = { delimiter, relax_column_count: true, skip_empty_lines: true, info: true, trim: true, record_delimiter: ['\r\n', '\n', '\r'], to: MAX_LINES + 2, max_record_size: 200_000 };
    const records = parse(table, options) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines + (said ? 1 : 0), cells: record }));
  } catch (error) {
    const line = (error as { lines?: number }).lines;
    throw Invalid.field(field, `Ce fichier n’est pas un tableau CSV lisible${line ? ` : regardez la ligne ${line} (guillemet ouvert et jamais fermé ?)` : ''}.`);
  }
}

/** An image, a web page, an unknown encoding: not a table, and nothing is guessed. */
function readable(text: string, field: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text) || /^\s*<(!doctype|html|\?xml)/i.test(text)) throw Invalid.field(field, 'Ce fichier n’est pas un tableau : enregistrez-le au format CSV ou XLSX.');
  return text;
}

/** Old office software writes Windows-1252 without saying so: what is not valid UTF-8 is read so, and nothing is repaired. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] ?? char);
  }
}

// Node’s TextDecoder('windows-1252') answers Latin-1 for these 32 (measured on Node 20.20): « œ » and « € » would vanish.
const WINDOWS_1252 = [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'];
