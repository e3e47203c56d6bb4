import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { depositorsOf, mayDeposit, membersOf, restrictDeposit } from './depositors.js';
import { Membership, Organisation, Person } from './people.js';

/** What the members of an organisation decide among themselves. No agent of the State sees or changes it. */
@Injectable()
export class OwnOrganisationsService {
  constructor(private readonly acts: Acts) {}

  /** Organisations of this person, with their members: two queries. */
  list(actor: Actor) {
    return this.acts.look(actor, 'own-organisation.show', async (act) => {
      const own = actor.organisations('bidder');
      act.see(own.length > 0);
      const organisations = await act.db.find(Organisation, { where: { id: In(own) }, order: { name: 'ASC', id: 'ASC' } });
      const people = (await act.db
        .createQueryBuilder(Person, 'p')
        .innerJoinAndMapMany('p.memberships', Membership, 'm', 'm."personId" = p.id and m."organisationId" in (:...own) and m.role = :role', { own, role: 'bidder' })
        .where('p.active = :active and m."validFrom" <= :now and (m."validTo" is null or m."validTo" > :now)', { active: true, now: act.now.toISOString() })
        .orderBy('p.familyName')
        .addOrderBy('p.email')
        .getMany()) as (Person & { memberships: Membership[] })[];
      return organisations.map((organisation) => {
        const members = people.filter((one) => one.memberships.some((m) => m.organisationId === organisation.id));
        const ids = members.map((one) => one.id);
        return { organisation, members, named: depositorsOf(organisation, ids), manages: mayDeposit(organisation, actor.id, ids) };
      });
    });
  }

  restrict(actor: Actor, organisationId: string, persons: readonly string[]): Promise<void> {
    return this.acts.perform(actor, 'own-organisation.restrict', async (act) => {
      act.see(actor.holds('bidder', organisationId));
      const organisation = await act.load(Organisation, organisationId);
      const members = await membersOf(act, organisationId);
      restrictDeposit(organisation, actor.id, members.map((one) => one.id), persons);
      await act.db.update(Organisation, { id: organisationId }, { depositorIds: organisation.depositorIds });
      act.record({ restricted: organisation.depositorIds?.length ?? 0 });
    });
  }
}
