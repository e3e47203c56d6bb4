import { In } from 'typeorm';
import { Membership, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { dayOf } from '../platform/working-days.js';
import { FrameworkAgreement } from './framework-agreement.js';
import { Holder, LotDepartment } from './lot.js';

/** The framework in force that covers this department today, or null; the ministry's own first, then the latest. */
export async function frameworkOf(act: Act, departmentCode: string): Promise<string | null> {
  const day = dayOf(act.now, 'Europe/Paris');
  const found = await act.db
    .createQueryBuilder(LotDepartment, 'd')
    .innerJoin(FrameworkAgreement, 'f', 'f.id = d."frameworkId"')
    .where('d."departmentCode" = :departmentCode and f.status = :status and f."startsOn" <= :day and f."endsOn" >= :day', { departmentCode, status: 'in-force', day })
    .orderBy('case when f."recordedIn" is null then 0 else 1 end') // what a region recorded never wins over the ministry's own
    .addOrderBy('f."startsOn"', 'DESC')
    .getOne();
  return found?.frameworkId ?? null;
}

/** Holders of a lot that are active on the day of the act: whom a subsequent contract must consult, all and only they (R2162-10). */
export async function activeHolders(act: Act, lotId: string): Promise<Holder[]> {
  const day = dayOf(act.now, 'Europe/Paris');
  const holders = await act.db.find(Holder, { where: { lotId }, order: { name: 'ASC' } });
  return holders.filter((one) => one.isActive(day));
}

export interface HolderContact {
  personId: string;
  email: string;
}

/** The person to write to, by organisation: the first who was given access. */
export async function contactsOf(act: Act, organisationIds: readonly string[]): Promise<Map<string, HolderContact>> {
  const rows = await act.db
    .createQueryBuilder(Membership, 'm')
    .innerJoin(Person, 'p', 'p.id = m."personId"')
    .select(['m."organisationId" AS "organisationId"', 'p.id AS "personId"', 'p.email AS "email"'])
    .where({ organisationId: In([...organisationIds, '-']), role: 'bidder' })
    .orderBy('m."validFrom"', 'DESC')
    .addOrderBy('p.email', 'DESC')
    .getRawMany<HolderContact & { organisationId: string }>();
  return new Map(rows.map(({ organisationId, personId, email }) => [organisationId, { personId, email }]));
}
