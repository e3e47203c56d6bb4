import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Consultation, type Invitation } from '../consultations/consultation.js';
import { invitationsOf } from '../consultations/launching.service.js';
import type { AddresseeChoice } from '../letters/frame.js';
import { requireVisas } from '../consultations/visas.service.js';
import { Delegation, Letter } from '../letters/letter.js';
import type { LetterKind } from '../letters/letter-data.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Person } from '../people/people.js';
import { holdersOf, WorkMails } from '../people/work-mails.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { NotFound, Refused } from '../platform/errors.js';
import { commissionLetter, invitationLetter, type LetterFacts } from './commission-letters.js';
import { mayChange, maySign, mayView } from './commission.policy.js';
import { Commission } from './commission.js';

/** From the draft to signed letters: submission, preview, the gate of the delegation. */
@Injectable()
export class SignatureService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly workMails: WorkMails,
    private readonly config: Config,
  ) {}

  submit(actor: Actor, id: string): Promise<void> {
    return this.acts.perform(actor, 'commission.submit', async (act) => {
      const commission = await act.load(Commission, id);
      act.see(mayView(actor, commission));
      act.require(mayChange(actor, commission));
      const consultation = await act.load(Consultation, commission.consultationId);
      const invitations = await invitationsOf(act, consultation.id);
      act.on(consultation.id, commission.id);
      await requireVisas(act, consultation.id);
      commission.submit(act.now, missing(commission, consultation, invitations, act.now));
      await act.db.update(Commission, { id }, { status: commission.status, submittedAt: commission.submittedAt });
      await act.db.update(Consultation, { id: consultation.id }, { frozenAt: act.now });
      await act.add(letter(act, commission, 'commission-letter', 'common', 0), letter(act, commission, 'invitation', 'in-fine', 0));
      await act.add(...invitations.map((one) => letter(act, commission, 'invitation', 'individual', one.number, one)));
      await this.workMails.queue(act, await holdersOf(act, 'dept-signatory', consultation.territory), {
        subject: `Signez ${counted(invitations.length + 2, 'lettre', 'lettres')}`,
        text: 'Les lettres de cette commande sont soumises à votre signature : relisez-les, puis signez-les ensemble.',
        consultation,
        path: `/commandes/${id}/lettres`,
      });
      act.record({ letters: invitations.length + 2 });
    });
  }

  takeBack(actor: Actor, id: string): Promise<void> {
    return this.acts.perform(actor, 'commission.take-back', async (act) => {
      const commission = await act.load(Commission, id);
      act.see(mayView(actor, commission));
      act.require(mayChange(actor, commission));
      act.on(commission.consultationId, id);
      if (await act.db.existsBy(Letter, { subjectId: id, status: 'signed' })) {
        throw new Refused('signed', 'Les lettres sont déjà signées : elles ne peuvent plus changer.');
      }
      commission.takeBack();
      await act.db.update(Commission, { id }, { status: commission.status, submittedAt: null });
      await act.db.update(Consultation, { id: commission.consultationId }, { frozenAt: null });
      await act.db.update(Letter, { subjectId: id, status: 'ready' }, { status: 'cancelled' });
    });
  }

  /** Signs all the letters that wait, under one delegation, each with its number. Words are frozen and hashed here. */
  sign(actor: Actor, id: string): Promise<{ signed: number }> {
    return this.acts.perform(actor, 'commission.sign', async (act) => {
      const commission = await act.load(Commission, id);
      act.see(mayView(actor, commission));
      act.require(maySign(actor, commission), 'Seul le signataire du département peut signer ces lettres.');
      act.on(commission.consultationId, id);
      const waiting = await act.db.find(Letter, { where: { subjectId: id, status: 'ready' }, order: { number: 'ASC', form: 'ASC' } });
      if (waiting.length === 0) throw new Refused('nothing-to-sign', 'Aucune lettre n’attend de signature.');
      const delegations = await act.db.findBy(Delegation, { authorityId: commission.authorityId, delegateId: actor.id });
      const facts = await this.facts(act, commission);
      const person = await act.db.findOneByOrFail(Person, { id: actor.id });
      const chrono = await this.letters.chrono(act, facts.authority);
      const invitations = await invitationsOf(act, facts.consultation.id);
      for (const one of waiting) {
        const delegation = Delegation.required(delegations, one.kind, act.now);
        const { data, body } = this.compose({ ...facts, signed: { person, delegation, at: act.now } }, one, invitations);
        one.sign(act.now, { personId: actor.id, delegationId: delegation.id, chrono: chrono.take() }, data, body);
        await act.later({ kind: 'letter.print', payload: { id: one.id } });
      }
      await act.db.save(waiting);
      await act.db.save(chrono);
      await this.workMails.queue(act, [facts.consultation.contact.email], {
        subject: 'Envoyez les lettres signées',
        text: `${counted(waiting.length, 'lettre est signée', 'lettres sont signées')}. Rien ne part sans vous : ouvrez la page des lettres, puis envoyez-les.`,
        consultation: facts.consultation,
        path: `/commandes/${id}/lettres`,
      });
      act.record({ signed: waiting.length, bodies: waiting.map((one) => one.bodyHash) });
      return { signed: waiting.length };
    });
  }

  /** Commissions with letters to sign in the departments where this person signs: the parapheur. */
  waiting(actor: Actor) {
    return this.acts.look(actor, 'letter.waiting', async (act) => {
      const codes = actor.mandates.filter((m) => m.role === 'dept-signatory').map((m) => m.territory);
      act.see(codes.length > 0 || actor.has('regional-signatory'));
      if (codes.length === 0) return [];
      const rows = await act.db
        .createQueryBuilder(Letter, 'l')
        .innerJoin(Commission, 'c', 'c.id = l."subjectId"')
        .innerJoin(Consultation, 'k', 'k.id = c."consultationId"')
        .select(['c.id AS "id"', 'c.title AS "title"', 'count(*) AS "letters"', 'c."submittedAt" AS "submittedAt"', 'k.deadline AS "deadline"', 'k."timeZone" AS "timeZone"'])
        .where('l.status = :ready and c."departmentCode" in (:...codes)', { ready: 'ready', codes })
        .groupBy('c.id')
        .addGroupBy('c.title')
        .addGroupBy('c."submittedAt"')
        .addGroupBy('k.deadline')
        .addGroupBy('k."timeZone"')
        .orderBy('c."submittedAt"')
        .getRawMany<{ id: string; title: string; letters: number | string; submittedAt: string; deadline: string; timeZone: string }>();
      return rows.map((row) => ({ ...row, letters: Number(row.letters), href: `/commandes/${row.id}/lettres` }));
    });
  }

  /** A PDF as it will be, or as it was signed. Before the signature it says « Projet ». */
  async preview(actor: Actor, id: string, which: { kind: LetterKind; number: number }): Promise<Buffer> {
    const found = await this.acts.look(actor, 'letter.preview', async (act) => {
      const commission = await this.visible(act, actor, id);
      const form = which.kind === 'commission-letter' ? 'common' : which.number === 0 ? 'in-fine' : 'individual';
      const kept = await act.db
        .createQueryBuilder(Letter, 'l')
        .where('l.subjectId = :id and l.form = :form and l.number = :number and l.status in (:...frozen)', { id, form, number: which.number, frozen: ['signed', 'sent'] })
        .getOne();
      if (kept) return { fileId: kept.fileId, body: kept.body ?? '', title: kept.title };
      const facts = await this.facts(act, commission);
      const invitations = await invitationsOf(act, facts.consultation.id);
      if (which.number > 0 && !invitations.some((one) => one.number === which.number)) throw new NotFound();
      const draft = letter(act, commission, which.kind, form, which.number, invitations.find((one) => one.number === which.number));
      return { fileId: null, body: this.compose(facts, draft, invitations).body, title: `Projet – ${draft.title}` };
    });
    return found.fileId ? this.letters.bytes(found.fileId) : this.letters.printBody(found.title, found.body);
  }

  private async visible(act: Act, actor: Actor, id: string): Promise<Commission> {
    const commission = await act.db.findOneBy(Commission, { id });
    if (!commission) throw new NotFound();
    act.see(mayView(actor, commission));
    return commission;
  }

  private async facts(act: Act, commission: Commission): Promise<LetterFacts> {
    const consultation = await act.db.findOneByOrFail(Consultation, { id: commission.consultationId });
    const authority = await act.db.findOneByOrFail(Authority, { id: commission.authorityId });
    return { commission, consultation, authority, config: this.config, signed: null };
  }

  private compose(facts: LetterFacts, one: Letter, invitations: Invitation[]) {
    if (one.kind === 'commission-letter') return this.letters.compose('commission-letter', commissionLetter(facts));
    const invitation = invitations.find((guest) => guest.id === one.invitationId);
    const inFine = invitations.filter((guest) => guest.origin === 'first-sending').map((guest) => guest.name);
    // A draft can be read before its addressees are known; it cannot be signed (Commission.missing).
    const names = inFine.length > 0 ? inFine : ['(destinataires à indiquer)'];
    const choice: AddresseeChoice = invitation ? { mode: 'single', lines: [invitation.name, ...invitation.address] } : { mode: 'in-fine', names };
    return this.letters.compose('invitation', invitationLetter(facts, choice));
  }
}

export function missing(commission: Commission, consultation: Consultation, invitations: Invitation[], now: Date) {
  return commission.missing({
    addressees: invitations.length,
    openers: consultation.openerIds.length,
    quorum: consultation.quorum,
    inTime: consultation.isInTime(now),
  });
}

export function letter(act: Act, commission: Commission, kind: LetterKind, form: Letter['form'], number: number, invitation?: Invitation): Letter {
  const names = { common: 'Lettre de commande', 'in-fine': 'Lettre d’invitation (destinataires in fine)', individual: `Lettre d’invitation – ${invitation?.name ?? ''}` };
  return Object.assign(new Letter(), {
    id: act.random.id(),
    authorityId: commission.authorityId,
    kind,
    subjectId: commission.id,
    form,
    number,
    invitationId: invitation?.id ?? null,
    title: names[form],
  });
}
