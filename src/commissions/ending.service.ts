import { Injectable } from '@nestjs/common';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { EndingService } from '../consultations/ending.service.js';
import { Letter } from '../letters/letter.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import type { CopyForm, EndCommissionForm } from './commission.forms.js';
import { mayChange, maySign, mayView } from './commission.policy.js';
import { Commission } from './commission.js';
import { newCommission } from './new-commission.js';

/** What ends a commission, and what starts again from an earlier one. */
@Injectable()
export class CommissionEndingService {
  constructor(
    private readonly acts: Acts,
    private readonly ending: EndingService,
  ) {}

  /** A draft is dropped by its officer; what was sent ends by the signatory's decision, and everyone invited is told. */
  abandon(actor: Actor, id: string, form: EndCommissionForm): Promise<void> {
    return this.acts.perform(actor, 'commission.abandon', async (act) => {
      const commission = await act.load(Commission, id);
      act.see(mayView(actor, commission));
      const prepared = commission.status === 'draft' || commission.status === 'to-sign';
      act.require(prepared ? mayChange(actor, commission) : maySign(actor, commission), !prepared ? 'La décision de ne pas donner suite revient au signataire.' : 'L’abandon d’un brouillon revient à l’agent instructeur.');
      const consultation = await act.load(Consultation, commission.consultationId);
      act.on(consultation.id, id);
      if (form.how === 'infructueuse' && consultation.openedAt === null) throw new Refused('not-opened', 'Une consultation ne peut être déclarée infructueuse qu’après l’ouverture des plis. Avant, elle peut être déclarée sans suite.');
      commission.abandon(form.reason);
      await act.db.update(Commission, { id }, { status: commission.status });
      await act.db.update(Letter, { subjectId: id, status: 'ready' }, { status: 'cancelled' });
      await this.ending.end(act, consultation, form.how === 'infructueuse' ? 'infructueuse' : 'sans suite', form.reason, !prepared);
      act.record({ reason: form.reason, how: form.how });
    });
  }

  /** A new draft with the words, the specifications and the addressees of an earlier one; its date is new. */
  copy(actor: Actor, id: string, form: CopyForm): Promise<{ id: string }> {
    return this.acts.perform(actor, 'commission.copy', async (act) => {
      const model = await act.db.findOneBy(Commission, { id });
      if (!model) throw new NotFound();
      act.see(mayView(actor, model));
      act.require(mayChange(actor, model), 'Une commande se copie par un agent instructeur du département.');
      const { commission, consultation } = await newCommission(act, model.departmentCode);
      const earlier = await act.db.findOneByOrFail(Consultation, { id: model.consultationId });
      consultation.plan(form.deadline, act.now);
      Object.assign(consultation, { title: earlier.title, object: earlier.object, openerIds: earlier.openerIds, expected: earlier.expected, outageRule: earlier.outageRule });
      Object.assign(commission, { title: model.title, terms: model.terms, ceilingCents: model.ceilingCents, specificationsFileId: model.specificationsFileId });
      await act.add(consultation, commission);
      const guests = await act.db.find(Invitation, { where: { consultationId: earlier.id, origin: 'first-sending' }, order: { number: 'ASC' } });
      await act.add(...guests.map(({ organisationId, personId, number, name, email, address }) => Object.assign(new Invitation(), { id: act.random.id(), consultationId: consultation.id, organisationId, personId, number, name, email, address })));
      act.on(consultation.id, commission.id);
      act.record({ copyOf: id });
      return { id: commission.id };
    });
  }
}
