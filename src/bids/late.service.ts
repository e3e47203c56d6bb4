import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Between, In, type SelectQueryBuilder } from 'typeorm';
import { Config } from '../config.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { maySeeBids, worksOn } from '../consultations/consultation.policy.js';
import { Heartbeat, minutesDown, outagesOf } from '../consultations/outage.js';
import { Delegation, Letter } from '../letters/letter.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Jobs } from '../platform/jobs.js';
import { Outbox } from '../platform/outbox.js';
import { paragraphsOf } from '../platform/typed.js';
import { Custodian } from '../sealing/custodian.js';
import { Bid } from './bid.js';
import { mayDecide } from './bid.policy.js';
import { sameCandidate } from './candidate.js';
import { Delivery } from './delivery.js';
import { checkAdmission, LateDecision } from './late-decision.js';
import { lateBidLetter } from './late-letter.js';
import type { AdmitForm, EliminateForm } from './late.forms.js';

export type LateBid = Bid & { organisation: Organisation; decision: LateDecision | null; decider: Person | null; letter: Letter | null };

/** Before the deadline, where signs of life are looked for. */
export const WATCHED_HOURS = 8;

/** What came too late: kept sealed until the signatory decides, with reasons, to eliminate it (R2151-5) or to admit it. */
@Injectable()
export class LateBidsService implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly custodian: Custodian,
    private readonly outbox: Outbox,
    private readonly jobs: Jobs,
    private readonly config: Config,
  ) {}

  onModuleInit() {
    this.jobs.handle('late-letter.send', ({ id }) => this.send(id));
  }

  /** After the opening only: who, when, by how much; never what. Four queries. */
  list(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'late.list', async (act) => {
      const consultation = await opened(act, actor, consultationId);
      const bids = (await lateBids(act, consultationId).getMany()) as LateBid[];
      const copies = (await act.db.createQueryBuilder(Delivery, 'd').innerJoinAndMapOne('d.organisation', Organisation, 'o', 'o.id = d."organisationId"').where({ consultationId, kind: 'copy' }).orderBy('d."receivedAt"').getMany()) as (Delivery & { organisation: Organisation })[];
      const from = new Date(consultation.deadline.getTime() - (WATCHED_HOURS + 1) * 3_600_000);
      const beats = await act.db.find(Heartbeat, { where: { legalAt: Between(from, new Date(consultation.deadline.getTime() + 3_600_000)) }, order: { machineAt: 'ASC' }, select: { id: true, machineAt: true, legalAt: true } });
      return {
        consultation,
        bids: bids.map((bid) => ({ bid, copies: copies.filter((one) => sameCandidate(one.organisation, bid.organisation)) })),
        /** Null: no sign of life was kept of those hours. */
        minutesDown: beats.length > 1 ? minutesDown(outagesOf(beats), consultation.deadline, WATCHED_HOURS) : null,
        decides: mayDecide(actor, consultation),
      };
    });
  }

  async find(actor: Actor, consultationId: string, bidId: string) {
    const { bids, ...rest } = await this.list(actor, consultationId);
    const found = bids.find(({ bid }) => bid.id === bidId);
    if (!found) throw new NotFound();
    return { ...rest, ...found };
  }

  /** The rule: the offer is eliminated, and the letter that says so is signed in the same act. */
  eliminate(actor: Actor, consultationId: string, bidId: string, { reasons }: EliminateForm): Promise<void> {
    return this.acts.perform(actor, 'late.eliminate', async (act) => {
      const { consultation, bid } = await this.toDecide(act, consultationId, bidId);
      bid.eliminate();
      const letter = await this.sign(act, consultation, bid, reasons);
      await act.db.update(Bid, { id: bidId }, { status: bid.status });
      await act.add(letter, decision(act, bid, { outcome: 'eliminated', reasons, letterId: letter.id }));
      await act.later({ kind: 'late-letter.send', payload: { id: letter.id } });
      act.record({ bid: bidId, outcome: 'eliminated', letter: letter.bodyHash });
    });
  }

  /** The exception, on one of its grounds: the bid opens in a supplementary session. @returns the number of that session */
  admit(actor: Actor, consultationId: string, bidId: string, { ground, reasons, reference }: AdmitForm): Promise<{ session: number }> {
    return this.acts.perform(actor, 'late.admit', async (act) => {
      const { consultation, bid } = await this.toDecide(act, consultationId, bidId);
      if (consultation.status !== 'opened') throw new Refused('too-late', 'La consultation est terminée : plus aucun pli n’y est admis.');
      bid.admit();
      const copy = ground === 'backup-copy' ? await copyOf(act, bid) : null;
      checkAdmission({ ground, reference, bid, copy, deadline: consultation.deadline });
      const deliveryId = copy?.id ?? bid.deliveryId;
      const session = await this.custodian.convene(act, consultationId, deliveryId ?? bid.id);
      await act.db.update(Bid, { id: bidId }, { status: bid.status });
      if (deliveryId) await act.db.update(Delivery, { id: deliveryId }, { session, bidId, ...(copy ? { copyCase: 'late', copyReasons: reasons, decidedById: actor.id, decidedAt: act.now } : {}) });
      await act.add(decision(act, bid, { outcome: 'admitted', ground, reasons, reference: reference || null, session, deliveryId: copy?.id ?? null }));
      await this.tellAdmitted(act, consultation, bid);
      act.record({ bid: bidId, outcome: 'admitted', ground, session });
      return { session };
    });
  }

  /** As it will be, with these reasons; signed, as it is. */
  async letter(actor: Actor, consultationId: string, bidId: string, reasons: string): Promise<Buffer> {
    const { consultation, bid } = await this.find(actor, consultationId, bidId);
    if (bid.letter) return this.letters.bytes(bid.letter.fileId);
    if (bid.status !== 'late' || !bid.late) throw new NotFound();
    const { body } = await this.acts.look(actor, 'late.letter', async (act) => {
      act.see(worksOn(actor, consultation.territory));
      return this.compose(act, consultation, bid, reasons, null);
    });
    return this.letters.printBody('Projet – Lettre « hors délai »', body);
  }

  /** For the candidate itself, once it is signed. */
  async ownLetter(actor: Actor, consultationId: string, bidId: string): Promise<Buffer> {
    const fileId = await this.acts.look(actor, 'late.own-letter', async (act) => {
      const bid = await act.db.findOneBy(Bid, { id: bidId, consultationId, organisationId: In([...actor.organisations('bidder'), '-']) });
      act.see(bid !== null);
      const letter = await act.db.findOneBy(Letter, { subjectId: bidId, kind: 'late-bid' });
      if (!letter) throw new NotFound();
      return letter.fileId;
    });
    return this.letters.bytes(fileId);
  }

  private async toDecide(act: Act, consultationId: string, bidId: string) {
    const consultation = await act.load(Consultation, consultationId);
    act.see(worksOn(act.actor, consultation.territory));
    act.require(mayDecide(act.actor, consultation), 'La décision sur un pli hors délai revient au signataire.');
    mustBeOpened(act.actor, consultation);
    act.on(consultationId, bidId);
    const bid = (await lateBids(act, consultationId).andWhere({ id: bidId }).getOne()) as LateBid | null;
    if (!bid) throw new NotFound();
    return { consultation, bid };
  }

  private async sign(act: Act, consultation: Consultation, bid: LateBid, reasons: string): Promise<Letter> {
    const { authorityId } = consultation;
    const delegation = Delegation.required(await act.db.findBy(Delegation, { authorityId, delegateId: act.actor.id }), 'late-bid', act.now);
    const person = await act.db.findOneByOrFail(Person, { id: act.actor.id });
    const { data, body, authority, invitation } = await this.compose(act, consultation, bid, reasons, { person, delegation, at: act.now });
    const chrono = await this.letters.chrono(act, authority);
    const letter = Object.assign(new Letter(), { id: act.random.id(), authorityId, kind: 'late-bid', subjectId: bid.id, form: 'individual', number: invitation.number, invitationId: invitation.id, title: `Lettre « hors délai » – ${invitation.name}` });
    letter.sign(act.now, { personId: person.id, delegationId: delegation.id, chrono: chrono.take() }, data, body);
    await act.db.save(chrono);
    return letter;
  }

  private async compose(act: Act, consultation: Consultation, bid: Bid, reasons: string, signed: Parameters<typeof lateBidLetter>[0]['signed']) {
    const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    const invitation = await act.db.findOneByOrFail(Invitation, { consultationId: consultation.id, organisationId: bid.organisationId });
    return { authority, invitation, ...this.letters.compose('late-bid', lateBidLetter({ consultation, authority, invitation, bid, reasons: paragraphsOf(reasons), config: this.config, signed })) };
  }

  private async tellAdmitted(act: Act, consultation: Consultation, bid: Bid) {
    const { id, title, reference, buyerName: buyer, contact } = consultation;
    const invitation = await act.db.findOneByOrFail(Invitation, { consultationId: id, organisationId: bid.organisationId });
    await this.outbox.queue(act, { kind: 'late-admitted', to: invitation.email, replyTo: contact.email, organisationId: bid.organisationId, consultationId: id, subject: `Votre pli est admis\u00a0: ${title}`, data: { organisation: invitation.name, buyer, title, reference, contact, url: `${this.config.baseUrl}/consultations/${id}/pli` } });
  }

  /** Printed, then sent, once: whatever fails meanwhile is tried again. */
  private async send(id: string) {
    await this.letters.printSigned(id);
    await this.acts.perform(Actor.system, 'late.letter-sent', async (act) => {
      act.require(act.actor.isSystem);
      const letter = await act.load(Letter, id);
      if (letter.status !== 'signed' || !letter.fileId) return;
      letter.send(act.now);
      const invitation = await act.db.findOneByOrFail(Invitation, { id: letter.invitationId ?? '' });
      const consultation = await act.db.findOneByOrFail(Consultation, { id: invitation.consultationId });
      act.on(consultation.id, id);
      const { title, reference, buyerName: buyer, contact } = consultation;
      await this.outbox.queue(act, { kind: 'late-bid', to: invitation.email, replyTo: contact.email, organisationId: invitation.organisationId, consultationId: consultation.id, subject: `Votre pli est arrivé hors délai\u00a0: ${title}`, attachments: [{ name: 'lettre-hors-delai.pdf', fileId: letter.fileId }], data: { organisation: invitation.name, buyer, title, reference, contact, url: `${this.config.baseUrl}/consultations/${consultation.id}/pli` } });
      await act.db.save(letter);
      act.record({ letter: letter.bodyHash });
    });
  }
}

