import { Injectable } from '@nestjs/common';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { centsOf, numberOrNull } from '../platform/typed.js';
import type { DeliverableForm, DeliverableMoveForm, FactForm, OrderForm } from './execution.forms.js';
import { ExecutionFact, mustBeDoneWithin } from './execution-fact.js';
import { lifeOf, mustLive, onLife, recordOf, see } from './life.js';
import { Deliverable, mustFit, Order } from './order.js';
import { mustBeOrderable, mustBeRunning } from './record-rules.js';

/** Orders, deliverables with their admission, and the service done. */
@Injectable()
export class OrdersService {
  constructor(private readonly acts: Acts) {}

  /** Four queries. */
  list(actor: Actor, id: string) {
    return this.acts.look(actor, 'execution.orders', async (act) => {
      const life = await lifeOf(act, id);
      see(act, life);
      const orders = await ordersOf(act, id);
      const deliverables = await act.db.find(Deliverable, { where: { contractId: id }, order: { number: 'ASC' } });
      const services = await act.db.find(ExecutionFact, { where: { contractId: id, kind: 'service-done' }, order: { number: 'ASC' } });
      return { life, orders, deliverables, services, actor, now: act.now };
    });
  }

  order(actor: Actor, id: string, form: OrderForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.order', 'buyer', async (act, life, today) => {
      const record = recordOf(life);
      mustLive(life);
      mustBeOrderable(record, today);
      const order = { amountCents: centsOf(form.amount), quantity: numberOrNull(form.quantity) };
      if (form.dueOn && form.dueOn < today) throw Invalid.field('dueOn', 'La date d’exécution est passée.', { ...form });
      const before = await ordersOf(act, id);
      mustFit(order, before, { amountCents: life.amountCents ?? record.amountCents, maxQuantity: record.maxQuantity });
      const one = Object.assign(new Order(), { id: act.random.id(), contractId: id, number: before.length + 1, object: form.object, ...order, issuedOn: today, dueOn: form.dueOn || null, issuedById: actor.id, createdAt: act.now });
      await act.add(one);
      act.record({ number: one.number, amountCents: one.amountCents });
    });
  }

  cancel(actor: Actor, id: string, number: number, reason: string): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.order-cancel', 'buyer', async (act, _, today) => {
      const order = await act.db.findOneBy(Order, { contractId: id, number });
      if (!order) throw new NotFound();
      order.cancel(reason, actor.id, today);
      await act.db.save(order);
      act.record({ number, reason });
    });
  }

  expect(actor: Actor, id: string, form: DeliverableForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.deliverable', 'buyer', async (act, life, today) => {
      mustBeRunning(recordOf(life), today);
      mustLive(life);
      if (form.orderId && !(await act.db.existsBy(Order, { id: form.orderId, contractId: id }))) throw Invalid.field('orderId', 'Ce bon de commande n’est pas de ce marché.', { ...form });
      const number = (await act.db.countBy(Deliverable, { contractId: id })) + 1;
      await act.add(Object.assign(new Deliverable(), { id: act.random.id(), contractId: id, number, title: form.title, dueOn: form.dueOn || null, orderId: form.orderId || null, createdById: actor.id, createdAt: act.now }));
      act.record({ number });
    });
  }

  move(actor: Actor, id: string, number: number, form: DeliverableMoveForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.deliverable-move', 'buyer', async (act, life, today) => {
      const record = recordOf(life);
      mustBeRunning({ ...record, terminatedOn: null }, form.on);
      if (form.on > today) throw Invalid.field('on', 'Cette date n’est pas encore venue.', { ...form });
      const one = await act.db.findOneBy(Deliverable, { contractId: id, number });
      if (!one) throw new NotFound();
      one.move(form.move, form.on, form.reason, actor.id, act.now);
      await act.db.save(one);
      act.record({ number, move: form.move, on: form.on, reason: form.reason });
    });
  }

  serviceDone(actor: Actor, id: string, form: FactForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.service-done', 'buyer', async (act, life, today) => {
      const record = recordOf(life);
      mustBeRunning({ ...record, terminatedOn: null }, form.on);
      if (form.on > today) throw Invalid.field('on', 'Cette date n’est pas encore venue : le service fait se constate.', { ...form });
      if (form.amount === '') throw Invalid.field('amount', 'Indiquez le montant du service fait, en euros hors taxes.', { ...form });
      const facts = await act.db.findBy(ExecutionFact, { contractId: id });
      mustBeDoneWithin(centsOf(form.amount), facts, life.amountCents ?? record.amountCents);
      if (form.aboutId) {
        const about = await act.db.findOneBy(Deliverable, { id: form.aboutId, contractId: id });
        if (about?.status !== 'admitted') throw new Refused('not-admitted', 'Le service fait ne se constate que pour un livrable admis.');
      }
      await act.add(Object.assign(new ExecutionFact(), { id: act.random.id(), contractId: id, number: facts.length + 1, kind: 'service-done', on: form.on, amountCents: centsOf(form.amount), reason: form.reason, aboutId: form.aboutId || null, byId: actor.id, at: act.now }));
      act.record({ amountCents: centsOf(form.amount), on: form.on });
    });
  }
}

const ordersOf = (act: Act, contractId: string) => act.db.find(Order, { where: { contractId }, order: { number: 'ASC' } });
