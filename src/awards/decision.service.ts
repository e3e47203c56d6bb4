import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Consultation } from '../consultations/consultation.js';
import { Evaluation } from '../evaluations/evaluation.js';
import { rankingOf } from '../evaluations/ranking-reading.js';
import type { Signed } from '../letters/frame.js';
import { type Chrono, Delegation, Letter } from '../letters/letter.js';
import type { LetterKind } from '../letters/letter-data.js';
import { LettersService } from '../letters/letters.service.js';
import { Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Outbox } from '../platform/outbox.js';
import { dayOf } from '../platform/working-days.js';
import type { Award } from './award.js';
import type { InformForm, ReverseForm } from './award.forms.js';
import { mayAward } from './award.policy.js';
import { awardDecision, awardLetter, inOrder, type LetterFacts, rejectionLetter } from './award-letters.js';
import { type AwardFacts, factsOf, lockedCall, mustHaveDecidedLateBids, theAward, visibleCall } from './awards-facts.js';
import { AwardCertificate, mustBeProven } from './certificate.js';
import { choiceOf } from './choice.js';
import { composeOrRefuse } from './compose.js';
import { defaultStandstill, type Standstill, waivedStandstill } from './standstill.js';

const SIGNATORY = 'La décision d’attribution et ses lettres reviennent au signataire.';

/** Decision, then all letters at once; both signed under a delegation. */
@Injectable()
export class DecisionService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly outbox: Outbox,
    private readonly config: Config,
  ) {}

  /** Everything is asked again under the lock: the ranking, the pieces, the delegation. */
  decide(actor: Actor, id: string): Promise<void> {
    return this.acts.perform(actor, 'award.decide', async (act) => {
      const consultation = await this.locked(act, actor, id);
      const award = await theAward(act, id);
      await mustHaveDecidedLateBids(act, id);
      const choice = choiceOf(await rankingOf(act, id), award.passed.map((one) => one.bidId), award);
      if (choice.row.bid.id !== award.bidId || choice.amountCents !== award.amountCents) throw new Refused('outdated', 'Depuis la proposition, l’analyse a changé : retirez la proposition, puis proposez à nouveau.');
      if (award.status === 'certified') mustBeProven(await act.db.findBy(AwardCertificate, { awardId: award.id, organisationId: award.organisationId }), dayOf(act.now, consultation.timeZone));
      const signed = await this.signature(act, consultation, 'award-decision');
      const facts = this.letterFacts(await factsOf(act, consultation, award), act.now, signed);
      const letter = this.letter(act, facts, 'award-decision', 0, null, 'Décision d’attribution');
      award.decide(actor.id, letter.id, act.now);
      award.reportFileId = facts.ranking.evaluation?.reportFileId ?? null;
      const chrono = await this.letters.chrono(act, facts.authority);
      const { data, body } = composeOrRefuse(this.letters, 'award-decision', awardDecision(facts), 'La décision d’attribution');
      await this.signAndPrint(act, letter, signed, chrono, data, body);
      await act.db.save(chrono);
      consultation.award();
      await act.db.update(Consultation, { id }, { status: consultation.status });
      await act.db.save(award);
      act.record({ award: award.number, bid: award.bidId, decision: letter.bodyHash });
    });
  }

  /** The winner's letter and one for each other organisation, in one act, in the same second (R2181-1). */
  inform(actor: Actor, id: string, form: InformForm): Promise<{ letters: number }> {
    return this.acts.perform(actor, 'award.inform', async (act) => {
      const consultation = await this.locked(act, actor, id);
      const award = await theAward(act, id);
      const standstill = standstillOf(award, form);
      const signed = await this.signature(act, consultation, 'rejection');
      const facts = this.letterFacts(await factsOf(act, consultation, award), act.now, signed, standstill);
      award.inform(standstill, consultation.timeZone, act.now);
      const chrono = await this.letters.chrono(act, facts.authority);
      for (const { kind, invitation, title, data: given } of lettersOf(facts)) {
        const { data, body } = composeOrRefuse(this.letters, kind, given, `La lettre à ${invitation.name}`);
        const letter = this.letter(act, facts, kind, invitation.number, invitation.id, `${title} – ${invitation.name}`);
        await this.signAndPrint(act, letter, signed, chrono, data, body);
        await this.write(act, consultation, kind, invitation, letter.id);
      }
      await act.db.save(chrono);
      await act.db.save(award);
      const letters = lettersOf(facts).length;
      act.record({ award: award.number, letters, days: standstill.days, waived: standstill.waived !== null, signableFrom: award.signableFrom });
      return { letters };
    });
  }

  /** « Rapporter la décision »: the award stays in the file with its reason, and the procedure goes back to a named step. */
  reverse(actor: Actor, id: string, { reason, backTo }: ReverseForm): Promise<void> {
    return this.acts.perform(actor, 'award.reverse', async (act) => {
      const consultation = await this.locked(act, actor, id);
      const award = await theAward(act, id);
      await sendBack(act, consultation, award, backTo);
      award.reverse(reason, actor.id, act.now);
      await act.db.save(award);
      act.record({ award: award.number, backTo });
    });
  }

  /** As it will be, or as it was signed: `decision`, or the id of a bid. */
  async preview(actor: Actor, id: string, which: string): Promise<Buffer> {
    const found = await this.acts.look(actor, 'award.letter', async (act) => {
      const consultation = await visibleCall(act, actor, id);
      const award = await theAward(act, id);
      const facts = this.letterFacts(await factsOf(act, consultation, award), act.now, null, award.standstill ?? undefined);
      if (which === 'decision') {
        const kept = award.decisionLetterId ? await act.db.findOneBy(Letter, { id: award.decisionLetterId }) : null;
        return kept ? { fileId: kept.fileId, kept: true, body: '' } : { fileId: null, kept: false, body: composeOrRefuse(this.letters, 'award-decision', awardDecision(facts), 'La décision d’attribution').body };
      }
      const one = lettersOf(facts).find((letter) => letter.bidId === which);
      if (!one) throw new NotFound();
      const kept = await act.db.findOneBy(Letter, { subjectId: award.id, invitationId: one.invitation.id });
      return kept ? { fileId: kept.fileId, kept: true, body: '' } : { fileId: null, kept: false, body: composeOrRefuse(this.letters, one.kind, one.data, `La lettre à ${one.invitation.name}`).body };
    });
    return found.kept ? this.letters.bytes(found.fileId) : this.letters.printBody('Projet', found.body);
  }

  private async locked(act: Act, actor: Actor, id: string): Promise<Consultation> {
    const consultation = await lockedCall(act, actor, id);
    act.require(mayAward(actor, consultation), SIGNATORY);
    return consultation;
  }

  private async signature(act: Act, { authorityId }: Consultation, kind: LetterKind): Promise<Signed> {
    const delegations = await act.db.findBy(Delegation, { authorityId, delegateId: act.actor.id });
    return { delegation: Delegation.required(delegations, kind, act.now), person: await act.db.findOneByOrFail(Person, { id: act.actor.id }), at: act.now };
  }

  private letterFacts(facts: AwardFacts, at: Date, signed: Signed | null, standstill?: Standstill): LetterFacts {
    return { ...facts, at, signed, demo: this.config.demo, standstill: standstill ?? defaultStandstill(facts.award.procedure, facts.award.participants, true) };
  }

  private letter(act: Act, { award, consultation }: AwardFacts, kind: LetterKind, number: number, invitationId: string | null, title: string): Letter {
    return Object.assign(new Letter(), { id: act.random.id(), authorityId: consultation.authorityId, kind, subjectId: award.id, form: invitationId ? 'individual' : 'common', number, invitationId, title });
  }

  private async signAndPrint(act: Act, letter: Letter, { person, delegation }: Signed, chrono: Chrono, data: object, body: string) {
    letter.sign(act.now, { personId: person.id, delegationId: delegation.id, chrono: chrono.take() }, data, body);
    letter.leaveOncePrinted(act.now);
    await act.add(letter);
    await act.later({ kind: 'letter.print', payload: { id: letter.id } });
  }

  private async write(act: Act, consultation: Consultation, kind: 'award-letter' | 'rejection', invitation: { email: string; name: string; organisationId: string }, letterId: string) {
    const { id, title, reference, buyerName: buyer, contact } = consultation;
    const won = kind === 'award-letter';
    await this.outbox.queue(act, {
      kind: won ? 'award' : 'rejection', to: invitation.email, replyTo: contact.email, organisationId: invitation.organisationId, consultationId: id,
      subject: `${won ? 'Votre offre est retenue' : 'Suite donnée à votre offre'}\u00a0: ${title}`,
      attachments: [{ name: won ? 'lettre-au-candidat-retenu.pdf' : 'lettre-de-rejet.pdf', fileId: letterId, required: true }],
      data: { organisation: invitation.name, buyer, title, reference, contact, url: `${this.config.baseUrl}/consultations/${id}/courriers` },
    });
  }
}

