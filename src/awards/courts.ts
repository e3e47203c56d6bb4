import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Court {
  /** « tribunal administratif de Strasbourg » */
  name: string;
  seat: string;
}

/** Art. R. 221-3 of the code de justice administrative (decree 2015-1444), one line per department: `data/reference/administrative-courts.csv`. */
function load(): Map<string, Court> {
  const rows = readFileSync(join(process.cwd(), 'data/reference/administrative-courts.csv'), 'utf8').trim().split(/\r?\n/).slice(1);
  return new Map(rows.map((row) => {
    const [code = '', name = '', seat = ''] = row.split(',');
    return [code, { name: name.replaceAll("'", '’'), seat }];
  }));
}

export const COURTS: ReadonlyMap<string, Court> = load();

/**
 * Where the buyer's decisions are contested: the court of its seat (R312-11 CJA for contracts).
 * @throws Error for a code that is not one of the 101 departments
 */
export function courtOf(departmentCode: string): Court {
  const found = COURTS.get(departmentCode);
  if (!found) throw new Error(`No administrative court for ${departmentCode}`);
  return found;
}
