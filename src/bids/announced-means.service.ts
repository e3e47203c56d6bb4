import { Injectable } from '@nestjs/common';
import { IsIn, MaxLength } from 'class-validator';
import { In } from 'typeorm';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { mayManage, worksOn } from '../consultations/consultation.policy.js';
import { otherMeansOf } from '../consultations/means.js';
import { Letter } from '../letters/letter.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { tooLong } from '../platform/typed.js';
import { Trimmed } from '../platform/web.js';

export class MeansForm {
  @Trimmed() case: string = '';
  @Trimmed() @MaxLength(2000, tooLong('Raisons', 2000)) reason: string = '';
  @Trimmed() @MaxLength(500, tooLong('Adresse et horaires', 500)) place: string = '';
  @Trimmed() @IsIn(['', 'oui'], { message: 'Cochez ou décochez la case.' }) oneBidEach: string = '';
}

/** How bids may be handed over, and by whom: announced in the documents (R2132-12, -13; R2142-21), so frozen with them. */
@Injectable()
export class AnnouncedMeansService {
  constructor(private readonly acts: Acts) {}

  show(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'means.show', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
      act.see(consultation !== null && worksOn(actor, consultation.territory));
      if (!consultation) throw new NotFound();
      return { consultation, editable: mayManage(actor, consultation) && !(await this.frozen(act, consultation)), now: act.now };
    });
  }

  announce(actor: Actor, consultationId: string, form: MeansForm): Promise<void> {
    return this.acts.perform(actor, 'means.announce', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'Les voies de remise se règlent par l’agent qui suit la consultation.');
      if (await this.frozen(act, consultation)) throw new Refused('frozen', 'Les documents de cette consultation sont signés ou partis : les voies de remise qu’ils annoncent ne changent plus.');
      const otherMeans = otherMeansOf(form);
      const oneBidEach = form.oneBidEach === 'oui';
      act.on(consultationId);
      await act.db.update(Consultation, { id: consultationId }, { otherMeans, oneBidEach });
      act.record({ otherMeans: otherMeans?.case ?? null, oneBidEach });
    });
  }

  /** Once a letter that announces them is signed, be it before the launch. */
  private async frozen(act: Act, { id, status }: Consultation): Promise<boolean> {
    if (status !== 'draft') return true;
    const invitations = await act.db.find(Invitation, { where: { consultationId: id }, select: { id: true } });
    return act.db.existsBy(Letter, { invitationId: In([...invitations.map((one) => one.id), '-']), status: In(['signed', 'sent']) });
  }
}
