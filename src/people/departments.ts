import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A department: how its name is completed in a title, where its letters are dated, on which clocks it lives. */
export interface Department {
  code: string;
  name: string;
  regionCode: string;
  regionName: string;
  /** `du Bas-Rhin`, `de Vaucluse`: the preferred complement, typographic apostrophe (domain.md 4.3). */
  complement: string;
  town: string;
  timeZone: string;
}

function load(): Map<string, Department> {
  const text = readFileSync(join(process.cwd(), 'data/reference/departments.csv'), 'utf8');
  const rows = text.trim().split(/\r?\n/).slice(1);
  return new Map(
    rows.map((row) => {
      const [code = '', name = '', regionCode = '', regionName = '', complement = '', town = '', timeZone = ''] = row.split(',');
      return [code, { code, name, regionCode, regionName, complement: complement.replaceAll("'", '’'), town, timeZone }];
    }),
  );
}

export const DEPARTMENTS: ReadonlyMap<string, Department> = load();

/** Saint-Barthélemy and Saint-Martin read the clocks of Guadeloupe. */
const LIKE: Record<string, string> = { '977': '971', '978': '971', '20': '2A' };

/** The clocks of a French address, by its postcode; null when there is none to read. */
export function zoneOfAddress(lines: readonly string[]): string | null {
  const postcode = lines.map((line) => /(?:^|\D)(\d{5})(?=\D|$)/.exec(line)?.[1]).findLast((found) => found !== undefined);
  if (!postcode) return null;
  const code = postcode.slice(0, /^9[78]/.test(postcode) ? 3 : 2);
  return DEPARTMENTS.get(LIKE[code] ?? code)?.timeZone ?? null;
}

/** @throws Error for a code that is not one of the 101 departments */
export function department(code: string): Department {
  const found = DEPARTMENTS.get(code);
  if (!found) throw new Error(`No department ${code}`);
  return found;
}
