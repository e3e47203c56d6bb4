import { Injectable } from '@nestjs/common';
import { type EntityManager, In, LessThanOrEqual } from 'typeorm';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Lot } from '../agreements/lot.js';
import { Config } from '../config.js';
import { department } from '../people/departments.js';
import { Membership, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Log } from '../platform/log.js';
import { Outbox } from '../platform/outbox.js';
import { Rounds } from '../platform/rounds.js';
import { addDays, type Day, dayInFrench, daysBetween, dayOf } from '../platform/working-days.js';
import { FrameworkAlarm } from './framework-alarm.js';
import { type ContractStatus, SubsequentContract } from './subsequent-contract.js';

const TICK_MS = 60_000;
const FIRST_ALARM_DAYS = 90;
/** What is not signed yet, and never can be after the end (R2162-5). */
const UNSIGNED: ContractStatus[] = ['preparation', 'to-sign', 'launched'];
const WHERE: Partial<Record<ContractStatus, string>> = { preparation: 'en préparation', 'to-sign': 'à la signature', launched: 'lancé, à signer' };

type Waiting = SubsequentContract & { lot: Lot; alarms: FrameworkAlarm[] };

/** Ninety, sixty and thirty days before a framework ends, and once it has ended, whoever holds an unsigned contract is told once. */
@Injectable()
export class FrameworkAlarmsService extends Rounds {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly config: Config,
    log: Log,
  ) {
    super(log, 'framework alarms', TICK_MS);
  }

  /** @returns how many mails were queued */
  async tick(): Promise<number> {
    const due = await this.acts.look(Actor.system, 'framework.alarms', async (act) => {
      act.see(act.actor.isSystem);
      const day = dayOf(act.now, 'Europe/Paris');
      const ending = await act.db.findBy(FrameworkAgreement, { status: 'in-force', endsOn: LessThanOrEqual(addDays(day, FIRST_ALARM_DAYS)) });
      const waiting = await Promise.all(ending.map(async (one) => ({ id: one.id, contracts: await unalarmed(act.db, one, day) })));
      return waiting.filter((one) => one.contracts.length > 0).map((one) => one.id);
    });
    let mails = 0;
    for (const id of due) mails += await this.send(id);
    return mails;
  }

  /** Read again under the lock: two servers that tick together send it once. */
  private send(frameworkId: string): Promise<number> {
    return this.acts.perform(Actor.system, 'framework.alarm', async (act) => {
      act.require(act.actor.isSystem);
      const framework = await act.load(FrameworkAgreement, frameworkId);
      const day = dayOf(act.now, 'Europe/Paris');
      const alarm = framework.alarm(day);
      const contracts = await unalarmed(act.db, framework, day);
      if (alarm === null || contracts.length === 0) return 0;
      await act.add(...contracts.map(({ id }) => Object.assign(new FrameworkAlarm(), { id: act.random.id(), contractId: id, endsOn: framework.endsOn, days: alarm, sentAt: act.now })));
      let mails = 0;
      for (const { person, own } of await concerned(act, contracts)) {
        await this.outbox.queue(act, {
          kind: 'framework-ending',
          to: person.email,
          subject: alarm === 0 ? 'L’accord-cadre a pris fin' : `L’accord-cadre prend fin dans moins de ${alarm} jours`,
          data: {
            ended: alarm === 0,
            left: inDays(daysBetween(day, framework.endsOn)),
            framework: framework.title,
            reference: framework.reference,
            endsOn: dayInFrench(framework.endsOn),
            contracts: own.map((one) => ({ name: `${department(one.departmentCode).name} (${one.departmentCode})`, status: WHERE[one.status], url: `${this.config.baseUrl}/marches/${one.id}` })),
          },
        });
        mails += 1;
      }
      act.record({ days: alarm, endsOn: framework.endsOn, departments: contracts.map((one) => one.departmentCode), mails });
      return mails;
    });
  }
}

/** « , dans 58 jours » */
const inDays = (left: number) => (left <= 0 ? '' : `, dans ${left} jour${left > 1 ? 's' : ''}`);

/** Unsigned contracts of the framework that were not told of the threshold reached on this day. One query. */
async function unalarmed(db: EntityManager, framework: FrameworkAgreement, day: Day): Promise<Waiting[]> {
  const alarm = framework.alarm(day);
  if (alarm === null) return [];
  const waiting = (await db
    .createQueryBuilder(SubsequentContract, 'c')
    .innerJoinAndMapOne('c.lot', Lot, 'l', 'l.id = c."lotId"')
    .leftJoinAndMapMany('c.alarms', FrameworkAlarm, 'a', 'a."contractId" = c.id and a."endsOn" = :endsOn and a.days = :alarm', { endsOn: framework.endsOn, alarm })
    .where({ frameworkId: framework.id, status: In(UNSIGNED) })
    .orderBy('c.departmentCode')
    .getMany()) as Waiting[];
  return waiting.filter((one) => one.alarms.length === 0);
}

/** Buyers of the region and officers of the department, each with the contracts of their territory. One query. */
async function concerned(act: Act, contracts: readonly Waiting[]): Promise<{ person: Person; own: Waiting[] }[]> {
  const territories = [...new Set(contracts.flatMap((one) => [one.departmentCode, `R${one.lot.regionCode}`]))];
  const people = (await act.db
    .createQueryBuilder(Person, 'p')
    .innerJoinAndMapMany('p.mandates', Membership, 'm', 'm."personId" = p.id and m.role in (:...roles) and m.territory in (:...territories)', { roles: ['regional-buyer', 'dept-officer'], territories })
    .where({ active: true })
    .getMany()) as (Person & { mandates: Membership[] })[];
  return people.flatMap(({ mandates, ...person }) => {
    const held = new Set(mandates.filter((one) => one.validFrom <= act.now && (one.validTo === null || one.validTo > act.now)).map((one) => one.territory));
    const own = contracts.filter((one) => held.has(one.departmentCode) || held.has(`R${one.lot.regionCode}`));
    return own.length > 0 ? [{ person: person as Person, own }] : [];
  });
}
