import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Custodian } from '../sealing/custodian.js';
import { sealHash } from '../sealing/envelope.js';
import { Bid } from './bid.js';
import { mayDecide } from './bid.policy.js';
import { bidsOf } from './candidate.js';
import { checkCopyOpening, Delivery } from './delivery.js';
import type { OpenCopyForm } from './deliveries.forms.js';
import { BidDraft } from './draft.js';
import { mustBeOpened } from './late.service.js';
import { OpenedFile } from './opening.js';

/** Copie de sauvegarde (R2132-11): opened by a decision of the signatory, in the cases of the texts and no other. */
@Injectable()
export class CopiesService {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
  ) {}

  /** What the signatory decides on. Four queries. */
  find(actor: Actor, consultationId: string, id: string) {
    return this.acts.look(actor, 'copy.find', async (act) => {
      const { consultation, delivery } = await openedCopy(act, consultationId, id);
      return { consultation, delivery, ...(await this.facts(act, consultation, delivery)), decides: mayDecide(actor, consultation), now: act.now };
    });
  }

  /** @returns the number of the supplementary session that opens it */
  decide(actor: Actor, consultationId: string, id: string, { copyCase, reasons, trace }: OpenCopyForm): Promise<{ session: number }> {
    return this.acts.perform(actor, 'copy.admit', async (act) => {
      await act.load(Consultation, consultationId);
      const { consultation, delivery } = await openedCopy(act, consultationId, id);
      act.require(mayDecide(actor, consultation), 'L’ouverture d’une copie de sauvegarde se décide par le signataire.');
      act.on(consultationId, id);
      if (consultation.status !== 'opened') throw new Refused('too-late', 'La consultation est terminée : plus aucune enveloppe ne s’y ouvre.');
      const { bid, damaged, unfinished, late } = await this.facts(act, consultation, delivery);
      if (late) throw new Refused('to-decide', 'Le pli électronique de ce candidat est arrivé hors délai : décidez de son admission, la copie en est un motif.');
      checkCopyOpening({ copyCase, copy: delivery, deadline: consultation.deadline, bid, damaged, unfinished, trace });
      const session = await this.custodian.convene(act, consultationId, id);
      const bidId = bid?.id ?? (await standIn(act, consultation, delivery)).id;
      const copyReasons = [reasons, trace && `Trace : ${trace}`].filter(Boolean).join('\n\n');
      await act.db.update(Delivery, { id }, { session, bidId, copyCase, copyReasons, decidedById: actor.id, decidedAt: act.now });
      act.record({ delivery: id, copyCase, session });
      return { session };
    });
  }

  private async facts(act: Act, { id }: Consultation, delivery: Delivery) {
    const organisation = await act.db.findOneByOrFail(Organisation, { id: delivery.organisationId });
    const bids = await bidsOf(act, id, organisation).getMany();
    const bid = bids.find((one) => ['opened', 'unreadable'].includes(one.status)) ?? null;
    const damaged = bid ? await act.db.countBy(OpenedFile, { bidId: bid.id, intact: false }) : 0;
    const draft = await act.db.findOne(BidDraft, { where: { consultationId: id, organisationId: organisation.id, state: 'open' }, order: { createdAt: 'ASC' } });
    return { organisation, bid, damaged, unfinished: draft && { startedAt: draft.createdAt }, late: bids.some((one) => one.status === 'late' && one.late) };
  }
}

async function openedCopy(act: Act, consultationId: string, id: string) {
  const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
  act.see(consultation !== null && worksOn(act.actor, consultation.territory));
  if (!consultation) throw new NotFound();
  mustBeOpened(act.actor, consultation);
  const delivery = await act.db.findOneBy(Delivery, { id, consultationId, kind: 'copy' });
  if (!delivery) throw new NotFound();
  return { consultation, delivery };
}

/** Nothing electronic ever came in full: the copy is the bid (annex 6, art. 2 II 2°). */
async function standIn(act: Act, consultation: Consultation, { id: deliveryId, organisationId, receivedAt, deadline, deadlineVersion, recordHash, recordedById }: Delivery): Promise<Bid> {
  const id = act.random.id();
  const envelope = { version: 1 as const, consultationId: consultation.id, bidId: id, manifest: { cipherSize: 0, cipherSha256: recordHash }, parts: [] };
  const bid = Object.assign(new Bid(), {
    id, consultationId: consultation.id, organisationId, deliveryId, status: 'admitted', receivedAt, deadline, deadlineVersion,
    documentsVersion: consultation.documentsVersion, envelope, sealHash: sealHash(envelope), idempotencyKey: act.random.id(), depositedById: recordedById,
  });
  await act.add(bid);
  return bid;
}
