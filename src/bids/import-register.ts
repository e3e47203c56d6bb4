import type { Invitation } from '../consultations/consultation.js';
import type { Organisation } from '../people/people.js';
import { digits } from '../people/registry-numbers.js';
import { instantOf, UnknownLocalTime } from '../platform/dates.js';
import type { Sheet } from '../platform/spreadsheet.js';

// The register of another platform, as a table: one line per bid, and the folder of the archive that holds its files.

/** Columns of the model; the SIRET may be missing. */
export const REGISTER_COLUMNS = ['SIRET', 'Organisation', 'Reçu le', 'Dossier'] as const;
type Column = (typeof REGISTER_COLUMNS)[number];

export interface RegisterLine {
  line: number;
  invitation: Invitation;
  receivedAt: Date;
  folder: string;
}

export interface RegisterError {
  /** Line of the file; null for the archive, or for the whole. */
  line: number | null;
  message: string;
}

export type Invited = Invitation & { organisation: Organisation };

const folded = (text: string) => text.normalize('NFC').trim().replaceAll(/\s+/g, ' ').replaceAll('’', "'").toLocaleLowerCase('fr-FR');

/** @returns the lines that can be read, by arrival, and every fault at once */
export function readRegister(sheet: Sheet, invited: readonly Invited[], timeZone: string): { lines: RegisterLine[]; errors: RegisterError[] } {
  const errors: RegisterError[] = [];
  const at = Object.fromEntries(REGISTER_COLUMNS.map((name) => [name, sheet.header.findIndex((one) => folded(one) === folded(name))])) as Record<Column, number>;
  for (const name of REGISTER_COLUMNS) if (name !== 'SIRET' && at[name] < 0) errors.push({ line: 1, message: `La colonne « ${name} » manque. Les colonnes attendues sont : ${REGISTER_COLUMNS.join(', ')}.` });
  if (errors.length > 0) return { lines: [], errors };
  const lines: RegisterLine[] = [];
  for (const { line, cells } of sheet.rows) {
    const cell = (name: Column) => (cells[at[name]] ?? '').trim();
    try {
      const invitation = invitedAs(cell('SIRET'), cell('Organisation'), invited);
      const receivedAt = arrivalOf(cell('Reçu le'), timeZone);
      const folder = cell('Dossier').replaceAll('\\', '/').replace(/^\/+|\/+$/g, '');
      if (folder === '') throw new Error('Le dossier de l’archive manque : indiquez celui qui contient les fichiers de ce pli.');
      if (lines.some((one) => folded(one.folder) === folded(folder))) throw new Error(`Le dossier « ${folder} » est déjà celui d’une autre ligne.`);
      lines.push({ line, invitation, receivedAt, folder });
    } catch (error) {
      errors.push({ line, message: (error as Error).message });
    }
  }
  return { lines: lines.toSorted((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime()), errors };
}

/** By its SIRET, else by its exact name: nothing is guessed, since a bid given to another would be read as his. */
function invitedAs(siret: string, name: string, invited: readonly Invited[]): Invited {
  if (siret === '' && name === '') throw new Error('L’organisation manque.');
  const found = siret === '' ? invited.filter((one) => [one.name, one.organisation.name].some((known) => folded(known) === folded(name))) : invited.filter((one) => digits(one.organisation.schemeId ?? '') === digits(siret));
  const said = siret === '' ? `« ${name} »` : `Le SIRET ${siret}`;
  const [only] = found;
  if (!only) throw new Error(`${said} n’est pas ${siret === '' ? 'une' : 'celui d’une'} organisation invitée à cette consultation.`);
  if (found.length > 1) throw new Error(`${said} désigne plusieurs organisations invitées : indiquez son SIRET.`);
  return only;
}

/** « 26/07/2023 12:34:56 » or `2023-07-26T12:34:56`, on the buyer's clocks. */
function arrivalOf(typed: string, timeZone: string): Date {
  const found = /^(\d{2})\/(\d{2})\/(\d{4})(?: à |[ T])\s*(\d{1,2})\s?[:h]\s?(\d{2})(?:\s?(?::|min)\s?(\d{2}))?s?$/.exec(typed);
  const iso = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2}))?$/.exec(typed);
  const local = found ? `${found[3]}-${found[2]}-${found[1]}T${(found[4] ?? '').padStart(2, '0')}:${found[5]}` : iso ? `${iso[1]}T${iso[2]}` : '';
  const seconds = Number(found?.[6] ?? iso?.[3] ?? 0);
  if (local === '' || seconds > 59) throw new Error(`« ${typed} » n’est pas une date suivie d’une heure, comme 26/07/2023 12:34:56.`);
  try {
    return new Date(instantOf(local, timeZone).getTime() + seconds * 1000);
  } catch (error) {
    throw error instanceof UnknownLocalTime ? new Error(`« ${typed} » : ${error.message}`, { cause: error }) : error;
  }
}

/**
 * Whose file is it? The path of an entry is a name to read, never a place to write to.
 * @param folders of the register
 * @returns the folder, and what the file is called in it; null when it belongs to no line, a sentence when the path is hostile
 */
export function placeOf(path: string, folders: readonly string[]): { folder: string; name: string } | { refused: string } | null {
  const segments = path.replaceAll('\\', '/').split('/');
  if (path.startsWith('/') || /^[a-z]:/i.test(path) || segments.includes('..') || path.includes('\0')) return { refused: `« ${path} » sort de l’archive : elle n’a pas été faite par une plateforme de dépôt.` };
  for (const folder of folders) {
    const own = folder.split('/');
    // As it stands, or under the one folder in which some tools wrap the whole.
    const from = [0, 1].find((start) => own.every((one, index) => folded(segments[start + index] ?? '') === folded(one)) && segments.length > start + own.length);
    if (from !== undefined) return { folder, name: segments.slice(from + own.length).join(' - ') };
  }
  return null;
}

/** Of the system that made the archive, never of a bidder. */
export const isLitter = (path: string) => /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i.test(path);
