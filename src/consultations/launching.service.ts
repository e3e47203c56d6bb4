import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { AccountsService, INVITATION_LINK_MS } from '../people/accounts.service.js';
import { zoneOfAddress } from '../people/departments.js';
import { Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { inFrench, onOtherClocks, zoneInFrench } from '../platform/dates.js';
import { Refused } from '../platform/errors.js';
import { extensionOf } from '../platform/media.js';
import type { MailAttachment } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { StoredFile } from '../platform/stored-file.js';
import { Custodian } from '../sealing/custodian.js';
import { type Consultation, ConsultationDocument, Invitation } from './consultation.js';
import { inOrder } from './consultation-parts.js';

/** Most servers refuse 10 MB, once encoded a third larger. */
const MOST_ENCLOSED_BYTES = 6_000_000;

export interface LaunchDocument {
  kind: ConsultationDocument['kind'];
  title: string;
  fileId: string;
}

/** What a launch does, whichever procedure decides it, inside the act of that procedure (decisions.md 6). */
@Injectable()
export class LaunchingService {
  constructor(
    private readonly outbox: Outbox,
    private readonly accounts: AccountsService,
    private readonly custodian: Custodian,
    private readonly config: Config,
  ) {}

  /** Opens the call: first deadline, key of the bids, documents. */
  async launch(act: Act, consultation: Consultation, documents: readonly LaunchDocument[]) {
    const version = consultation.launch(act.now);
    await this.custodian.create(act, {
      consultationId: consultation.id,
      notBefore: consultation.opensAt,
      quorum: consultation.quorum,
      openers: consultation.openerIds,
      substitutes: consultation.substituteIds,
    });
    if (documents.some((one) => !one.fileId)) throw new Refused('not-printed', 'Les pièces jointes sont en cours d’impression : réessayez dans quelques secondes.');
    await act.add(
      version,
      ...documents.map((one) => Object.assign(new ConsultationDocument(), { ...one, id: act.random.id(), consultationId: consultation.id, createdAt: act.now })),
    );
    await act.db.save(consultation);
    act.record({ deadline: consultation.deadline.toISOString(), deadlineVersion: version.number });
  }

  /** Writes to each invited organisation that has a printed letter of its own. @returns how many */
  async invite(act: Act, consultation: Consultation, invitations: readonly Invitation[], letterOf: (invitation: Invitation) => string | null | undefined, enclosures: string): Promise<number> {
    const common = await enclosed(act, consultation.id);
    const people = await act.db.find(Person, { where: { id: In([...invitations.map((one) => one.personId), '-']) }, select: { id: true, timeZone: true } });
    let sent = 0;
    for (const invitation of invitations) {
      const letter = letterOf(invitation);
      if (!letter) continue;
      invitation.invitedAt = act.now;
      await act.db.update(Invitation, { id: invitation.id }, { invitedAt: act.now });
      await this.mail(act, consultation, invitation, [{ name: 'lettre.pdf', fileId: letter }, ...common], enclosures, people.find((one) => one.id === invitation.personId)?.timeZone ?? null);
      sent += 1;
    }
    return sent;
  }

  private async mail(act: Act, consultation: Consultation, invitation: Invitation, attachments: MailAttachment[], enclosures: string, own: string | null) {
    const url = await this.accounts.newLink(act, invitation.personId, `/consultations/${consultation.id}`, INVITATION_LINK_MS, invitation.organisationId);
    const mail = await this.outbox.queue(act, {
      kind: 'invitation',
      to: invitation.email,
      replyTo: consultation.contact.email,
      organisationId: invitation.organisationId,
      consultationId: consultation.id,
      subject: `Vous êtes invité à déposer une offre\u00a0: ${consultation.title}`,
      attachments,
      data: {
        title: consultation.title,
        organisation: invitation.name,
        buyer: consultation.buyerName,
        reference: consultation.reference,
        deadline: inFrench(consultation.deadline, consultation.timeZone),
        zone: zoneInFrench(consultation.timeZone),
        ownClocks: onOtherClocks(consultation.deadline, consultation.timeZone, own ?? zoneOfAddress(invitation.address)),
        contact: consultation.contact,
        enclosures,
        url,
        askUrl: `${this.config.baseUrl}/demander-un-lien`,
      },
    });
    await act.db.update(Invitation, { id: invitation.id }, { mailId: mail.id });
  }
}

/**
 * Documents that go with the mail: the versions in force, in the order of the file, while a mailbox would take them.
 * The others are read in the organisation's space.
 */
async function enclosed(act: Act, consultationId: string): Promise<MailAttachment[]> {
  const documents = (await act.db
    .createQueryBuilder(ConsultationDocument, 'd')
    .innerJoinAndMapOne('d.file', StoredFile, 'f', 'f.id = d."fileId"')
    .where('d."consultationId" = :consultationId and d."supersededAt" is null', { consultationId })
    .getMany()) as (ConsultationDocument & { file: StoredFile })[];
  let left = MOST_ENCLOSED_BYTES;
  return documents.toSorted(inOrder).flatMap(({ title, file }) => {
    if (file.size > left) return [];
    left -= file.size;
    return [{ name: `${title.toLowerCase().replaceAll(/[\s/\\:*?"<>|]+/g, '-')}.${extensionOf(file.name) || 'pdf'}`, fileId: file.id }];
  });
}

/** Invitations of a consultation, in the order of their letters. */
export function invitationsOf(act: Act, consultationId: string): Promise<Invitation[]> {
  return act.db.find(Invitation, { where: { consultationId }, order: { number: 'ASC' } });
}
