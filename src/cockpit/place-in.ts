import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Holder, Lot, LotDepartment } from '../agreements/lot.js';
import type { Act } from '../platform/acts.js';
import { NotFound } from '../platform/errors.js';
import type { Day } from '../platform/working-days.js';

type PlaceRow = LotDepartment & { framework: FrameworkAgreement; lot: Lot & { holders: Holder[] } };

/** A department in each framework that has it, and in the one asked for: by default the one that counts today. One query. */
export async function placeIn(act: Act, code: string, frameworkId: string, day: Day): Promise<{ rows: PlaceRow[]; row: PlaceRow }> {
  const rows = (await act.db
    .createQueryBuilder(LotDepartment, 'd')
    .innerJoinAndMapOne('d.framework', FrameworkAgreement, 'f', 'f.id = d."frameworkId"')
    .innerJoinAndMapOne('d.lot', Lot, 'l', 'l.id = d."lotId"')
    .leftJoinAndMapMany('l.holders', Holder, 'h', 'h."lotId" = l.id')
    .where('d."departmentCode" = :code', { code })
    .orderBy('f.startsOn', 'DESC')
    .addOrderBy('h.name')
    .getMany()) as PlaceRow[];
  const main = mainOf(rows.map((one) => one.framework), day);
  const row = rows.find((one) => one.frameworkId === (frameworkId || main?.id));
  if (!row) throw new NotFound('Ce département n’est dans aucun accord-cadre.');
  return { rows, row };
}

/** In force, the ministry's own before what a region recorded; else the latest. */
export function mainOf(frameworks: readonly FrameworkAgreement[], day: Day): FrameworkAgreement | undefined {
  const inForce = frameworks.filter((one) => one.isInForce(day));
  return inForce.find((one) => one.recordedIn === null) ?? inForce[0] ?? frameworks.find((one) => one.recordedIn === null) ?? frameworks[0];
}
