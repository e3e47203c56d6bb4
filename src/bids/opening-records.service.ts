import { Injectable, type OnModuleInit } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { Consultation } from '../consultations/consultation.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Files } from '../platform/files.js';
import { GENESIS, JournalChain } from '../platform/journal-entry.js';
import { Jobs } from '../platform/jobs.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { Custodian } from '../sealing/custodian.js';
import { Bid } from './bid.js';
import { type BidRow, registerDocument } from './bid-documents.js';
import { Delivery } from './delivery.js';
import { LateDecision } from './late-decision.js';
import { minutesDocument } from './minutes-document.js';
import { membersOf } from './opening-reading.js';
import { OpeningObservation, OpeningSession } from './opening-session.js';
import { OpenedFile, Opening } from './opening.js';

/** Minutes and register of each session, printed once, stored, hashed. */
@Injectable()
export class OpeningRecords implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
    private readonly files: Files,
    private readonly letters: LettersService,
    private readonly jobs: Jobs,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  onModuleInit() {
    this.jobs.handle('opening.minutes', ({ id }) => this.drawUp(id));
  }

  private async drawUp(openingId: string) {
    const { opening, consultation, authority, rows, files, head, now, ...session } = await this.acts.look(Actor.system, 'opening.read', (act) => {
      act.see(act.actor.isSystem);
      return this.facts(act, openingId);
    });
    if (opening.minutesFileId) return;
    const facts = { consultation, authority, config: this.config };
    const minuted = { ...session, number: opening.number, openedAt: opening.openedAt, anomalies: opening.anomalies, checkpointHash: head, files };
    const minutes = await this.letters.print('minutes', minutesDocument(facts, minuted, rows));
    const register = await this.letters.print('register', registerDocument(facts, rows, opening.number === 1 ? opening.openedAt : now, head));
    const kept = await Promise.all([
      StoredFile.write(this.files, this.random, opening.openedAt, 'proces-verbal.pdf', 'application/pdf', minutes),
      StoredFile.write(this.files, this.random, opening.openedAt, 'registre.pdf', 'application/pdf', register),
    ]);
    await this.acts.perform(Actor.system, 'opening.minutes', async (act) => {
      act.require(act.actor.isSystem);
      const locked = await act.load(Opening, openingId);
      if (locked.minutesFileId) return;
      act.on(locked.consultationId);
      await act.add(...kept);
      await act.db.update(Opening, { id: openingId }, { minutesFileId: kept[0].id, registerFileId: kept[1].id });
      act.record({ session: locked.number, minutes: kept[0].sha256, register: kept[1].sha256 });
    });
  }

  private async facts(act: Act, openingId: string) {
    const opening = await act.db.findOneByOrFail(Opening, { id: openingId });
    const { consultationId, number } = opening;
    const consultation = await act.db.findOneByOrFail(Consultation, { id: consultationId });
    const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    const rows = await rowsOf(act, consultationId);
    const ids = [...rows.map(({ bid }) => bid.id), '-'];
    const files = await act.db.find(OpenedFile, { where: { bidId: In(ids) }, order: { bidId: 'ASC', position: 'ASC' } });
    const { confirmations } = number === 1 ? await this.custodian.canOpen(act.db, consultationId) : await this.custodian.session(act.db, consultationId, number);
    const members = await membersOf(act, consultation);
    const planned = await act.db.findOneBy(OpeningSession, { id: consultationId });
    const observations = await act.db.find(OpeningObservation, { where: { consultationId }, order: { at: 'ASC' } });
    const quoted = [...opening.openerIds, ...members.flatMap(({ row }) => [row?.replacedById, row?.decidedById, row?.standsInForId]), ...observations.map((one) => one.personId), planned?.closedById];
    const people = await act.db.findBy(Person, { id: In([...quoted.flatMap((one) => one ?? []), '-']) });
    const names = new Map(people.map((person) => [person.id, person.name]));
    const openers = confirmations
      .filter((one) => opening.openerIds.includes(one.personId))
      .map((one) => ({ personId: one.personId, name: names.get(one.personId) ?? '', confirmedAt: one.at }));
    const chain = await act.db.findOneBy(JournalChain, { id: consultationId });
    return { opening, consultation, authority, rows, files, openers, members, planned, observations, names, head: chain?.head ?? GENESIS, now: act.now };
  }
}

/** All the deposits of a consultation with their operators, their decisions and the envelopes handed over, by arrival. One query. */
export async function rowsOf(act: Act, consultationId: string): Promise<BidRow[]> {
  type Row = Bid & { organisation: Organisation | null; decision: LateDecision | null; decider: Person | null; handed: Delivery[] };
  const bids = (await act.db
    .createQueryBuilder(Bid, 'b')
    .leftJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
    .leftJoinAndMapOne('b.decision', LateDecision, 'x', 'x.id = b.id')
    .leftJoinAndMapOne('b.decider', Person, 'p', 'p.id = x."decidedById"')
    .leftJoinAndMapMany('b.handed', Delivery, 'd', 'd."bidId" = b.id')
    .where('b."consultationId" = :consultationId', { consultationId })
    .orderBy('b.receivedAt')
    .addOrderBy('b.id')
    .getMany()) as Row[];
  return bids.map((bid) => ({ bid, operator: bid.organisation?.name ?? '', decision: bid.decision, decider: bid.decider?.name ?? '', handed: bid.handed }));
}
