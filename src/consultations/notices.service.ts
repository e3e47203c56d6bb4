import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config.js';
import { agentOf, type Signed } from '../letters/frame.js';
import { LettersService } from '../letters/letters.service.js';
import type { PublishedAnswer, Signature } from '../letters/letter-data.js';
import { Authority, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { inFrench, instantOf, onOtherClocks, zoneInFrench } from '../platform/dates.js';
import { Files } from '../platform/files.js';
import { Jobs } from '../platform/jobs.js';
import type { MailAttachment } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import type { Consultation, Invitation } from './consultation.js';
import { Notice, NOTICE_KINDS, type NoticeKind, noticeSubject } from './exchange.js';
import { type NoticeFacts, noticeLetter } from './notice-letter.js';
import { type Recipient, recipientsOf } from './recipients.js';

export interface NewNotice {
  kind: NoticeKind;
  /** What becomes of bids already filed, when it is not what the kind says. */
  effect?: string;
  paragraphs: string[];
  /** Published with it: they stand in the letter and in the mail. */
  answers?: PublishedAnswer[];
  significant: boolean;
  oldLocalDeadline?: string;
  /** The new version of a document. */
  documentId?: string;
  /** Under a delegation: a decision, and a letter to each organisation. */
  signed?: Signed;
}

/** An organisation's own letter, besides the common one. */
export type OwnLetter = (invitation: Invitation, facts: NoticeFacts) => Promise<MailAttachment>;

/** Beyond, the mail says where to read them. */
const MOST_ANSWERS_IN_MAIL = 20;

/** Tells everyone invited, in the act that changes something: same words, same second, with its letter (D4). */
@Injectable()
export class NoticesService implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly letters: LettersService,
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly config: Config,
  ) {}

  onModuleInit() {
    this.jobs.handle('notice.print', ({ id }) => this.print(id));
  }

  async tell(act: Act, consultation: Consultation, given: NewNotice, ownLetter?: OwnLetter): Promise<Notice> {
    const number = (await act.db.countBy(Notice, { consultationId: consultation.id })) + 1;
    const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    const recipients = await recipientsOf(act, consultation);
    const { kind, paragraphs, answers, significant, oldLocalDeadline, effect, signed = null } = given;
    const facts: NoticeFacts = { consultation, authority, demo: this.config.demo, kind, at: act.now, paragraphs, answers, oldLocalDeadline, significant, effect, signed, author: await authorOf(act, consultation), readers: recipients.map((one) => one.timeZone) };
    const { body } = this.letters.compose('notice', noticeLetter(facts));
    const notice = Object.assign(new Notice(), {
      id: act.random.id(),
      consultationId: consultation.id,
      number,
      kind,
      text: paragraphs.join('\n\n'),
      significant,
      documentsVersion: consultation.documentsVersion,
      documentId: given.documentId ?? null,
      oldLocalDeadline: oldLocalDeadline ?? null,
      newLocalDeadline: oldLocalDeadline === undefined ? null : consultation.localDeadline,
      body,
      byId: act.actor.isSystem ? null : act.actor.id,
      at: act.now,
    });
    await act.add(notice);
    await act.later({ kind: 'notice.print', payload: { id: notice.id } });
    const told = await this.write(act, consultation, recipients, given, async (invitation) => (ownLetter ? ownLetter(invitation, facts) : { name: `avis-${number}.pdf`, fileId: notice.id }));
    act.record({ notice: number, kind, told, significant });
    return notice;
  }

  /** One mail to each person told. @returns how many organisations */
  private async write(act: Act, consultation: Consultation, recipients: readonly Recipient[], given: NewNotice, letterTo: (invitation: Invitation) => Promise<MailAttachment>): Promise<number> {
    const { timeZone, deadline } = consultation;
    const { kind, paragraphs, answers = [], significant, oldLocalDeadline } = given;
    const deadlines = oldLocalDeadline === undefined ? {} : { oldDeadline: inFrench(instantOf(oldLocalDeadline, timeZone), timeZone), newDeadline: inFrench(deadline, timeZone) };
    const letters = new Map<string, MailAttachment>();
    for (const { invitation, email, timeZone: own } of recipients) {
      const letter = letters.get(invitation.id) ?? (await letterTo(invitation));
      letters.set(invitation.id, letter);
      await this.outbox.queue(act, {
        kind: kind === 'ended' ? 'consultation-ended' : 'notice',
        to: email,
        replyTo: consultation.contact.email,
        organisationId: invitation.organisationId,
        consultationId: consultation.id,
        subject: noticeSubject(kind, significant, consultation.title),
        attachments: [letter],
        data: {
          heading: NOTICE_KINDS[kind],
          organisation: invitation.name,
          title: consultation.title,
          buyer: consultation.buyerName,
          reference: consultation.reference,
          paragraphs,
          answers: answers.slice(0, MOST_ANSWERS_IN_MAIL),
          more: answers.length > MOST_ANSWERS_IN_MAIL,
          ...deadlines,
          deadline: inFrench(deadline, timeZone),
          zone: zoneInFrench(timeZone),
          ownClocks: onOtherClocks(deadline, timeZone, own),
          significant,
          contact: consultation.contact,
          url: `${this.config.baseUrl}/consultations/${consultation.id}`,
        },
      });
    }
    return letters.size;
  }

  /** Printed once, stored under the notice's own id: mails that name it wait for it. */
  private async print(id: string) {
    const notice = await this.acts.look(Actor.system, 'notice.read', (act) => {
      act.see(act.actor.isSystem);
      return act.db.findOneByOrFail(Notice, { id });
    });
    if (notice.fileId) return;
    const pdf = await this.letters.printBody(NOTICE_KINDS[notice.kind], notice.body);
    const file = Object.assign(await StoredFile.write(this.files, this.random, this.clock.now(), 'avis.pdf', 'application/pdf', pdf), { id });
    await this.acts.perform(Actor.system, 'notice.printed', async (act) => {
      act.require(act.actor.isSystem);
      const printed = await act.load(Notice, id);
      if (printed.fileId) return;
      await act.add(file);
      await act.db.update(Notice, { id }, { fileId: file.id });
      act.record({ sha256: file.sha256 });
    });
  }
}

/** Whose act it is: name and quality are a right of whoever receives it (art. L. 212-1 of the CRPA). */
async function authorOf(act: Act, { contact }: Consultation): Promise<Signature> {
  if (act.actor.isSystem) return { qualityLines: ['Report automatique, selon la règle annoncée au lancement', 'L’agent chargé de la consultation'], name: contact.name };
  const person = await act.db.findOneBy(Person, { id: act.actor.id });
  return { qualityLines: ['L’agent chargé de la consultation'], name: person ? agentOf(person).name : contact.name };
}
