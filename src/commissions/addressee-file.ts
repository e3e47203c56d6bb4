import { Invalid } from '../platform/errors.js';
import { readSheet } from '../platform/spreadsheet.js';

const NAMES = ['nom', 'organisation', 'raison sociale', 'association'];
const EMAILS = ['courriel', 'email', 'e-mail', 'mail', 'adresse électronique', 'mél'];

const folded = (text: string) => text.trim().toLocaleLowerCase('fr-FR');

/**
 * The list that a service keeps in a spreadsheet, as the lines that one would have typed: « nom ; courriel ».
 * @throws Invalid on `file` when a column is not found; each wrong line is named afterwards by its number
 */
export async function addresseesFromFile(bytes: Buffer): Promise<string> {
  const { header, rows } = await readSheet(bytes, 'file');
  const columns = header.map(folded);
  const [name, email] = [columns.findIndex((one) => NAMES.includes(one)), columns.findIndex((one) => EMAILS.includes(one))];
  if (name < 0 || email < 0) throw Invalid.field('file', `Il faut une colonne « Nom » et une colonne « Courriel ». Ce fichier a : ${header.join(', ')}.`);
  // A semicolon in a name would cut the line at the wrong place.
  return rows.map(({ cells }) => `${(cells[name] ?? '').replaceAll(';', ',').replaceAll('\n', ' ')} ; ${cells[email] ?? ''}`).join('\n');
}
