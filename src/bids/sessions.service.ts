import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Custodian } from '../sealing/custodian.js';
import { Bid } from './bid.js';
import { Delivery } from './delivery.js';
import { mustBeOpened } from './late.service.js';
import { Opening } from './opening.js';

/** Séance complémentaire: what was admitted after the opening opens with confirmations and minutes of its own. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
  ) {}

  /** Who must come, who came, what will open: four queries. */
  state(actor: Actor, consultationId: string, number: number) {
    return this.acts.look(actor, 'session.show', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
      if (!consultation) throw new NotFound();
      act.see(worksOn(actor, consultation.territory));
      mustBeOpened(actor, consultation);
      const session = (await this.custodian.sessions(act.db, consultationId)).find((one) => one.number === number);
      if (!session) throw new NotFound();
      const people = await act.db.findBy(Person, { id: In([...session.openers, ...session.substitutes]) });
      const subjects = (await act.db
        .createQueryBuilder(Bid, 'b')
        .innerJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
        .leftJoinAndMapOne('b.handed', Delivery, 'd', 'd."bidId" = b.id and d.id in (:...subjects)')
        .where('(b.id in (:...subjects) or d.id is not null) and b."consultationId" = :consultationId', { subjects: [...session.subjects, '-'], consultationId })
        .orderBy('b."receivedAt"')
        .select(['b.id', 'b.receivedAt', 'o.name', 'd.id', 'd.kind'])
        .getMany()) as unknown as { id: string; receivedAt: Date; organisation: { name: string }; handed: { kind: Delivery['kind'] } | null }[];
      const confirmedBy = session.confirmedBy();
      const named = session.names(actor.id);
      const open = session.releasedAt === null;
      return {
        consultation,
        session,
        openers: people.map((person) => ({ name: person.name, confirmed: confirmedBy.includes(person.id) })),
        confirmed: confirmedBy.length,
        subjects,
        can: { confirm: open && named && !confirmedBy.includes(actor.id), open: open && named && confirmedBy.length >= session.quorum },
        now: act.now,
      };
    });
  }

  confirm(actor: Actor, consultationId: string, number: number): Promise<void> {
    return this.acts.perform(actor, 'session.confirm', async (act) => {
      await this.named(act, consultationId, number, 'Seuls les ouvreurs désignés confirment leur présence.');
      await this.custodian.confirmSession(act, consultationId, number, actor.id);
      act.record({ session: number, declaration: 'absence de conflit d’intérêts' });
    });
  }

  /** All that the session was convened for, together; the custodian checks hour and quorum by itself. */
  open(actor: Actor, consultationId: string, number: number): Promise<{ opened: number }> {
    return this.acts.perform(actor, 'session.open', async (act) => {
      const consultation = await this.named(act, consultationId, number, 'Seuls les ouvreurs désignés ouvrent les plis.');
      if (consultation.status !== 'opened') throw new Refused('too-late', 'La consultation est terminée : plus aucun pli ne s’y ouvre.');
      const subjects = await this.custodian.releaseSession(act, consultationId, number);
      const envelopes = await act.db.findBy(Delivery, { id: In([...subjects, '-']), consultationId });
      for (const one of envelopes) {
        one.open(act.now, number);
        await act.db.update(Delivery, { id: one.id }, { status: one.status, openedAt: one.openedAt, session: number });
      }
      const bids = await act.db.findBy(Bid, { id: In([...subjects, ...envelopes.flatMap((one) => one.bidId ?? []), '-']), consultationId, status: 'admitted' });
      for (const bid of bids) bid.open(act.now, number);
      if (bids.length > 0) await act.db.update(Bid, { id: In(bids.map((bid) => bid.id)) }, { status: 'opened', openedAt: act.now, session: number });
      const { confirmedBy } = await this.custodian.session(act.db, consultationId, number);
      const id = Opening.idOf(consultationId, number);
      await act.add(Object.assign(new Opening(), { id, consultationId, number, openedAt: act.now, openerIds: confirmedBy }));
      await act.later({ kind: 'opening.check', payload: { id } });
      act.record({ session: number, opened: subjects.length });
      return { opened: subjects.length };
    });
  }

  private async named(act: Act, consultationId: string, number: number, sentence: string): Promise<Consultation> {
    const consultation = await act.load(Consultation, consultationId);
    act.see(worksOn(act.actor, consultation.territory));
    mustBeOpened(act.actor, consultation);
    const session = (await this.custodian.sessions(act.db, consultationId)).find((one) => one.number === number);
    if (!session) throw new NotFound();
    act.require(session.names(act.actor.id), sentence);
    act.on(consultationId);
    return consultation;
  }
}
