import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { AccountsService, INVITATION_LINK_MS } from '../people/accounts.service.js';
import { hasEntered, letIn } from '../people/guests.js';
import { Membership, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { inFrench } from '../platform/dates.js';
import { Mail } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { Consultation, ConsultationDocument, Invitation } from './consultation.js';
import { isInvited, mayManage, worksOn } from './consultation.policy.js';
import { DocumentWithdrawal, mustBeOpen, Notice } from './exchange.js';
import { withIncidents } from './incident-offers.js';
import { invitationOf } from './questions.service.js';

/** People of one organisation who may enter: beyond, a mistake or a machine adds them. */
const MOST_PEOPLE = 30;

/** Who was told, who read, who intends to answer: proof per recipient. Nothing here speaks of bids. */
@Injectable()
export class FollowUpService {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly accounts: AccountsService,
    private readonly config: Config,
  ) {}

  /** For agents. Five queries. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'consultation.follow-up', async (act) => {
      const { consultation, offer } = await withIncidents(act, id);
      act.see(worksOn(actor, consultation.territory));
      const invitations = (await act.db.createQueryBuilder(Invitation, 'i').leftJoinAndMapOne('i.mail', Mail, 'm', 'm.id = i."mailId"').where('i."consultationId" = :id', { id }).orderBy('i.number').getMany()) as (Invitation & { mail: Mail | null })[];
      const documents = await act.db.find(ConsultationDocument, { where: { consultationId: id }, order: { createdAt: 'ASC', kind: 'ASC' } });
      const withdrawals = (await act.db
        .createQueryBuilder(DocumentWithdrawal, 'w')
        .innerJoinAndMapOne('w.organisation', Organisation, 'o', 'o.id = w."organisationId"')
        .innerJoinAndMapOne('w.person', Person, 'p', 'p.id = w."personId"')
        .where('w."consultationId" = :id', { id })
        .orderBy('w.at')
        .limit(2000)
        .getMany()) as (DocumentWithdrawal & { organisation: Organisation; person: Person })[];
      const notices = await act.db.find(Notice, { where: { consultationId: id }, order: { number: 'DESC' }, select: { id: true, number: true, kind: true, text: true, significant: true, oldLocalDeadline: true, newLocalDeadline: true, fileId: true, at: true } });
      return { consultation, offer, invitations, documents, withdrawals, notices, manages: mayManage(actor, consultation), now: act.now };
    });
  }

  /** The first visit of an organisation proves that its mail was read. */
  async opened(actor: Actor, id: string): Promise<void> {
    await this.acts.perform(actor, 'invitation.opened', async (act) => {
      const consultation = await act.load(Consultation, id);
      const invitation = await invitationOf(act, actor, id);
      act.see(isInvited(actor, consultation, invitation));
      if (!invitation || invitation.openedAt) return;
      act.on(id);
      await act.db.update(Invitation, { id: invitation.id }, { openedAt: act.now });
      act.record({ invitation: invitation.number });
    });
  }

  /** The first time each person takes each document: the register of withdrawals. */
  async withdrawn(actor: Actor, id: string, documentIds: readonly string[]): Promise<void> {
    const unknown = (act: Act) => newOnes(act, actor.id, documentIds);
    const first = await this.acts.look(actor, 'document.withdrawn', async (act) => {
      act.see(actor.organisations('bidder').length > 0);
      return unknown(act);
    });
    if (first.length === 0) return;
    await this.acts.perform(actor, 'document.withdraw', async (act) => {
      const consultation = await act.load(Consultation, id);
      const invitation = await invitationOf(act, actor, id);
      act.see(isInvited(actor, consultation, invitation));
      const left = await unknown(act);
      if (!invitation || left.length === 0) return;
      act.on(id);
      await act.add(...left.map((documentId) => Object.assign(new DocumentWithdrawal(), { id: act.random.id(), consultationId: id, documentId, organisationId: invitation.organisationId, personId: actor.id, at: act.now })));
      act.record({ documents: left, invitation: invitation.number });
    });
  }

  intent(actor: Actor, id: string, intent: 'yes' | 'no'): Promise<void> {
    return this.acts.perform(actor, 'invitation.intent', async (act) => {
      const consultation = await act.load(Consultation, id);
      const invitation = await invitationOf(act, actor, id);
      act.see(isInvited(actor, consultation, invitation));
      if (!invitation) throw new NotFound();
      mustBeOpen(consultation, act.now);
      act.on(id);
      await act.db.update(Invitation, { id: invitation.id }, { intent, intentAt: act.now });
      act.record({ invitation: invitation.number, intent });
    });
  }

  /** The organisation lets a colleague in by itself; they receive a link of their own. */
  addColleague(actor: Actor, id: string, typed: string): Promise<void> {
    return this.acts.perform(actor, 'invitation.colleague', async (act) => {
      const consultation = await act.load(Consultation, id);
      const invitation = await invitationOf(act, actor, id);
      act.see(isInvited(actor, consultation, invitation));
      if (!invitation) throw new NotFound();
      if (consultation.status === 'abandoned') throw new Refused('ended', 'Cette consultation est arrêtée : il n’y a plus d’accès à donner.');
      act.on(id);
      const email = typed.toLowerCase();
      const known = await act.db.createQueryBuilder(Membership, 'm').innerJoin(Person, 'p', 'p.id = m."personId" and p.email = :email', { email }).where('m."organisationId" = :own and m.role = :role', { own: invitation.organisationId, role: 'bidder' }).getExists();
      if (known) throw Invalid.field('email', 'Cette personne a déjà accès.', { email: typed });
      if ((await act.db.countBy(Membership, { organisationId: invitation.organisationId, role: 'bidder' })) >= MOST_PEOPLE) throw Invalid.field('email', `${MOST_PEOPLE} personnes de votre organisation ont déjà accès : c’est le plus possible.`, { email: typed });
      const organisation = await act.db.findOneByOrFail(Organisation, { id: invitation.organisationId });
      const personId = await letIn(act, organisation, email, 'email');
      const url = await this.accounts.newLink(act, personId, `/consultations/${id}`, INVITATION_LINK_MS, organisation.id);
      await this.outbox.queue(act, {
        kind: 'colleague',
        to: email,
        organisationId: organisation.id,
        consultationId: id,
        subject: `${actor.name} vous donne accès à une consultation\u00a0: ${consultation.title}`,
        data: { by: actor.name, organisation: organisation.name, title: consultation.title, buyer: consultation.buyerName, url, askUrl: `${this.config.baseUrl}/demander-un-lien` },
      });
      act.record({ invitation: invitation.number });
    });
  }

  /** « Le courriel est revenu » : the post had taken it, and a message of non-delivery came to the officer. */
  bounced(actor: Actor, id: string, invitationId: string): Promise<void> {
    return this.acts.perform(actor, 'invitation.bounced', async (act) => {
      const consultation = await act.load(Consultation, id);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'Les adresses reviennent à l’agent qui suit la consultation.');
      const invitation = await act.db.findOneBy(Invitation, { id: invitationId, consultationId: id });
      if (!invitation) throw new NotFound();
      if (!invitation.invitedAt) throw new Refused('not-sent', 'Cette invitation n’est pas encore partie.');
      if (invitation.openedAt) throw new Refused('already-entered', `Cette organisation a ouvert la consultation le ${inFrench(invitation.openedAt, consultation.timeZone)} : son courriel est arrivé.`);
      act.on(id);
      await act.db.update(Invitation, { id: invitationId }, { bouncedAt: act.now });
      act.record({ invitation: invitation.number });
    });
  }

  /** The officer corrects the address, and the same letter leaves again. */
  repair(actor: Actor, id: string, invitationId: string, typed: string): Promise<void> {
    return this.acts.perform(actor, 'invitation.repair', async (act) => {
      const consultation = await act.load(Consultation, id);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'Les adresses reviennent à l’agent qui suit la consultation.');
      const invitation = await act.db.findOneBy(Invitation, { id: invitationId, consultationId: id });
      if (!invitation) throw new NotFound();
      if (!invitation.invitedAt) throw new Refused('not-sent', 'Cette invitation n’est pas encore partie : modifiez la liste des destinataires.');
      if (!consultation.isInTime(act.now)) throw new Refused('deadline-passed', 'La date limite est passée : un nouvel envoi ne servirait plus.');
      act.on(id);
      if (invitation.openedAt || (await hasEntered(act, invitation.organisationId))) throw new Refused('already-entered', 'Cette organisation est déjà entrée dans son espace : elle seule peut donner accès à une autre adresse.');
      const email = typed.toLowerCase();
      const organisation = await act.db.findOneByOrFail(Organisation, { id: invitation.organisationId });
      const member = await act.db.createQueryBuilder(Person, 'p').innerJoin(Membership, 'm', 'm."personId" = p.id and m."organisationId" = :own and m.role = :role', { own: organisation.id, role: 'bidder' }).where('p.email = :email', { email }).getOne();
      const personId = member?.id ?? (await letIn(act, organisation, email, 'email'));
      // The wrong address loses the access that nobody had used.
      if (invitation.personId !== personId) await act.db.delete(Membership, { personId: invitation.personId, organisationId: organisation.id, role: 'bidder' });
      const url = await this.accounts.newLink(act, personId, `/consultations/${id}`, INVITATION_LINK_MS, organisation.id);
      const former = invitation.mailId ? await act.db.findOneBy(Mail, { id: invitation.mailId }) : null;
      const mail = await this.outbox.queue(act, {
        kind: 'invitation-again',
        to: email,
        organisationId: organisation.id,
        consultationId: id,
        subject: `Vous êtes invité à déposer une offre\u00a0: ${consultation.title}`,
        attachments: former?.attachments ?? [],
        data: { organisation: invitation.name, title: consultation.title, buyer: consultation.buyerName, reference: consultation.reference, contact: consultation.contact, url, askUrl: `${this.config.baseUrl}/demander-un-lien` },
      });
      await act.db.update(Invitation, { id: invitationId }, { email, personId, mailId: mail.id, bouncedAt: null });
      act.record({ invitation: invitation.number });
    });
  }
}

async function newOnes(act: Act, personId: string, documentIds: readonly string[]): Promise<string[]> {
  const known = await act.db.findBy(DocumentWithdrawal, { personId, documentId: In([...documentIds, '-']) });
  return documentIds.filter((one) => !known.some((other) => other.documentId === one));
}