/** The same answer whether there are late bids or none (sealing.md 1.6). */
export function mustBeOpened(actor: Actor, consultation: Consultation) {
  if (!maySeeBids(actor, consultation)) throw new Refused('sealed', 'Rien ne peut être affiché avant l’ouverture.');
}

async function opened(act: Act, actor: Actor, id: string): Promise<Consultation> {
  const consultation = await act.db.findOneBy(Consultation, { id });
  if (!consultation) throw new NotFound();
  act.see(worksOn(actor, consultation.territory));
  mustBeOpened(actor, consultation);
  return consultation;
}

/** Late bids that wait for a decision, and those that had one. */
function lateBids(act: Act, consultationId: string): SelectQueryBuilder<Bid> {
  return act.db
    .createQueryBuilder(Bid, 'b')
    .innerJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
    .leftJoinAndMapOne('b.decision', LateDecision, 'x', 'x.id = b.id')
    .leftJoinAndMapOne('b.decider', Person, 'p', 'p.id = x."decidedById"')
    .leftJoinAndMapOne('b.letter', Letter, 'l', 'l.id = x."letterId"')
    .where('b."consultationId" = :consultationId and (b.status = :late or x.id is not null)', { consultationId, late: 'late' })
    .orderBy('b.receivedAt')
    .addOrderBy('b.id');
}

/** The closed copy of this candidate that came first. */
async function copyOf(act: Act, bid: LateBid): Promise<Delivery | null> {
  const held = (await act.db.createQueryBuilder(Delivery, 'd').innerJoinAndMapOne('d.organisation', Organisation, 'o', 'o.id = d."organisationId"').where({ consultationId: bid.consultationId, kind: 'copy' }).orderBy('d."receivedAt"').getMany()) as (Delivery & { organisation: Organisation })[];
  return held.find((one) => one.idle && sameCandidate(one.organisation, bid.organisation)) ?? null;
}

function decision(act: Act, bid: Bid, facts: Partial<LateDecision>) {
  return Object.assign(new LateDecision(), { id: bid.id, consultationId: bid.consultationId, decidedById: act.actor.id, decidedAt: act.now, ...facts });
}
