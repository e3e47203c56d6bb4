import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { mayOpen, worksOn } from '../consultations/consultation.policy.js';
import { Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { preciseFrench } from '../platform/dates.js';
import { NotFound, Refused } from '../platform/errors.js';
import { groupBy } from '../platform/group.js';
import { Custodian } from '../sealing/custodian.js';
import { In } from 'typeorm';
import { BidImport } from './bid-import.js';
import { Bid, rejudge } from './bid.js';
import { type FiledBid, sirenOf } from './candidate.js';
import { Delivery } from './delivery.js';
import { takenOver } from './imports.service.js';
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
        imported: consultation.elsewhere ? await act.db.existsBy(BidImport, { id: consultationId }) : null,
        quorum,
        ready,
        opened: consultation.openedAt !== null,
        openers: openers.map((person) => ({ name: person.name, confirmed: confirmedBy.includes(person.id) })),
        confirmed: confirmedBy.length,
        /** After the opening only: before it, there is nothing to convene. */
        sessions: consultation.openedAt ? await this.custodian.sessions(act.db, consultationId) : [],
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
      const anomalies = [...(await takenOver(act, consultation)), ...(await rejudgeAll(act, consultation))];
      const bids = await act.db.findBy(Bid, { consultationId, status: 'sealed' });
      await this.custodian.release(act, consultationId, bids.map((bid) => bid.deliveryId ?? bid.id));
      for (const bid of bids) bid.open(act.now);
      const { confirmedBy } = await this.custodian.canOpen(act.db, consultationId);
      await act.db.update(Consultation, { id: consultationId }, { status: consultation.status, openedAt: consultation.openedAt });
      if (bids.length > 0) await act.db.update(Bid, { id: In(bids.map((bid) => bid.id)) }, { status: 'opened', openedAt: act.now, session: 1 });
      await openEnvelopes(act, bids);
      await act.add(Object.assign(new Opening(), { id: consultationId, consultationId, openedAt: act.now, openerIds: confirmedBy, anomalies }));
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

/** Envelopes handed over open in the same session as the others; what is in them is scanned afterwards. */
async function openEnvelopes(act: Act, bids: readonly Bid[]) {
  for (const one of await act.db.findBy(Delivery, { id: In([...bids.flatMap((bid) => bid.deliveryId ?? []), '-']) })) {
    one.open(act.now, 1);
    await act.db.update(Delivery, { id: one.id }, { status: one.status, openedAt: one.openedAt, session: 1 });
  }
}

/** The last deadline judges every bid: one that an outage moved saves what came between the old one and the new one. @returns sentences for the minutes */
async function rejudgeAll(act: Act, consultation: Consultation): Promise<string[]> {
  if (!(await act.db.createQueryBuilder(Bid, 'b').where('b."consultationId" = :id and b."receivedAt" >= b.deadline and b."receivedAt" < :deadline', { id: consultation.id, deadline: consultation.deadline.toISOString() }).getExists())) return [];
  const all = (await act.db.createQueryBuilder(Bid, 'b').innerJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"').where('b."consultationId" = :id', { id: consultation.id }).getMany()) as FiledBid[];
  const sentences: string[] = [];
  for (const [, bids] of groupBy(all, (bid) => sirenOf(bid.organisation) ?? bid.organisationId)) {
    for (const bid of rejudge(bids, consultation)) {
      const { deadline, deadlineVersion } = bid;
      await act.db.update(Bid, { id: bid.id }, { status: bid.status, deadline, deadlineVersion });
      if (bid.deliveryId) await act.db.update(Delivery, { id: bid.deliveryId }, { deadline, deadlineVersion });
      if (bid.status === 'sealed') sentences.push(`Pli ${bid.id} : reçu le ${preciseFrench(bid.receivedAt, consultation.timeZone)}, hors délai pour la date limite d’alors, il est à temps pour celle que la panne a reportée (version ${bid.deadlineVersion}).`);
    }
  }
  act.record({ rejudged: sentences.length });
  return sentences;
}
