import { Injectable } from '@nestjs/common';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { centsOf, centsOrNull } from '../platform/typed.js';
import { addMonths, type Day, dayInFrench } from '../platform/working-days.js';
import { ContractRecord } from './contract-record.js';
import type { FactForm, RenewalForm, TerminationForm } from './execution.forms.js';
import { ExecutionFact, mustBeRenewable, mustBeTerminable, penaltiesOf } from './execution-fact.js';
import { lifeOf, mustLive, onLife, recordOf, see } from './life.js';
import { mustBeRunning } from './record-rules.js';

/** What goes wrong, what goes on, how it ends: notices, penalties, renewals, termination, completion. */
@Injectable()
export class SequelService {
  constructor(private readonly acts: Acts) {}

  list(actor: Actor, id: string) {
    return this.acts.look(actor, 'execution.sequel', async (act) => {
      const life = await lifeOf(act, id);
      see(act, life);
      return { life, facts: await factsOf(act, id), actor, now: act.now };
    });
  }

  putOnNotice(actor: Actor, id: string, form: FactForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.formal-notice', 'signatory', async (act, life, today) => {
      mustBeRunning(recordOf(life), form.on);
      notYet(form, today);
      await add(act, id, { kind: 'formal-notice', on: form.on, reason: form.reason });
    });
  }

  penalise(actor: Actor, id: string, form: FactForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.penalty', 'buyer', async (act, life, today) => {
      mustBeRunning(recordOf(life), form.on);
      notYet(form, today);
      if (form.amount === '' || centsOf(form.amount) === 0) throw Invalid.field('amount', 'Indiquez le montant de la pénalité, en euros.', { ...form });
      await add(act, id, { kind: 'penalty', on: form.on, amountCents: centsOf(form.amount), reason: form.reason });
    });
  }

  /** By the signatory alone: it gives up a claim of the State. */
  waive(actor: Actor, id: string, number: number, reason: string): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.penalty-waive', 'signatory', async (act, _, today) => {
      const facts = await factsOf(act, id);
      const penalty = facts.find((one) => one.number === number && penaltiesOf(facts).owed.has(one.id));
      if (!penalty) throw new NotFound();
      if (reason.length < 10) throw Invalid.field('reason', 'Écrivez le motif de la remise, en une phrase.', { reason });
      await add(act, id, { kind: 'penalty-waived', on: today, amountCents: penalty.amountCents, reason, aboutId: penalty.id });
    });
  }

  renew(actor: Actor, id: string, form: RenewalForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.renewal', 'signatory', async (act, life, today) => {
      const record = recordOf(life);
      mustLive(life);
      mustBeRunning(record, today);
      const end = record.endsOn ?? today;
      if (today > end) throw Invalid.field('move', `Le marché a pris fin le ${dayInFrench(end)} : une reconduction se décide avant (art. R. 2112-4).`, { ...form });
      mustBeRenewable(record, await factsOf(act, id));
      if (form.move === 'stop') return add(act, id, { kind: 'non-renewal', on: today, reason: form.reason });
      const endsOn = addMonths(end, record.renewalMonths);
      if (endsOn > life.framework.endsOn && form.frameworkAnalysis.length < 20) {
        throw Invalid.field('frameworkAnalysis', `La reconduction irait jusqu’au ${dayInFrench(endsOn)}, après la fin de l’accord-cadre, le ${dayInFrench(life.framework.endsOn)} : écrivez pourquoi la remise en concurrence périodique n’en souffre pas (art. R. 2162-5).`, { ...form });
      }
      await act.db.update(ContractRecord, { id }, { endsOn });
      await add(act, id, { kind: 'renewal', on: today, endsOn, reason: [form.reason, form.frameworkAnalysis].filter(Boolean).join('\n\n') });
    });
  }

  terminate(actor: Actor, id: string, form: TerminationForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.terminate', 'signatory', async (act, life, today) => {
      const record = recordOf(life);
      if (form.on < (record.receivedOn ?? record.signedOn ?? today)) throw Invalid.field('on', 'Cette date précède la prise d’effet du marché.', { ...form });
      if (form.on > today) throw Invalid.field('on', 'Enregistrez la résiliation le jour où elle prend effet, ou après.', { ...form });
      mustBeTerminable(form.ground, await factsOf(act, id));
      life.end('terminate', form.reason, act.now);
      await act.db.update(ContractRecord, { id }, { terminatedOn: form.on, endsOn: form.on });
      await this.close(act, life);
      await add(act, id, { kind: 'termination', on: form.on, amountCents: centsOrNull(form.amount), ground: form.ground, endsOn: form.on, reason: form.reason });
    });
  }

  complete(actor: Actor, id: string, form: FactForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.complete', 'buyer', async (act, life, today) => {
      mustBeRunning(recordOf(life), form.on);
      notYet(form, today);
      life.end('complete', form.reason, act.now);
      await this.close(act, life);
      await add(act, id, { kind: 'completion', on: form.on, reason: form.reason });
    });
  }

  private close(act: Act, { id, status, endReason, endedAt, slot }: SubsequentContract) {
    return act.db.update(SubsequentContract, { id }, { status, endReason, endedAt, slot });
  }
}

const factsOf = (act: Act, contractId: string) => act.db.find(ExecutionFact, { where: { contractId }, order: { number: 'ASC' } });

function notYet(form: FactForm, today: Day) {
  if (form.on > today) throw Invalid.field('on', 'Cette date n’est pas encore venue.', { ...form });
}

async function add(act: Act, contractId: string, fact: Partial<ExecutionFact>): Promise<void> {
  const number = (await act.db.countBy(ExecutionFact, { contractId })) + 1;
  await act.add(Object.assign(new ExecutionFact(), fact, { id: act.random.id(), contractId, number, byId: act.actor.id, at: act.now }));
  act.record({ number, kind: fact.kind, on: fact.on, ...(fact.amountCents ? { amountCents: fact.amountCents } : {}), reason: fact.reason });
}
