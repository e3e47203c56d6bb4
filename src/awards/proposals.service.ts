import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Invitation } from '../consultations/consultation.js';
import { rankingOf } from '../evaluations/ranking-reading.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Outbox } from '../platform/outbox.js';
import { dayInFrench, dayOf } from '../platform/working-days.js';
import { holdersOf, WorkMails } from '../people/work-mails.js';
import type { Consultation } from '../consultations/consultation.js';
import { Award, type Passed } from './award.js';
import type { AskForm, CheckForm, PassForm } from './award.forms.js';
import { mayPropose } from './award.policy.js';
import { liveAward, lockedCall, mustHaveDecidedLateBids, procedureOf, theAward } from './awards-facts.js';
import { AwardCertificate, CERTIFICATES, mustBeProven } from './certificate.js';
import { type Choice, choiceOf } from './choice.js';

const NOT_YOURS = 'L’attribution est proposée par l’agent qui suit la consultation.';

/** From a locked analysis to an intended winner that has proven what it must (R2144-4, R2144-7). */
@Injectable()
export class ProposalsService {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly workMails: WorkMails,
    private readonly config: Config,
  ) {}

  /** The first of the ranking, or the reasoned choice of a comparison. */
  propose(actor: Actor, id: string): Promise<void> {
    return this.acts.perform(actor, 'award.propose', async (act) => {
      const consultation = await this.opened(act, actor, id);
      if (await liveAward(act, id)) throw new Refused('already', 'Une attribution est déjà proposée pour cette consultation : retirez-la avant d’en proposer une autre.');
      await mustHaveDecidedLateBids(act, id);
      const ranking = await rankingOf(act, id);
      const { row, rank, amountCents, reasons } = choiceOf(ranking, []);
      const award = Object.assign(new Award(), {
        id: act.random.id(), consultationId: id, number: (await act.db.countBy(Award, { consultationId: id })) + 1,
        procedure: await procedureOf(act, consultation), bidId: row.bid.id, organisationId: row.bid.organisationId,
        rank, amountCents, reasons, participants: ranking.rows.length, proposedById: actor.id, proposedAt: act.now,
      });
      await act.add(award);
      act.record({ award: award.number, bid: award.bidId, rank });
    });
  }

  /** The list and its due date, to the intended winner alone; or why nothing is asked (R2143-13, -14). */
  ask(actor: Actor, id: string, form: AskForm): Promise<void> {
    return this.acts.perform(actor, 'award.ask', async (act) => {
      const consultation = await this.opened(act, actor, id);
      const award = await theAward(act, id);
      if (form.certificates.length === 0) {
        if (form.held.length < 10) throw Invalid.field('certificates', 'Cochez les pièces à demander, ou dites pourquoi aucune n’est à demander (art. R. 2143-13 et R. 2143-14).', { ...form });
        award.certify(form.held, act.now);
      } else {
        if (form.due === '') throw Invalid.field('due', 'Indiquez la date limite d’envoi des pièces.', { ...form });
        award.ask(form.due, dayOf(act.now, consultation.timeZone), act.now);
        await act.add(...[...new Set(form.certificates)].map((kind) => Object.assign(new AwardCertificate(), { id: act.random.id(), awardId: award.id, consultationId: id, organisationId: award.organisationId, kind })));
        await this.write(act, consultation, award, form.certificates.map((kind) => CERTIFICATES[kind].label), false);
      }
      await act.db.save(award);
      act.record({ award: award.number, asked: form.certificates, held: form.certificates.length === 0 });
    });
  }

  /** Accepted with its end of validity, or refused with what is wrong; once all are accepted, the award may be decided. */
  check(actor: Actor, id: string, certificateId: string, form: CheckForm): Promise<void> {
    return this.acts.perform(actor, 'award.check', async (act) => {
      const consultation = await this.opened(act, actor, id);
      const award = await theAward(act, id);
      const all = await act.db.findBy(AwardCertificate, { awardId: award.id, organisationId: award.organisationId });
      const one = all.find((certificate) => certificate.id === certificateId);
      if (!one) throw new NotFound();
      const today = dayOf(act.now, consultation.timeZone);
      if (form.outcome === 'accepted') one.accept(form.expiresOn, today, actor.id, act.now);
      else one.refuse(form.note, actor.id, act.now);
      await act.db.save(one);
      if (form.outcome === 'refused') await this.write(act, consultation, award, [`${one.words.label} : ${form.note}`], true);
      if (all.every((certificate) => certificate.status === 'accepted')) {
        mustBeProven(all, today);
        award.certify('', act.now);
        await act.db.save(award);
        await this.tellSignatory(act, consultation);
      }
      act.record({ award: award.number, piece: one.kind, outcome: form.outcome });
    });
  }

  /** R2144-7: set aside with the reason; the next in rank is proposed, or nobody is left. */
  pass(actor: Actor, id: string, form: PassForm): Promise<void> {
    return this.acts.perform(actor, 'award.pass', async (act) => {
      await this.opened(act, actor, id);
      const award = await theAward(act, id);
      const ranking = await rankingOf(act, id);
      const operator = ranking.rows.find((row) => row.bid.id === award.bidId)?.operator ?? '';
      const from: Omit<Passed, 'bidId' | 'at'> = { operator, ground: form.ground, reason: form.reason, byId: actor.id };
      const next = choiceOf(ranking, [...award.passed.map((one) => one.bidId), award.bidId], form.bidId ? form : undefined);
      if (next.rank === null && form.reasons.length < 20) throw Invalid.field('reasons', 'Écrivez les raisons de ce nouveau choix : les lettres les reprennent (art. R. 2122-8).', { ...form });
      award.pass(from, chosen(next), act.now);
      await act.db.save(award);
      act.record({ award: award.number, passed: from.ground, bid: award.bidId });
    });
  }

  /** The proposal falls; the analysis stays as it is. */
  withdraw(actor: Actor, id: string, reason: string): Promise<void> {
    return this.acts.perform(actor, 'award.withdraw', async (act) => {
      await this.opened(act, actor, id);
      const award = await theAward(act, id);
      award.withdraw(reason, actor.id, act.now);
      await act.db.save(award);
      act.record({ award: award.number });
    });
  }

  private async opened(act: Act, actor: Actor, id: string): Promise<Consultation> {
    const consultation = await lockedCall(act, actor, id);
    act.require(mayPropose(actor, consultation), NOT_YOURS);
    if (consultation.status === 'awarded') throw new Refused('already', 'L’attribution est décidée : elle se rapporte d’abord, avec un motif.');
    if (consultation.status !== 'opened') throw new Refused('wrong-state', 'Cette consultation est terminée : elle ne s’attribue plus.');
    return consultation;
  }

  private tellSignatory = async (act: Act, consultation: Consultation) => {
    const role = consultation.territory.startsWith('R') ? 'regional-signatory' : 'dept-signatory';
    await this.workMails.queue(act, await holdersOf(act, role, consultation.territory), {
      subject: 'Décidez l’attribution',
      text: 'L’attributaire pressenti a fourni les pièces demandées : relisez la proposition, puis signez la décision d’attribution.',
      consultation,
      path: `/consultations/${consultation.id}/attribution`,
    });
  };

  private async write(act: Act, consultation: Consultation, award: Award, items: string[], again: boolean) {
    const { id, title, reference, buyerName: buyer, contact } = consultation;
    const invitation = await act.db.findOneByOrFail(Invitation, { consultationId: id, organisationId: award.organisationId });
    await this.outbox.queue(act, {
      kind: 'certificates', to: invitation.email, replyTo: contact.email, organisationId: award.organisationId, consultationId: id,
      subject: `${again ? 'Une pièce est à renvoyer' : 'Pièces à fournir'}\u00a0: ${title}`,
      data: { heading: again ? 'Une pièce est à renvoyer' : 'Pièces à fournir', again, organisation: invitation.name, buyer, title, reference, items, due: dayInFrench(award.certificatesDue ?? ''), contact, url: `${this.config.baseUrl}/consultations/${id}/courriers` },
    });
  }
}

const chosen = ({ row, rank, amountCents, reasons }: Choice) => ({ bidId: row.bid.id, organisationId: row.bid.organisationId, rank, amountCents, reasons });
