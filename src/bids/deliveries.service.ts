import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { mayManage, worksOn } from '../consultations/consultation.policy.js';
import { Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { canonical } from '../platform/canonical.js';
import { instantOf, UnknownLocalTime } from '../platform/dates.js';
import { DomainError, Invalid, NotFound, Refused } from '../platform/errors.js';
import { sha256 } from '../platform/random.js';
import { Vault } from '../platform/vault.js';
import { sealHash } from '../sealing/envelope.js';
import type { DeliveryRecord } from '../sealing/receipt.js';
import { AcknowledgementService } from './acknowledgement.service.js';
import { Bid, StoredReceipt, succession } from './bid.js';
import { bidsOf, type FiledBid } from './candidate.js';
import { checkReception, Delivery, type DeliveryFacts } from './delivery.js';
import type { DeliveryForm } from './deliveries.forms.js';

export type HeldDelivery = Delivery & { organisation: Organisation; recorder: Person | null; bid: Bid | null; receipt: StoredReceipt | null; facts: DeliveryFacts };

/** Envelopes handed over, recorded unopened: bids where the documents admit them (R2132-12), backup copies (R2132-11). */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly acts: Acts,
    private readonly vault: Vault,
    private readonly acknowledgements: AcknowledgementService,
  ) {}

  /** Until the opening each recorder reads what they recorded, and nobody anything else; afterwards all is read by the buyer's agents. Three queries. */
  list(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'delivery.list', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
      if (!consultation) throw new NotFound();
      act.see(worksOn(actor, consultation.territory));
      const opened = consultation.openedAt !== null;
      const rows = (await act.db
        .createQueryBuilder(Delivery, 'd')
        .innerJoinAndMapOne('d.organisation', Organisation, 'o', 'o.id = d."organisationId"')
        .leftJoinAndMapOne('d.recorder', Person, 'p', 'p.id = d."recordedById"')
        .leftJoinAndMapOne('d.bid', Bid, 'b', 'b.id = d."bidId"')
        .leftJoinAndMapOne('d.receipt', StoredReceipt, 'r', '(r."bidId" = d.id or r."bidId" = d."bidId") and r."recordedById" = :me', { me: actor.id })
        .where({ consultationId, ...(opened ? {} : { recordedById: actor.id }) })
        .orderBy('d."receivedAt"')
        .addOrderBy('d.id')
        .getMany()) as HeldDelivery[];
      const invited = await act.db.find(Invitation, { where: { consultationId }, order: { number: 'ASC' }, select: { organisationId: true, name: true, invitedAt: true } });
      return {
        consultation,
        opened,
        deliveries: rows.map((one) => Object.assign(one, { facts: this.factsOf(one) })),
        invited: invited.filter((one) => one.invitedAt !== null),
        records: mayManage(actor, consultation) && consultation.launchedAt !== null && consultation.status !== 'abandoned',
        now: act.now,
        actor,
      };
    });
  }

  /** In time or late by the hour of its reception, by the same rule as an electronic bid. The same key gives the same receipt. */
  async record(actor: Actor, consultationId: string, form: DeliveryForm): Promise<{ receiptId: string }> {
    const first = await this.already(actor, consultationId, form);
    if (first) return first;
    try {
      return await this.acts.perform(actor, 'delivery.record', (act) => this.keep(act, consultationId, form));
    } catch (error) {
      const meanwhile = error instanceof DomainError && error.code === 'conflict' ? await this.already(actor, consultationId, form) : null;
      if (meanwhile) return meanwhile;
      throw error;
    }
  }

  private async keep(act: Act, consultationId: string, form: DeliveryForm) {
    const { actor } = act;
    const consultation = await act.load(Consultation, consultationId);
    act.see(worksOn(actor, consultation.territory));
    act.require(mayManage(actor, consultation), 'L’enregistrement revient à l’agent qui suit la consultation.');
    act.on(consultationId);
    if (consultation.launchedAt === null || consultation.status === 'abandoned') throw new Refused('not-open', 'Cette consultation ne reçoit pas d’enveloppe : elle n’est pas lancée, ou elle est terminée.');
    if (form.kind === 'bid' && !consultation.otherMeans) throw new Refused('electronic-only', 'Les documents de cette consultation n’admettent que la voie électronique (article R. 2132-7 du code de la commande publique). Un pli remis autrement est irrégulier : rendez l’enveloppe, ou enregistrez-la comme copie de sauvegarde si elle en porte la mention.');
    const invitation = await act.db.findOneBy(Invitation, { consultationId, organisationId: form.organisationId });
    if (!invitation?.invitedAt) throw Invalid.field('organisationId', 'Cette organisation n’est pas invitée à cette consultation.');
    const receivedAt = receptionOf(form.receivedOn, consultation.timeZone);
    checkReception({ receivedAt, launchedAt: consultation.launchedAt, now: act.now, justification: form.justification });
    const organisation = await act.db.findOneByOrFail(Organisation, { id: form.organisationId });
    const { medium, carrier, broughtBy, remark, justification } = form;
    const facts: DeliveryFacts = { medium, carrier, broughtBy, remark, justification };
    const id = act.random.id();
    const { deadline, deadlineVersion } = consultation;
    const record: DeliveryRecord = { format: 'souspli/delivery/v1', id, consultationId, kind: form.kind, operator: organisation.name, ...facts, receivedAt: receivedAt.toISOString(), recordedAt: act.now.toISOString(), recordedBy: actor.name };
    const delivery = Object.assign(new Delivery(), {
      id, consultationId, organisationId: organisation.id, kind: form.kind, receivedAt, deadline, deadlineVersion, recordedAt: act.now, recordedById: actor.id, idempotencyKey: form.idempotencyKey,
      sealedFacts: this.vault.seal(JSON.stringify(facts), `delivery/${id}`), recordHash: sha256(canonical(record)),
    });
    const bid = form.kind === 'bid' ? await this.keepBid(act, consultation, organisation, delivery) : null;
    delivery.bidId = bid?.id ?? null;
    await act.add(delivery);
    act.record({ delivery: id, recordHash: delivery.recordHash, late: delivery.late, deadlineVersion });
    return this.acknowledgements.giveForEnvelope(act, { consultation, delivery, record, bid, invitation });
  }

  /** Its envelope holds no part: what is hashed is the record that the receipt shows. */
  private async keepBid(act: Act, consultation: Consultation, organisation: Organisation, delivery: Delivery): Promise<Bid> {
    const { receivedAt, late } = delivery;
    const id = act.random.id();
    const earlier = (await bidsOf(act, consultation.id, organisation).getMany()) as FiledBid[];
    // Nobody is asked, and the recorder is not told: whether another bid gives way is content (sealing.md 1.6).
    const { replaced, overtaken } = succession(earlier, { receivedAt, writtenAt: act.now, late });
    const found = !late && consultation.openedAt !== null;
    if (!found) {
      for (const former of replaced) {
        former.replace();
        await act.db.update(Bid, { id: former.id }, { status: former.status });
      }
    }
    const envelope = { version: 1 as const, consultationId: consultation.id, bidId: id, manifest: { cipherSize: 0, cipherSha256: delivery.recordHash }, parts: [] };
    const bid = Object.assign(new Bid(), {
      id, consultationId: consultation.id, organisationId: organisation.id, deliveryId: delivery.id, receivedAt, envelope, sealHash: sealHash(envelope),
      // Came in time, and is recorded once the others are read: the signatory decides (late-decision.ts).
      status: found ? 'late' : overtaken ? 'replaced' : late ? 'late' : 'sealed',
      deadline: consultation.deadline, deadlineVersion: consultation.deadlineVersion, documentsVersion: consultation.documentsVersion,
      idempotencyKey: delivery.idempotencyKey, depositedById: act.actor.id, replacesId: found ? null : (replaced[0]?.id ?? null),
    });
    await act.add(bid);
    return bid;
  }

  /** An unopened copy is destroyed once it can serve no more; its line stays. */
  destroy(actor: Actor, consultationId: string, id: string): Promise<void> {
    return this.acts.perform(actor, 'delivery.destroy', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'La destruction revient à l’agent qui suit la consultation.');
      const delivery = await act.db.findOneBy(Delivery, { id, consultationId, ...(consultation.openedAt ? {} : { recordedById: actor.id }) });
      if (!delivery) throw new NotFound();
      act.on(consultationId, id);
      if (consultation.openedAt === null && consultation.status !== 'abandoned') throw new Refused('not-opened', 'Une copie de sauvegarde se garde fermée jusqu’à l’ouverture des plis : elle peut encore servir.');
      if (consultation.openedAt && (await act.db.existsBy(Bid, { consultationId, organisationId: delivery.organisationId, status: 'late', id: Not(delivery.bidId ?? '-') }))) throw new Refused('to-decide', 'Un pli hors délai de ce candidat attend une décision, que cette copie peut fonder : décidez d’abord.');
      delivery.destroy(act.now, actor.id);
      await act.db.update(Delivery, { id }, { status: delivery.status, destroyedAt: delivery.destroyedAt, destroyedById: delivery.destroyedById });
      act.record({ delivery: id, recordHash: delivery.recordHash });
    });
  }

  factsOf(delivery: Delivery): DeliveryFacts {
    return JSON.parse(this.vault.open(delivery.sealedFacts, `delivery/${delivery.id}`)) as DeliveryFacts;
  }

  private already(actor: Actor, consultationId: string, form: DeliveryForm): Promise<{ receiptId: string } | null> {
    return this.acts.look(actor, 'delivery.find-own', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
      act.see(consultation !== null && worksOn(actor, consultation.territory));
      const known = await act.db.findOneBy(Delivery, { recordedById: actor.id, idempotencyKey: form.idempotencyKey });
      if (!known) return null;
      const { medium, carrier, broughtBy, remark, justification, kind, organisationId } = form;
      const same = known.consultationId === consultationId && known.kind === kind && known.organisationId === organisationId && canonical(this.factsOf(known)) === canonical({ medium, carrier, broughtBy, remark, justification });
      if (!same) throw new Refused('key-used', 'Cette enveloppe est déjà enregistrée. Rechargez la page pour en enregistrer une autre.');
      const receipt = await act.db.findOneByOrFail(StoredReceipt, { bidId: In([known.id, known.bidId ?? '-']), recordedById: actor.id });
      return { receiptId: receipt.id };
    });
  }
}

/** The hour on the buyer's clocks, seconds included when they are known. @throws Invalid on `receivedOn` */
function receptionOf(local: string, timeZone: string): Date {
  try {
    const minute = instantOf(local.slice(0, 16), timeZone);
    return new Date(minute.getTime() + Number(local.slice(17, 19) || 0) * 1000);
  } catch (error) {
    if (error instanceof UnknownLocalTime) throw Invalid.field('receivedOn', error.message);
    throw error;
  }
}
