import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { rankingOf } from '../evaluations/ranking-reading.js';
import { frameOf } from '../letters/frame.js';
import { Delegation, Letter } from '../letters/letter.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { frenchDate } from '../platform/dates.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Outbox } from '../platform/outbox.js';
import { StoredFile } from '../platform/stored-file.js';
import { paragraphsOf } from '../platform/typed.js';
import { dayOf } from '../platform/working-days.js';
import { Award } from './award.js';
import type { AnswerForm, OutcomeForm, RecordedRequestForm, RemedyForm } from './award.forms.js';
import { mayAward, mayPropose, maySeeAward } from './award.policy.js';
import { remediesOf } from './award-letters.js';
import { liveAward, lockedCall, visibleCall } from './awards-facts.js';
import { AwardCertificate } from './certificate.js';
import { composeOrRefuse } from './compose.js';
import { sendBack } from './decision.service.js';
import { ReasonsRequest } from './reasons-request.js';
import { Remedy } from './remedy.js';

export type FoundAward = Award & { organisation: Organisation | null; proposer: Person | null; decider: Person | null; certificates: AwardCertificate[] };
export type FoundCall = Consultation & { remedies: Remedy[]; requests: ReasonsRequest[] };

const KEPT = 'Le suivi des recours et des demandes est tenu par l’agent qui suit la consultation.';

