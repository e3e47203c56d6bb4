import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { recipientsOf } from '../consultations/recipients.js';
import type { Signed } from '../letters/frame.js';
import { Delegation, Letter } from '../letters/letter.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { dueInFrench } from '../platform/dates.js';
import { NotFound } from '../platform/errors.js';
import { Outbox } from '../platform/outbox.js';
import { BidRequest, REQUEST_KINDS } from './bid-request.js';
import { mayDecide, maySeeAnalysis } from './evaluation.policy.js';
import { requestLetter } from './request-letter.js';

/** The letters of the requests: one per bidder, signed together under a delegation, and gone in the same act. */
@Injectable()
export class RequestSigningService {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly outbox: Outbox,
    private readonly config: Config,
  ) {}

  sign(actor: Actor, id: string, batchId: string): Promise<{ signed: number }> {
    return this.acts.perform(actor, 'request.sign', async (act) => {
      const consultation = await act.load(Consultation, id);
      act.see(maySeeAnalysis(actor, consultation));
      act.require(mayDecide(actor, consultation), 'Les demandes aux candidats sont signées par le signataire.');
      act.on(id);
      const requests = await act.db.find(BidRequest, { where: { consultationId: id, batchId }, order: { id: 'ASC' } });
      if (requests.length === 0) throw new NotFound();
      const facts = await this.facts(act, consultation, requests);
      const { authority } = facts;
      const delegation = Delegation.required(await act.db.findBy(Delegation, { authorityId: authority.id, delegateId: actor.id }), 'bid-request', act.now);
      const person = await act.db.findOneByOrFail(Person, { id: actor.id });
      const chrono = await this.letters.chrono(act, authority);
      const recipients = await recipientsOf(act, consultation);
      for (const request of requests) {
        const letter = Object.assign(new Letter(), { id: act.random.id(), authorityId: authority.id, kind: 'bid-request', subjectId: request.id, form: 'individual', number: 1, invitationId: facts.invitationOf(request)?.id ?? null, title: `${REQUEST_KINDS[request.kind].label} – ${facts.nameOf(request)}` });
        request.send(letter.id, act.now);
        const { data, body } = this.compose(facts, request, { person, delegation, at: act.now });
        letter.sign(act.now, { personId: person.id, delegationId: delegation.id, chrono: chrono.take() }, data, body);
        letter.leaveOncePrinted(act.now);
        await act.add(letter);
        await act.later({ kind: 'letter.print', payload: { id: letter.id } });
        await act.db.update(BidRequest, { id: request.id }, { status: request.status, letterId: letter.id, sentAt: request.sentAt });
        for (const { email } of recipients.filter((one) => one.invitation.organisationId === request.organisationId)) await this.tell(act, consultation, facts.nameOf(request), request, email);
      }
      await act.db.save(chrono);
      act.record({ batch: batchId, kind: requests[0]?.kind, signed: requests.length });
      return { signed: requests.length };
    });
  }

  /** As it will be, or as it was signed; for the buyer. */
  async letter(actor: Actor, id: string, requestId: string): Promise<Buffer> {
    const found = await this.acts.look(actor, 'request.letter', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      if (!consultation) throw new NotFound();
      act.see(maySeeAnalysis(actor, consultation));
      const request = await act.db.findOneBy(BidRequest, { id: requestId, consultationId: id });
      if (!request) throw new NotFound();
      if (request.letterId) return { letter: await act.db.findOneByOrFail(Letter, { id: request.letterId }), body: '' };
      return { letter: null, body: this.compose(await this.facts(act, consultation, [request]), request, null).body };
    });
    return found.letter ? this.letters.bytes(found.letter.fileId) : this.letters.printBody('Projet – Demande à un candidat', found.body);
  }

  private compose({ consultation, authority, nameOf, invitationOf }: Facts, request: BidRequest, signed: Signed | null) {
    return this.letters.compose('bid-request', requestLetter({ consultation, authority, addressee: { name: nameOf(request), address: invitationOf(request)?.address ?? [] }, request, config: this.config, signed }));
  }

  private async facts(act: Act, consultation: Consultation, requests: readonly BidRequest[]): Promise<Facts> {
    const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    const invitations = await act.db.findBy(Invitation, { consultationId: consultation.id });
    const invitationOf = (request: BidRequest) => invitations.find((one) => one.organisationId === request.organisationId);
    // A bid taken over from another platform may come from an organisation that no invitation names.
    const others = requests.filter((one) => !invitationOf(one)).map((one) => ({ id: one.organisationId }));
    const organisations = others.length > 0 ? await act.db.find(Organisation, { where: others }) : [];
    return { consultation, authority, invitationOf, nameOf: (request) => invitationOf(request)?.name ?? organisations.find((one) => one.id === request.organisationId)?.name ?? 'Candidat' };
  }

  private async tell(act: Act, consultation: Consultation, organisation: string, request: BidRequest, to: string) {
    const { id, title, reference, buyerName: buyer, contact } = consultation;
    const { label } = REQUEST_KINDS[request.kind];
    await this.outbox.queue(act, {
      kind: 'bid-request',
      to,
      replyTo: contact.email,
      organisationId: request.organisationId,
      consultationId: id,
      subject: `${label} : ${title}`,
      attachments: [{ name: 'demande.pdf', fileId: request.letterId ?? '' }],
      data: { organisation, buyer, title, reference, heading: label, deadline: dueInFrench(request.deadline, request.timeZone), contact, url: `${this.config.baseUrl}/consultations/${id}/demandes/${request.id}` },
    });
  }
}

interface Facts {
  consultation: Consultation;
  authority: Authority;
  invitationOf: (request: BidRequest) => Invitation | undefined;
  nameOf: (request: BidRequest) => string;
}
