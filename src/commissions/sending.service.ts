import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Consultation, ConsultationDocument, Invitation } from '../consultations/consultation.js';
import { Letter } from '../letters/letter.js';
import { AccountsService, INVITATION_LINK_MS } from '../people/accounts.service.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { inFrench, zoneInFrench } from '../platform/dates.js';
import { Refused } from '../platform/errors.js';
import type { MailAttachment } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { Custodian } from '../sealing/custodian.js';
import { readAddressees } from './addressee-list.js';
import { maySend, mayView } from './commission.policy.js';
import { Commission } from './commission.js';
import { letInvited } from './guests.js';
import { invitationsOf, letter } from './signature.service.js';

/** Sending the signed letters: it launches the consultation, and later adds addressees with letters of their own. */
@Injectable()
export class SendingService {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly accounts: AccountsService,
    private readonly custodian: Custodian,
    private readonly config: Config,
  ) {}

  /** First call: everything signed leaves and the call for bids is open. Next calls: letters of the added organisations. */
  send(actor: Actor, id: string): Promise<{ sent: number }> {
    return this.acts.perform(actor, 'commission.send', async (act) => {
      const commission = await act.load(Commission, id);
      act.see(mayView(actor, commission));
      act.require(maySend(actor, commission), 'L’envoi revient à l’agent instructeur du département.');
      const consultation = await act.load(Consultation, commission.consultationId);
      act.on(consultation.id, commission.id);
      const letters = await act.db.find(Letter, { where: [{ subjectId: id, status: 'signed' }, { subjectId: id, status: 'ready' }], order: { number: 'ASC' } });
      if (letters.some((one) => one.status === 'ready')) throw new Refused('unsigned', 'Des lettres attendent encore leur signature.');
      if (letters.length === 0) throw new Refused('nothing-to-send', 'Aucune lettre signée n’attend d’être envoyée.');
      for (const one of letters) one.send(act.now);

      if (consultation.status === 'draft') await this.launch(act, commission, consultation, letters);
      else if (!consultation.isInTime(act.now)) throw new Refused('deadline-passed', 'La date limite est passée : plus aucune organisation ne peut être invitée.');
      const sent = await this.invite(act, commission, consultation, letters);
      await act.db.save(letters);
      act.record({ sent, letters: letters.map((one) => one.bodyHash) });
      return { sent };
    });
  }

  /** Organisations added after the sending: outside the in fine list, each with its own letter to sign. */
  add(actor: Actor, id: string, typed: string): Promise<void> {
    return this.acts.perform(actor, 'commission.add-addressees', async (act) => {
      const commission = await act.load(Commission, id);
      act.see(mayView(actor, commission));
      act.require(maySend(actor, commission));
      const consultation = await act.load(Consultation, commission.consultationId);
      act.on(consultation.id, commission.id);
      if (commission.status !== 'sent') throw new Refused('not-sent', 'Avant l’envoi, ajoutez l’organisation à la liste des destinataires.');
      if (!consultation.isInTime(act.now)) throw new Refused('deadline-passed', 'La date limite est passée : plus aucune organisation ne peut être invitée.');
      const already = await invitationsOf(act, consultation);
      const lines = readAddressees(typed, 'addressees', already);
      const added = await letInvited(act, consultation, lines, (already.at(-1)?.number ?? 0) + 1, 'added');
      await act.add(...added.map((one) => letter(act, commission, 'invitation', 'individual', one.number, one)));
      act.record({ added: added.length });
    });
  }

  /** The only place where a diagnostic's consultation is launched (decisions.md 6). */
  private async launch(act: Act, commission: Commission, consultation: Consultation, letters: Letter[]) {
    commission.send(act.now);
    const version = consultation.launch(act.now);
    await this.custodian.create(act, {
      consultationId: consultation.id,
      notBefore: consultation.opensAt,
      quorum: consultation.quorum,
      openers: consultation.openerIds,
      substitutes: consultation.substituteIds,
    });
    const order = letters.find((one) => one.kind === 'commission-letter');
    await act.add(
      version,
      document(act, consultation, 'commission-letter', 'Lettre de commande', order?.fileId ?? ''),
      document(act, consultation, 'specifications', 'Cahier des charges', commission.specificationsFileId ?? ''),
    );
    await act.db.update(Commission, { id: commission.id }, { status: commission.status, sentAt: commission.sentAt });
    await act.db.save(consultation);
    act.record({ deadline: consultation.deadline.toISOString(), deadlineVersion: version.number });
  }

  private async invite(act: Act, commission: Commission, consultation: Consultation, letters: Letter[]): Promise<number> {
    const invitations = await invitationsOf(act, consultation);
    const documents = await act.db.find(ConsultationDocument, { where: { consultationId: consultation.id }, order: { kind: 'ASC' } });
    const common = documents.map((one) => ({ name: `${one.title.toLowerCase().replaceAll(' ', '-')}.pdf`, fileId: one.fileId }));
    let sent = 0;
    for (const invitation of invitations) {
      const own = letters.find((one) => one.invitationId === invitation.id);
      if (!own?.fileId) continue;
      invitation.invitedAt = act.now;
      await act.db.update(Invitation, { id: invitation.id }, { invitedAt: act.now });
      await this.mail(act, commission, consultation, invitation, [{ name: 'lettre.pdf', fileId: own.fileId }, ...common]);
      sent += 1;
    }
    return sent;
  }

  private async mail(act: Act, commission: Commission, consultation: Consultation, invitation: Invitation, attachments: MailAttachment[]) {
    const url = await this.accounts.newLink(act, invitation.personId, `/consultations/${consultation.id}`, INVITATION_LINK_MS);
    await this.outbox.queue(act, {
      kind: 'invitation',
      to: invitation.email,
      organisationId: invitation.organisationId,
      consultationId: consultation.id,
      subject: `Vous êtes invité à déposer une offre\u00a0: ${commission.title}`,
      attachments,
      data: {
        title: commission.title,
        organisation: invitation.name,
        buyer: consultation.buyerName,
        reference: consultation.reference,
        deadline: inFrench(consultation.deadline, consultation.timeZone),
        zone: zoneInFrench(consultation.timeZone),
        contact: consultation.contact,
        url,
        askUrl: `${this.config.baseUrl}/demander-un-lien`,
        attachments: attachments.map((one) => one.name),
      },
    });
  }
}

function document(act: Act, consultation: Consultation, kind: ConsultationDocument['kind'], title: string, fileId: string) {
  if (!fileId) throw new Refused('not-printed', 'Les pièces jointes sont en cours d’impression : réessayez dans quelques secondes.');
  return Object.assign(new ConsultationDocument(), {
    id: act.random.id(),
    consultationId: consultation.id,
    kind,
    title,
    fileId,
    createdAt: act.now,
  });
}
