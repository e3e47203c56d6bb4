import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { mayManage, mayOpen, worksOn } from '../consultations/consultation.policy.js';
import { LettersService } from '../letters/letters.service.js';
import { Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { preciseFrench } from '../platform/dates.js';
import { NotFound, Refused } from '../platform/errors.js';
import { groupBy } from '../platform/group.js';
import { Custodian } from '../sealing/custodian.js';
import { In } from 'typeorm';
import { BidImport } from './bid-import.js';
import { mayDecide } from './bid.policy.js';
import { Bid, rejudge } from './bid.js';
import { type FiledBid, sirenOf } from './candidate.js';
import { Delivery } from './delivery.js';
import { takenOver } from './imports.service.js';
import { OpeningMember, stoodInFor } from './opening-member.js';
import { progressOf, sealedMinutes } from './opening-progress.js';
import { membersOf, openingOf, rowOf } from './opening-reading.js';
import { OpeningSession } from './opening-session.js';
import { Opening } from './opening.js';

/** Ouverture des plis: each opener confirms, then one of them opens; all the bids in time become readable together, or none. */
@Injectable()
export class OpeningService {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
    private readonly letters: LettersService,
  ) {}

  /** What the opening page shows: who must come, who came, from when. Before the opening, nothing about bids; five queries, one more for a call held elsewhere. */
  state(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'opening.show', async (act) => {
      const { consultation, session, opening, observations } = await openingOf(act, consultationId);
      if (!consultation.launchedAt) throw new Refused('not-launched', 'Cette consultation n’est pas encore lancée.');
      const members = await membersOf(act, consultation);
      const { confirmedBy, confirmations, quorum } = await this.custodian.canOpen(act.db, consultationId);
      const mine = members.find((one) => one.person.id === actor.id);
      const ready = act.now >= consultation.opensAt && (session === null || act.now >= session.startsAt);
      const awaited = ready && consultation.status === 'launched' && (mine?.row?.sits ?? mine !== undefined);
      const named = mayOpen(actor, consultation);
      const came = named ? confirmedBy.includes(actor.id) : Boolean(mine?.row?.presentAt);
      const opened = consultation.openedAt !== null;
      const writes = (mine?.row?.sits ?? mine !== undefined) || mayManage(actor, consultation);
      return {
        consultation,
        session,
        opening,
        observations,
        members,
        confirmations,
        imported: consultation.elsewhere ? await act.db.existsBy(BidImport, { id: consultationId }) : null,
        quorum,
        ready,
        opened,
        confirmed: confirmedBy.length,
        /** After the opening only: before it, there is nothing to convene, and nothing to check. */
        sessions: opened ? await this.custodian.sessions(act.db, consultationId) : [],
        progress: opened ? await progressOf(act, consultationId) : [],
        can: {
          confirm: awaited && !came,
          open: ready && named && consultation.status === 'launched' && confirmedBy.length >= quorum,
          plan: mayManage(actor, consultation) && consultation.status === 'launched' && confirmedBy.length === 0,
          replace: mayDecide(actor, consultation) && consultation.status === 'launched',
          recuse: mine !== undefined && (mine.row?.sits ?? true) && consultation.status === 'launched',
          observe: writes && consultation.launchedAt <= act.now && !sealedMinutes({ session, opening }) && act.now >= consultation.opensAt,
          close: session !== null && opening !== null && session.closedAt === null && writes,
          setQuorum: mayDecide(actor, consultation),
        },
        now: act.now,
      };
    });
  }

  /** Of a session that was convened: the letter, or the file for one’s agenda. */
  async convocation(actor: Actor, consultationId: string, which: 'letter' | 'calendar'): Promise<Buffer> {
    const session = await this.acts.look(actor, 'opening.convocation', async (act) => (await openingOf(act, consultationId)).session);
    if (!session) throw new NotFound();
    return this.letters.bytes(which === 'letter' ? session.letterFileId : session.calendarFileId);
  }

  /** Presence of one member, with the declaration of absence of conflict of interest (D32). The secretary’s opens nothing. */
  confirm(actor: Actor, consultationId: string): Promise<void> {
    return this.acts.perform(actor, 'opening.confirm', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      act.see(worksOn(actor, consultation.territory));
      const known = await act.db.findOneBy(OpeningMember, { consultationId, personId: actor.id });
      known?.mustSit();
      const named = mayOpen(actor, consultation);
      act.require(named || known?.role === 'secretary', 'Seuls les ouvreurs désignés confirment leur présence.');
      act.require(!actor.has('bidder'), 'Vous êtes aussi membre d’une organisation candidate : vous ne pouvez pas participer à l’ouverture des plis.');
      act.on(consultationId);
      const session = await act.db.findOneBy(OpeningSession, { id: consultationId });
      session?.mustHaveBegun(act.now, consultation.timeZone);
      if (named) await this.comeToOpen(act, consultation);
      else await comeToWrite(act, consultation);
      act.record({ role: named ? roleOf(consultation, actor.id) : 'secretary', declaration: 'absence de conflit d’intérêts' });
    });
  }

  private async comeToOpen(act: Act, consultation: Consultation) {
    const { id, openerIds, quorum } = consultation;
    const personId = act.actor.id;
    const role = roleOf(consultation, personId);
    const { confirmedBy } = await this.custodian.canOpen(act.db, id);
    await this.custodian.confirm(act, id, personId);
    if (confirmedBy.includes(personId)) throw new Refused('already-present', 'Votre présence est déjà confirmée.');
    const others = await act.db.findBy(OpeningMember, { consultationId: id });
    const standIns = others.filter((one) => confirmedBy.includes(one.personId)).flatMap((one) => one.standsInForId ?? []);
    const standsInFor = role === 'substitute' ? stoodInFor({ openers: openerIds, come: confirmedBy, standIns, quorum }) : null;
    const row = await rowOf(act, id, personId, role);
    row.presentAt = null; // one that an extension put off no longer counts
    row.come(act.now, standsInFor);
    await act.db.update(OpeningMember, { id: row.id }, { role, presentAt: row.presentAt, declaredAt: row.declaredAt, standsInForId: standsInFor });
  }

  open(actor: Actor, consultationId: string): Promise<{ opened: number }> {
    return this.acts.perform(actor, 'consultation.open', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      act.see(worksOn(actor, consultation.territory));
      (await act.db.findOneBy(OpeningMember, { consultationId, personId: actor.id }))?.mustSit();
      act.require(mayOpen(actor, consultation), 'Seuls les ouvreurs désignés ouvrent les plis.');
      act.on(consultationId);
      consultation.open(act.now);
      (await act.db.findOneBy(OpeningSession, { id: consultationId }))?.mustHaveBegun(act.now, consultation.timeZone);
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
}

const roleOf = ({ openerIds }: Consultation, personId: string) => (openerIds.includes(personId) ? 'opener' : 'substitute');

/** The secretary keeps the minutes: neither quorum nor key. */
async function comeToWrite(act: Act, consultation: Consultation) {
  if (consultation.status !== 'launched') throw new Refused('already-released', 'Les plis de cette consultation sont déjà ouverts.');
  if (act.now < consultation.opensAt) throw new Refused('too-early', 'La séance n’a pas commencé : l’instant d’ouverture n’est pas atteint.');
  const row = await rowOf(act, consultation.id, act.actor.id, 'secretary');
  row.come(act.now, null);
  await act.db.update(OpeningMember, { id: row.id }, { presentAt: row.presentAt, declaredAt: row.declaredAt });
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
