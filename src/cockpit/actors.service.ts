import { Injectable } from '@nestjs/common';
import { maySeeDepartment, regionOf } from '../agreements/agreement.policy.js';
import { contactsOf } from '../agreements/places.js';
import { Diagnostic } from '../commissions/diagnostic.js';
import { mainStudy } from '../contracts/contract-facts.js';
import { GONE, SubsequentContract } from '../contracts/subsequent-contract.js';
import { DEPARTMENTS } from '../people/departments.js';
import { Membership, Organisation, Person, type Role } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { dayOf } from '../platform/working-days.js';
import { placeIn } from './place-in.js';

export interface Agent {
  role: Role;
  organisation: string;
  person: Person;
}

const AGENT_ROLES: Role[] = ['ministry', 'regional-buyer', 'regional-signatory', 'dept-officer', 'dept-signatory', 'opener'];

/** Who is who around a department: agents of the State, study provider, holders, contractor, and those that its page names. */
@Injectable()
export class ActorsService {
  constructor(private readonly acts: Acts) {}

  /** Five queries. */
  read(actor: Actor, code: string, frameworkId = '') {
    return this.acts.look(actor, 'cockpit.actors', async (act) => {
      act.see(DEPARTMENTS.has(code) && maySeeDepartment(actor, code));
      const day = dayOf(act.now, 'Europe/Paris');
      const { row } = await placeIn(act, code, frameworkId, day);
      // The buyer is the region of the lot; a framework may cut its lots otherwise than by regions.
      const territories = ['*', code, `R${row.lot.regionCode}`, `R${regionOf(code)}`];
      const members = (await act.db
        .createQueryBuilder(Membership, 'm')
        .innerJoinAndMapOne('m.person', Person, 'p', 'p.id = m."personId" and p.active = :active', { active: true })
        .innerJoinAndMapOne('m.organisation', Organisation, 'o', 'o.id = m."organisationId"')
        .where('m.role in (:...roles) and m.territory in (:...territories) and m."validFrom" <= :now and (m."validTo" is null or m."validTo" > :now)', { roles: AGENT_ROLES, territories, now: act.now.toISOString() })
        .orderBy('p.familyName')
        .addOrderBy('p.givenName')
        .getMany()) as (Membership & { person: Person; organisation: Organisation })[];
      const holders = row.lot.holders.filter((one) => one.isActive(day));
      const contacts = await contactsOf(act, holders.map((one) => one.organisationId));
      const study = mainStudy((await act.db.findBy(Diagnostic, { frameworkId: row.frameworkId, departmentCode: code })).filter((one) => one.status !== 'rejected' && one.status !== 'superseded'));
      const contracts = await act.db.find(SubsequentContract, { where: { frameworkId: row.frameworkId, departmentCode: code }, order: { createdAt: 'DESC' } });
      return {
        place: row,
        framework: row.framework,
        agents: members.map(({ role, person, organisation }): Agent => ({ role, person, organisation: organisation.name })),
        holders: holders.map((holder) => ({ holder, email: contacts.get(holder.organisationId)?.email ?? '' })),
        study,
        contract: contracts.find((one) => !GONE.includes(one.status)) ?? null,
      };
    });
  }
}
