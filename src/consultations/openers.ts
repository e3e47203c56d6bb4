import { In } from 'typeorm';
import { Membership, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { Invalid } from '../platform/errors.js';
import { Consultation } from './consultation.js';

/** Agents with the opener's mandate on the buyer's territory. */
export async function possibleOpeners(act: Act, territory: string): Promise<Person[]> {
  return act.db
    .createQueryBuilder(Person, 'p')
    .innerJoin(Membership, 'm', 'm."personId" = p.id and m.role = :role and m.territory = :territory', { role: 'opener', territory })
    .orderBy('p.familyName')
    .getMany();
}

/**
 * Nobody holds both the buyer’s and a bidder’s roles in one call (domain.md 5.1): a member of any organisation that bids opens nothing.
 * @throws Invalid on `field`
 */
export async function refuseBidders(act: Act, personIds: readonly string[], field: string, typed: Record<string, unknown> = {}) {
  const found = await act.db
    .createQueryBuilder(Person, 'p')
    .innerJoin(Membership, 'm', 'm."personId" = p.id and m.role = :role and (m."validTo" is null or m."validTo" > :now)', { role: 'bidder', now: act.now.toISOString() })
    .where({ id: In([...personIds, '-']) })
    .orderBy('p.id')
    .getMany();
  const [first] = found;
  if (first) throw Invalid.field(field, `${first.name} est aussi membre d’une organisation candidate : cette personne ne peut pas participer à l’ouverture des plis.`, typed);
}

/** @throws Invalid on `openers` when one of them may not open here, or when they are fewer than the quorum */
export async function nameOpeners(act: Act, consultation: Consultation, openerIds: readonly string[]) {
  const named = [...new Set(openerIds)];
  const known = await possibleOpeners(act, consultation.territory);
  if (named.some((one) => !known.some((person) => person.id === one))) throw Invalid.field('openers', 'Une des personnes cochées ne peut pas ouvrir les plis pour cet acheteur.');
  if (named.length < consultation.quorum) throw Invalid.field('openers', `Désignez au moins ${consultation.quorum} ouvreurs : c’est le nombre requis pour ouvrir les plis.`);
  await refuseBidders(act, named, 'openers');
  consultation.openerIds = named;
  await act.db.update(Consultation, { id: consultation.id }, { openerIds: named });
  act.record({ openers: named.length });
}
