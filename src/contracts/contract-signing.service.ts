import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Consultation, type Invitation } from '../consultations/consultation.js';
import { invitationsOf } from '../consultations/launching.service.js';
import { requireVisas } from '../consultations/visas.service.js';
import type { ConsultationLetterData } from '../letters/letter-data.js';
import { Delegation, Letter } from '../letters/letter.js';
import { LettersService } from '../letters/letters.service.js';
import { Diagnostic } from '../commissions/diagnostic.js';
import { Authority, Person } from '../people/people.js';
import { holdersOf, WorkMails } from '../people/work-mails.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { NotFound, Refused } from '../platform/errors.js';
import { callOf, check, contractOf, type FoundContract } from './contract-facts.js';
import { addresseeOf, consultationLetter, type ContractLetterFacts, outdated } from './contract-letters.js';
import { mayPrepare, maySeeContract, maySignContract } from './contract.policy.js';
import { SubsequentContract } from './subsequent-contract.js';

/** Reasons that a later day may mend: the letters can be written and signed before the gates open. */
const LATER = new Set(['no-green-light', 'no-diagnostic', 'diagnostic-not-shared', 'framework-not-started', 'lot-not-active', 'no-delegation']);

/** The consultation letters, from their submission to their signature. */
@Injectable()
export class ContractSigningService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly workMails: WorkMails,
    private readonly config: Config,
  ) {}

  /** One letter per holder and the one with all of them; what the letters say must be whole. */
  submit(actor: Actor, id: string): Promise<void> {
    return this.acts.perform(actor, 'contract.submit', async (act) => {
      const contract = await this.locked(act, id, mayPrepare, 'Le marché est soumis par son acheteur.');
      const { reasons, invitations } = await check(act, contract);
      const now = reasons.filter((one) => one.blocking && !LATER.has(one.code)).map((one) => one.sentence);
      if (now.length > 0) throw new Refused('not-ready', now.join(' '), { reasons: now });
      await requireVisas(act, callOf(contract).id);
      contract.submit(act.now);
      await act.db.update(SubsequentContract, { id }, { status: contract.status, submittedAt: contract.submittedAt });
      await act.db.update(Consultation, { id: callOf(contract).id }, { frozenAt: act.now });
      const authorityId = callOf(contract).authorityId;
      const write = (form: Letter['form'], number: number, title: string, invitation?: Invitation) =>
        Object.assign(new Letter(), { id: act.random.id(), authorityId, kind: 'consultation-letter', subjectId: id, form, number, invitationId: invitation?.id ?? null, title });
      await act.add(write('in-fine', 0, 'Lettre de consultation (destinataires in fine)'), ...invitations.map((one) => write('individual', one.number, `Lettre de consultation – ${one.name}`, one)));
      const { territory } = callOf(contract);
      const named = contract.signatory ? [contract.signatory.email] : await holdersOf(act, territory.startsWith('R') ? 'regional-signatory' : 'dept-signatory', territory);
      await this.workMails.queue(act, named, {
        subject: `Signez ${counted(invitations.length + 1, 'lettre', 'lettres')}`,
        text: 'Les lettres de consultation de ce marché sont soumises à votre signature : relisez-les, puis signez-les ensemble.',
        consultation: callOf(contract),
        path: `/marches/${id}/lettres`,
      });
      act.record({ letters: invitations.length + 1 });
    });
  }

  takeBack(actor: Actor, id: string): Promise<void> {
    return this.acts.perform(actor, 'contract.take-back', async (act) => {
      const contract = await this.locked(act, id, mayPrepare, 'Le marché est repris par son acheteur.');
      contract.takeBack();
      await act.db.update(SubsequentContract, { id }, { status: contract.status, submittedAt: null });
      await act.db.update(Consultation, { id: callOf(contract).id }, { frozenAt: null });
      // Signed but not sent: the signature falls with the letter, and the journal keeps both.
      await act.db.update(Letter, { subjectId: id }, { status: 'cancelled' });
    });
  }

  sign(actor: Actor, id: string): Promise<{ signed: number }> {
    return this.acts.perform(actor, 'contract.sign', async (act) => {
      const contract = await this.locked(act, id, maySignContract, 'Seul le signataire de l’acheteur peut signer ces lettres.');
      const waiting = await act.db.find(Letter, { where: { subjectId: id, status: 'ready' }, order: { number: 'ASC' } });
      if (waiting.length === 0) throw new Refused('nothing-to-sign', 'Aucune lettre n’attend de signature.');
      const facts = await this.facts(act, contract);
      const delegations = await act.db.findBy(Delegation, { authorityId: facts.authority.id, delegateId: actor.id });
      const person = await act.db.findOneByOrFail(Person, { id: actor.id });
      const chrono = await this.letters.chrono(act, facts.authority);
      for (const one of waiting) {
        const delegation = Delegation.required(delegations, 'consultation-letter', act.now);
        const { data, body } = this.compose({ ...facts, signed: { person, delegation, at: act.now } }, one.number);
        one.sign(act.now, { personId: actor.id, delegationId: delegation.id, chrono: chrono.take() }, data, body);
        await act.later({ kind: 'letter.print', payload: { id: one.id } });
      }
      await act.db.save(waiting);
      await act.db.save(chrono);
      await this.workMails.queue(act, [callOf(contract).contact.email], {
        subject: 'Lancez la consultation',
        text: `${counted(waiting.length, 'lettre est signée', 'lettres sont signées')}. Rien ne part sans vous : relisez le contrôle, puis lancez la consultation.`,
        consultation: callOf(contract),
        path: `/marches/${id}/controle`,
      });
      act.record({ signed: waiting.length, bodies: waiting.map((one) => one.bodyHash) });
      return { signed: waiting.length };
    });
  }

  /** As it will be, or as it was signed. `number` 0 is the letter with all its addressees. */
  async preview(actor: Actor, id: string, number: number): Promise<Buffer> {
    const found = await this.acts.look(actor, 'contract.letter', async (act) => {
      const contract = await contractOf(act, id);
      act.see(maySeeContract(actor, contract.departmentCode));
      const kept = await act.db.createQueryBuilder(Letter, 'l').where('l.subjectId = :id and l.number = :number and l.status in (:...frozen)', { id, number, frozen: ['signed', 'sent'] }).getOne();
      if (kept) return { fileId: kept.fileId, body: kept.body ?? '', title: kept.title };
      const facts = await this.facts(act, contract);
      if (number > 0 && !facts.invitations.some((one) => one.number === number)) throw new NotFound();
      return { fileId: null, body: this.compose(facts, number).body, title: 'Projet – Lettre de consultation' };
    });
    return found.fileId ? this.letters.bytes(found.fileId) : this.letters.printBody(found.title, found.body);
  }

  /** At the launch: what the signed letters say must still be so. @throws Refused naming what changed */
  async mustStillBeTrue(act: Act, contract: FoundContract, letters: readonly Letter[], studyShared: boolean): Promise<void> {
    const common = letters.find((one) => one.form === 'in-fine');
    if (!common?.data) throw new Refused('unsigned', 'Les lettres de consultation attendent leur signature.');
    const facts = await this.facts(act, contract);
    const now = consultationLetter(facts, { mode: 'in-fine', names: facts.invitations.map((one) => one.name) });
    const changed = outdated(common.data as ConsultationLetterData, now, studyShared);
    if (changed.length > 0) throw new Refused('letters-outdated', `Depuis leur signature, ce que disent les lettres a changé : ${changed.join(', ')}. Reprenez le marché, soumettez-le, puis faites-le signer à nouveau.`);
  }

  private async locked(act: Act, id: string, may: (who: Actor, territory: string, signatoryId: string | null) => boolean, sentence: string): Promise<FoundContract> {
    await act.load(SubsequentContract, id);
    const contract = await contractOf(act, id);
    act.see(maySeeContract(act.actor, contract.departmentCode));
    const consultation = callOf(contract);
    act.require(may(act.actor, consultation.territory, contract.signatoryId), sentence);
    act.on(consultation.id, id);
    return contract;
  }

  private async facts(act: Act, contract: FoundContract): Promise<ContractLetterFacts> {
    const consultation = callOf(contract);
    const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    const diagnostic = await act.db.findOne(Diagnostic, { where: { frameworkId: contract.frameworkId, departmentCode: contract.departmentCode, status: 'published' }, order: { createdAt: 'DESC' } });
    return { contract, consultation, authority, config: this.config, diagnostic, invitations: await invitationsOf(act, consultation.id), signed: null };
  }

  private compose(facts: ContractLetterFacts, number: number) {
    const { invitations } = facts;
    const invitation = invitations.find((one) => one.number === number);
    // A draft can be read before its holders are known; it cannot be submitted.
    const names = invitations.length > 0 ? invitations.map((one) => one.name) : ['(titulaires du lot)'];
    return this.letters.compose('consultation-letter', consultationLetter(facts, invitation ? addresseeOf(invitation) : { mode: 'in-fine', names }));
  }
}
