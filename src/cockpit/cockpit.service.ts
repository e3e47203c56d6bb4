import { Injectable } from '@nestjs/common';
import { maySeeDepartment, maySeeFrameworks, maySeeRegion } from '../agreements/agreement.policy.js';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { GreenLight } from '../agreements/green-light.js';
import { Lot, LotDepartment } from '../agreements/lot.js';
import { durationsOf, type StepDuration } from '../agreements/retro-durations.js';
import { arrived, Diagnostic, DiagnosticShare, notReached } from '../commissions/diagnostic.js';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import { DEPARTMENTS } from '../people/departments.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { Mail } from '../platform/mail.js';
import { groupBy } from '../platform/group.js';
import { type Day, dayOf } from '../platform/working-days.js';
import { eventsOf, type Reaching } from './events.js';
import { mainOf, placeIn } from './place-in.js';
import type { Place, Reached, StageId } from './stage.js';

export interface CockpitPlace extends Place {
  lot: Lot;
  place: LotDepartment;
  events: Reaching[];
  /** Of the framework: the retro-planning counts with them. */
  durations: readonly StepDuration[];
}

/** Map, table and timeline: reads everything, changes nothing. */
@Injectable()
export class CockpitService {
  constructor(private readonly acts: Acts) {}

  /** Every department of one framework that this person may see. Four queries, whatever the rows. */
  read(actor: Actor, frameworkId = '', regionCode = '') {
    return this.acts.look(actor, 'cockpit.read', async (act) => {
      act.see(actor.isSystem || (maySeeFrameworks(actor) && (!regionCode || maySeeRegion(actor, regionCode))));
      const day = dayOf(act.now, 'Europe/Paris');
      const frameworks = await act.db.find(FrameworkAgreement, { order: { startsOn: 'DESC', reference: 'ASC' } });
      const framework = frameworkId ? frameworks.find((one) => one.id === frameworkId) : mainOf(frameworks, day);
      if (frameworkId && !framework) throw new NotFound();
      if (!framework) return { framework: null, frameworks, places: [], day, now: act.now };
      const rows = (await act.db.createQueryBuilder(LotDepartment, 'd').innerJoinAndMapOne('d.lot', Lot, 'l', 'l.id = d."lotId"').where('d."frameworkId" = :id', { id: framework.id }).orderBy('d.departmentCode').getMany()) as (LotDepartment & { lot: Lot })[];
      const mine = rows.filter((row) => (actor.isSystem || maySeeDepartment(actor, row.departmentCode)) && (!regionCode || DEPARTMENTS.get(row.departmentCode)?.regionCode === regionCode));
      const greenLights = await act.db.findBy(GreenLight, { frameworkId: framework.id });
      const events = groupBy(await eventsOf(act, framework.id), (one) => one.departmentCode);
      const durations = durationsOf(framework.durations);
      const places = mine.map((row) => placeOf(row, greenLights, events.get(row.departmentCode) ?? [], day, durations));
      return { framework, frameworks, places, day, now: act.now };
    });
  }

  /** One department: its dates, its people, its files. Five queries. */
  department(actor: Actor, code: string, frameworkId = '') {
    return this.acts.look(actor, 'cockpit.department', async (act) => {
      act.see(DEPARTMENTS.has(code) && maySeeDepartment(actor, code));
      const day = dayOf(act.now, 'Europe/Paris');
      const { rows, row } = await placeIn(act, code, frameworkId, day);
      const greenLights = await act.db.findBy(GreenLight, { frameworkId: row.frameworkId });
      const events = await eventsOf(act, row.frameworkId, code);
      const contracts = await act.db.find(SubsequentContract, { where: { frameworkId: row.frameworkId, departmentCode: code }, order: { createdAt: 'DESC' } });
      const diagnostics = (await act.db
        .createQueryBuilder(Diagnostic, 'g')
        .leftJoinAndMapMany('g.shares', DiagnosticShare, 's', 's."diagnosticId" = g.id')
        .leftJoinAndMapOne('s.mail', Mail, 'm', 'm.id = s."mailId"')
        .where('g."frameworkId" = :frameworkId and g."departmentCode" = :code', { frameworkId: row.frameworkId, code })
        .orderBy('g.createdAt', 'DESC')
        .getMany()) as (Diagnostic & { shares: DiagnosticShare[] })[];
      const holders = row.lot.holders.filter((one) => one.isActive(day));
      return {
        ...placeOf(row, greenLights, events, day, durationsOf(row.framework.durations)),
        framework: row.framework,
        frameworks: rows.map((one) => one.framework),
        holders,
        contracts,
        diagnostics: diagnostics.map((one) => ({ diagnostic: one, missing: one.status === 'published' ? notReached(holders, arrived(one.shares)) : [] })),
        greenLights: greenLights.filter((one) => one.covers(row, day)),
        day,
        now: act.now,
      };
    });
  }
}

function placeOf(row: LotDepartment & { lot: Lot }, greenLights: readonly GreenLight[], events: Reaching[], day: Day, durations: readonly StepDuration[]): CockpitPlace {
  const reached: Reached = {};
  const keep = (stage: StageId, on: Day) => {
    const before = reached[stage];
    if (on <= day && (!before || on < before)) reached[stage] = on;
  };
  for (const event of events) if (event.stage) keep(event.stage, event.on);
  for (const light of greenLights) if (light.covers(row, day)) keep('green-light', light.givenOn);
  return { departmentCode: row.departmentCode, wave: row.wave, targetLatest: row.targetLatest, reached, lot: row.lot, place: row, events, durations };
}

