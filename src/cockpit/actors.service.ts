import { Injectable } from '@nestjs/common';
import { maySeeDepartment, regionOf } from '../agreements/agreement.policy.js';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Holder, Lot, LotDepartment } from '../agreements/lot.js';
import { contactsOf } from '../agreements/places.js';
import { Diagnostic } from '../commissions/diagnostic.js';
import { mainStudy } from '../contracts/contract-facts.js';
import { GONE, SubsequentContract } from '../contracts/subsequent-contract.js';
import { DEPARTMENTS } from '../people/departments.js';
import { Membership, Organisation, Person, type Role } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { dayOf } from '../platform/working-days.js';
import { mainOf } from './cockpit.service.js';

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
      const rows = (await act.db
        .createQueryBuilder(LotDepartment, 'd')
        .innerJoinAndMapOne('d.framework', FrameworkAgreement, 'f', 'f.id = d."frameworkId"')
        .innerJoinAndMapOne('d.lot', Lot, 'l', 'l.id = d."lotId"')
        .leftJoinAndMapMany('l.holders', Holder, 'h', 'h."lotId" = l.id')
        .where('d."departmentCode" = :code', { code })
        .orderBy('f.startsOn', 'DESC')
        .addOrderBy('h.name')
        .getMany()) as (LotDepartment & { framework: FrameworkAgreement; lot: Lot & { holders: Holder[] } })[];
      const main = mainOf(rows.map((one) => one.framework), day);
      const row = rows.find((one) => one.frameworkId === (frameworkId || main?.id));
      if (!row) throw new NotFound('Ce département n’est dans aucun accord-cadre.');
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
