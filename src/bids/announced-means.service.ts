import { Injectable } from '@nestjs/common';
import { IsIn, MaxLength } from 'class-validator';
import { Consultation } from '../consultations/consultation.js';
import { mayManage, worksOn } from '../consultations/consultation.policy.js';
import { otherMeansOf } from '../consultations/means.js';
import { Acts } from '../platform/acts.js';
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
      return { consultation, editable: mayManage(actor, consultation) && !isFrozen(consultation), now: act.now };
    });
  }

  announce(actor: Actor, consultationId: string, form: MeansForm): Promise<void> {
    return this.acts.perform(actor, 'means.announce', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'Les voies de remise se règlent par l’agent qui suit la consultation.');
      if (isFrozen(consultation)) throw new Refused('frozen', 'Les lettres qui annoncent les voies de remise sont soumises à la signature ou parties : elles ne changent plus.');
      const otherMeans = otherMeansOf(form);
      const oneBidEach = form.oneBidEach === 'oui';
      act.on(consultationId);
      await act.db.update(Consultation, { id: consultationId }, { otherMeans, oneBidEach });
      act.record({ otherMeans: otherMeans?.case ?? null, oneBidEach });
    });
  }
}

/** Once the letters that announce them are submitted for signature. */
const isFrozen = ({ status, frozenAt }: Consultation) => status !== 'draft' || frozenAt !== null;
