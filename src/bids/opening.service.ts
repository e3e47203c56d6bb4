import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { mayOpen, worksOn } from '../consultations/consultation.policy.js';
import { Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Custodian } from '../sealing/custodian.js';
import { In } from 'typeorm';
import { Bid } from './bid.js';
import { Opening } from './opening.js';

/** Ouverture des plis: each opener confirms, then one of them opens; all the bids in time become readable together, or none. */
@Injectable()
export class OpeningService {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
  ) {}

  /** What the opening page shows: who must come, who came, from when. Nothing about bids. */
  state(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'opening.show', async (act) => {
      const consultation = await this.visible(act, actor, consultationId);
      if (!consultation.launchedAt) throw new Refused('not-launched', 'Cette consultation n’est pas encore lancée.');
      const { confirmedBy, quorum } = await this.custodian.canOpen(act.db, consultationId);
      const openers = await act.db.findBy(Person, { id: In([...consultation.openerIds, ...consultation.substituteIds]) });
      const ready = act.now >= consultation.opensAt;
      const named = mayOpen(actor, consultation);
      return {
        consultation,
        quorum,
        ready,
        opened: consultation.openedAt !== null,
        openers: openers.map((person) => ({ name: person.name, confirmed: confirmedBy.includes(person.id) })),
        confirmed: confirmedBy.length,
        can: {
          confirm: ready && named && consultation.status === 'launched' && !confirmedBy.includes(actor.id),
          open: ready && named && consultation.status === 'launched' && confirmedBy.length >= quorum,
        },
        now: act.now,
      };
    });
  }

  /** Presence of one opener, with the declaration of absence of conflict of interest. */
  confirm(actor: Actor, consultationId: string): Promise<void> {
    return this.acts.perform(actor, 'opening.confirm', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayOpen(actor, consultation), 'Seuls les ouvreurs désignés confirment leur présence.');
      act.on(consultationId);
      await this.custodian.confirm(act, consultationId, actor.id);
      act.record({ declaration: 'absence de conflit d’intérêts' });
    });
  }

  open(actor: Actor, consultationId: string): Promise<{ opened: number }> {
    return this.acts.perform(actor, 'consultation.open', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayOpen(actor, consultation), 'Seuls les ouvreurs désignés ouvrent les plis.');
      act.on(consultationId);
      consultation.open(act.now);
      await this.custodian.release(act, consultationId);
      const bids = await act.db.findBy(Bid, { consultationId, status: 'sealed' });
      for (const bid of bids) bid.open(act.now);
      const { confirmedBy } = await this.custodian.canOpen(act.db, consultationId);
      await act.db.update(Consultation, { id: consultationId }, { status: consultation.status, openedAt: consultation.openedAt });
      if (bids.length > 0) await act.db.update(Bid, { id: In(bids.map((bid) => bid.id)) }, { status: 'opened', openedAt: act.now });
      await act.add(Object.assign(new Opening(), { id: consultationId, openedAt: act.now, openerIds: confirmedBy }));
      await act.later({ kind: 'opening.check', payload: { id: consultationId } });
      act.record({ opened: bids.length });
      return { opened: bids.length };
    });
  }

  private async visible(act: Act, actor: Actor, consultationId: string): Promise<Consultation> {
    const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
    if (!consultation) throw new NotFound();
    act.see(worksOn(actor, consultation.territory));
    return consultation;
  }
}
