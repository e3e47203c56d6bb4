import { Injectable } from '@nestjs/common';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { centsOf } from '../platform/typed.js';
import type { DecisionForm, SubContractorForm } from './execution.forms.js';
import { lifeOf, onLife, recordOf, see } from './life.js';
import { mustBePartial, SubContractor } from './sub-contractor.js';

/** Sous-traitance: each DC4, its decision or the silence that decides (R2193-1 to -4, -10). */
@Injectable()
export class SubContractorsService {
  constructor(private readonly acts: Acts) {}

  list(actor: Actor, id: string) {
    return this.acts.look(actor, 'execution.sub-contractors', async (act) => {
      const life = await lifeOf(act, id);
      see(act, life);
      return { life, subContractors: await act.db.find(SubContractor, { where: { contractId: id }, order: { number: 'ASC' } }), actor, now: act.now };
    });
  }

  declare(actor: Actor, id: string, form: SubContractorForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.sub-contractor', 'buyer', async (act, life, today) => {
      const record = recordOf(life);
      const typed = { ...form };
      const [amountCents, withVatCents] = [centsOf(form.amount), centsOf(form.withVat)];
      if (amountCents === 0) throw Invalid.field('amount', 'Le montant sous-traité ne peut pas être nul.', typed);
      if (withVatCents < amountCents) throw Invalid.field('withVat', 'Le montant toutes taxes comprises ne peut pas être inférieur au montant hors taxes.', typed);
      if (form.receivedOn > today) throw Invalid.field('receivedOn', 'Cette date n’est pas encore venue : le délai de 21 jours part de la réception (art. R. 2193-4).', typed);
      const others = await act.db.findBy(SubContractor, { contractId: id });
      mustBePartial(amountCents, others, life.amountCents ?? record.amountCents);
      const one = Object.assign(new SubContractor(), {
        id: act.random.id(), contractId: id, number: others.length + 1, name: form.name, siret: form.siret.replaceAll(/\s/g, '') || null, services: form.services, amountCents, withVatCents, receivedOn: form.receivedOn, createdById: actor.id, createdAt: act.now,
      });
      await act.add(one);
      act.record({ number: one.number, amountCents, receivedOn: one.receivedOn });
    });
  }

  decide(actor: Actor, id: string, number: number, form: DecisionForm): Promise<void> {
    return onLife(this.acts, actor, id, 'execution.sub-contractor-decision', 'signatory', async (act, _, today) => {
      const one = await act.db.findOneBy(SubContractor, { contractId: id, number });
      if (!one) throw new NotFound();
      one.decide(form.outcome === 'accept', form.reason, actor.id, today);
      await act.db.save(one);
      act.record({ number, outcome: form.outcome });
    });
  }
}