/** After the letters: remedies, requests for reasons; and what the page of the award reads. */
@Injectable()
export class AwardFollowUpService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly outbox: Outbox,
    private readonly files: Files,
    private readonly config: Config,
  ) {}

  /** Five queries: the call with its remedies and requests, the awards with their pieces, the three of the ranking. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'award.show', async (act) => {
      const consultation = (await act.db
        .createQueryBuilder(Consultation, 'k')
        .leftJoinAndMapMany('k.remedies', Remedy, 'r', 'r."consultationId" = k.id')
        .leftJoinAndMapMany('k.requests', ReasonsRequest, 'q', 'q."consultationId" = k.id')
        .where('k.id = :id', { id })
        .getOne()) as FoundCall | null;
      if (!consultation) throw new NotFound();
      act.see(maySeeAward(actor, consultation));
      const awards = (await act.db
        .createQueryBuilder(Award, 'a')
        .leftJoinAndMapOne('a.organisation', Organisation, 'o', 'o.id = a."organisationId"')
        .leftJoinAndMapOne('a.proposer', Person, 'p', 'p.id = a."proposedById"')
        .leftJoinAndMapOne('a.decider', Person, 'd', 'd.id = a."decidedById"')
        .leftJoinAndMapMany('a.certificates', AwardCertificate, 'c', 'c."awardId" = a.id and c."organisationId" = a."organisationId"')
        .where('a."consultationId" = :id', { id })
        .orderBy('a.number', 'DESC')
        .getMany()) as FoundAward[];
      return { consultation, awards, ranking: await rankingOf(act, id), actor, today: dayOf(act.now, consultation.timeZone) };
    });
  }

  /** The bytes of a piece, for the agents of the buyer. */
  piece(actor: Actor, id: string, certificateId: string) {
    return this.acts.look(actor, 'award.show', async (act) => {
      await visibleCall(act, actor, id);
      const certificate = await act.db.findOneBy(AwardCertificate, { id: certificateId, consultationId: id });
      const file = await act.db.findOneBy(StoredFile, { id: certificate?.fileId ?? '-' });
      if (!file) throw new NotFound();
      return { name: file.name, mediaType: file.mediaType, size: file.size, stream: this.files.stream(file.blob) };
    });
  }

  record(actor: Actor, id: string, form: RemedyForm): Promise<void> {
    return this.acts.perform(actor, 'remedy.record', async (act) => {
      const consultation = await this.kept(act, actor, id);
      if (form.filedOn > dayOf(act.now, consultation.timeZone)) throw Invalid.field('filedOn', 'Cette date est à venir.', { ...form });
      const remedy = Object.assign(new Remedy(), { id: act.random.id(), consultationId: id, ...form, recordedById: actor.id, recordedAt: act.now });
      await act.add(remedy);
      act.on(id, remedy.id);
      act.record({ kind: form.kind, number: form.number, blocks: remedy.blocks });
    });
  }

  /** The outcome; an order of the judge may send the procedure back to a named step, which the signatory carries out here. */
  close(actor: Actor, id: string, remedyId: string, form: OutcomeForm): Promise<void> {
    return this.acts.perform(actor, 'remedy.close', async (act) => {
      const consultation = await this.kept(act, actor, id);
      const remedy = await act.db.findOneBy(Remedy, { id: remedyId, consultationId: id });
      if (!remedy) throw new NotFound();
      const sentBackTo = form.sentBackTo || null;
      remedy.close({ outcome: form.outcome, on: form.on, ruling: form.ruling, sentBackTo }, actor.id, dayOf(act.now, consultation.timeZone), act.now);
      if (sentBackTo) {
        act.require(mayAward(actor, consultation), 'Le renvoi de la procédure à une étape revient au signataire.');
        const award = await liveAward(act, id);
        if (!award || consultation.status !== 'awarded') throw new Refused('wrong-state', 'Aucune attribution décidée n’est à reprendre.');
        await sendBack(act, consultation, award, sentBackTo);
        award.reverse(`Décision du juge : ${form.ruling}`, actor.id, act.now);
        await act.db.save(award);
      }
      await act.db.save(remedy);
      act.on(id, remedyId);
      act.record({ outcome: form.outcome, backTo: sentBackTo });
    });
  }

  /** A request that came by letter or mail, recorded for its organisation; from its own page, see OwnLettersService. */
  recordRequest(actor: Actor, id: string, form: RecordedRequestForm): Promise<void> {
    return this.acts.perform(actor, 'reasons.record', async (act) => {
      const consultation = await this.kept(act, actor, id);
      const { organisationId, text } = form;
      const invitation = await act.db.findOneBy(Invitation, { consultationId: id, organisationId });
      if (!invitation || !(await act.db.existsBy(Letter, { invitationId: invitation.id, kind: 'rejection', status: 'sent' }))) throw Invalid.field('organisationId', 'Cette organisation n’a pas reçu de lettre de rejet.', { ...form });
      const request = ReasonsRequest.received({ id: act.random.id(), consultationId: id, organisationId, text, recordedById: actor.id }, consultation.timeZone, act.now);
      await act.add(request);
      act.on(id, request.id);
      act.record({ due: request.dueOn });
    });
  }

  /** D18, signed under a delegation, sent at once. */
  answer(actor: Actor, id: string, requestId: string, form: AnswerForm): Promise<void> {
    return this.acts.perform(actor, 'reasons.answer', async (act) => {
      const consultation = await lockedCall(act, actor, id);
      act.require(mayAward(actor, consultation), 'La réponse se signe : elle revient au signataire.');
      const request = await act.db.findOneBy(ReasonsRequest, { id: requestId, consultationId: id });
      if (!request) throw new NotFound();
      const invitation = await act.db.findOneByOrFail(Invitation, { consultationId: id, organisationId: request.organisationId });
      const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
      const delegation = Delegation.required(await act.db.findBy(Delegation, { authorityId: authority.id, delegateId: actor.id }), 'reasons', act.now);
      const person = await act.db.findOneByOrFail(Person, { id: actor.id });
      const [award] = await act.db.find(Award, { where: { consultationId: id, status: In(['decided', 'informed', 'reversed']) }, order: { number: 'DESC' }, take: 1 });
      const winner = await act.db.findOneBy(Organisation, { id: award?.organisationId ?? '-' });
      const letter = Object.assign(new Letter(), { id: act.random.id(), authorityId: authority.id, kind: 'reasons', subjectId: request.id, form: 'individual', number: invitation.number, invitationId: invitation.id, title: `Réponse à une demande de motifs – ${invitation.name}` });
      request.answerWith(form.answer, letter.id, actor.id, act.now);
      const frame = frameOf({ authority, contact: consultation.contact, demo: this.config.demo, signed: { person, delegation, at: act.now }, subject: `motifs du rejet de votre offre – ${consultation.title}`, attachments: [], addressee: { mode: 'single', lines: [invitation.name, ...invitation.address] } });
      const { data, body } = composeOrRefuse(this.letters, 'reasons', { frame, consultation: consultation.title, reference: consultation.reference, receivedOn: frenchDate(request.receivedAt, consultation.timeZone), answer: paragraphsOf(form.answer), winner: winner?.name ?? '', remedies: remediesOf(authority) }, 'La réponse');
      const chrono = await this.letters.chrono(act, authority);
      letter.sign(act.now, { personId: person.id, delegationId: delegation.id, chrono: chrono.take() }, data, body);
      letter.leaveOncePrinted(act.now);
      await act.add(letter);
      await act.db.save(chrono);
      await act.later({ kind: 'letter.print', payload: { id: letter.id } });
      await act.db.save(request);
      const { title, reference, buyerName: buyer, contact } = consultation;
      await this.outbox.queue(act, { kind: 'reasons', to: invitation.email, replyTo: contact.email, organisationId: invitation.organisationId, consultationId: id, subject: `Réponse à votre demande de motifs\u00a0: ${title}`, attachments: [{ name: 'motifs.pdf', fileId: letter.id, required: true }], data: { organisation: invitation.name, buyer, title, reference, contact, url: `${this.config.baseUrl}/consultations/${id}/courriers` } });
      act.on(id, requestId);
      act.record({ letter: letter.bodyHash });
    });
  }

  private async kept(act: Act, actor: Actor, id: string): Promise<Consultation> {
    const consultation = await lockedCall(act, actor, id);
    act.require(mayPropose(actor, consultation) || mayAward(actor, consultation), KEPT);
    return consultation;
  }
}
