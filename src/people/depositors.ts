import { Forbidden, Invalid } from '../platform/errors.js';
import type { Act } from '../platform/acts.js';
import { Membership, type Organisation, Person } from './people.js';

type Restricted = Pick<Organisation, 'depositorIds'>;

/** Persons to whom the deposit is reserved. Those who left do not count: a door must not stay locked behind them. */
export function depositorsOf({ depositorIds }: Restricted, memberIds: readonly string[]): string[] {
  return (depositorIds ?? []).filter((id) => memberIds.includes(id));
}

/** Any member deposits, unless the organisation restricts it; the power to commit it is checked at the award, not here. */
export function mayDeposit(organisation: Restricted, personId: string, memberIds: readonly string[]): boolean {
  const named = depositorsOf(organisation, memberIds);
  return named.length === 0 || named.includes(personId);
}

/**
 * « Seules ces personnes déposent » ; nobody named: everybody may.
 * @throws Forbidden when somebody not on the present list would change it; Invalid on `persons` when one is no member
 */
export function restrictDeposit(organisation: Restricted, by: string, memberIds: readonly string[], chosen: readonly string[]) {
  if (!mayDeposit(organisation, by, memberIds)) throw new Forbidden('Seules les personnes qui peuvent déposer changent cette liste.');
  const named = [...new Set(chosen)];
  if (named.some((id) => !memberIds.includes(id))) throw Invalid.field('persons', 'Une des personnes cochées n’est plus membre de votre organisation : rechargez la page.');
  organisation.depositorIds = named.length > 0 ? named : null;
}

/** Members of an organisation at this instant. One query. */
export function membersOf(act: Act, organisationId: string): Promise<Person[]> {
  return act.db
    .createQueryBuilder(Person, 'p')
    .innerJoin(Membership, 'm', 'm."personId" = p.id and m."organisationId" = :organisationId and m.role = :role', { organisationId, role: 'bidder' })
    .where('p.active = :active and m."validFrom" <= :now and (m."validTo" is null or m."validTo" > :now)', { active: true, now: act.now.toISOString() })
    .orderBy('p.familyName')
    .addOrderBy('p.email')
    .getMany();
}