/** Eleven days, sixteen, or none; the waiver has its reason (R2182-2). */
export function standstillOf(award: Pick<LetterFacts['award'], 'procedure' | 'participants'>, form: InformForm): Standstill {
  const standstill = defaultStandstill(award.procedure, award.participants, form.byPost !== 'oui');
  if (form.waive !== 'oui') return standstill;
  if (standstill.days > 0 && form.waiver.length < 10) throw Invalid.field('waiver', 'Écrivez pourquoi vous renoncez au délai de suspension (art. R. 2182-2).', { ...form });
  return waivedStandstill(standstill, form.waiver);
}

/** One per bid that was opened: the winner's first. */
export function lettersOf(facts: LetterFacts) {
  const rows = inOrder(facts.ranking.rows).toSorted((a, b) => Number(b.bid.id === facts.award.bidId) - Number(a.bid.id === facts.award.bidId));
  return rows.map((row) => {
    const invitation = facts.invitations.find((one) => one.organisationId === row.bid.organisationId);
    if (!invitation) throw new Refused('no-address', `L’adresse de ${row.operator} n’est pas connue : sa lettre ne peut pas partir.`);
    return row.bid.id === facts.award.bidId
      ? { kind: 'award-letter' as const, bidId: row.bid.id, operator: row.operator, invitation, title: 'Lettre au candidat retenu', data: awardLetter(facts, invitation) }
      : { kind: 'rejection' as const, bidId: row.bid.id, operator: row.operator, invitation, title: 'Lettre de rejet', data: rejectionLetter(facts, row, invitation) };
  });
}

/** To the analysis, which is taken up again, or to the award alone. */
export async function sendBack(act: Act, consultation: Consultation, award: Award, step: ReverseForm['backTo']) {
  consultation.reopen();
  await act.db.update(Consultation, { id: consultation.id }, { status: consultation.status });
  const evaluation = await act.db.findOneByOrFail(Evaluation, { id: consultation.id });
  award.reportFileId ??= evaluation.reportFileId;
  if (step !== 'analysis') return;
  evaluation.reopen();
  // The common notes are taken up where they were: nobody scores alone again.
  if (evaluation.evaluatorIds.length > 0) evaluation.gather();
  await act.db.save(evaluation);
}
