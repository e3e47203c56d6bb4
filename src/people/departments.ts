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

/** @throws Error for a code that is not one of the 101 departments */
export function department(code: string): Department {
  const found = DEPARTMENTS.get(code);
  if (!found) throw new Error(`No department ${code}`);
  return found;
}
