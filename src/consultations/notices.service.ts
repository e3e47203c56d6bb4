import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { frenchDate, inFrench, instantOf, zoneInFrench } from '../platform/dates.js';
import { Files } from '../platform/files.js';
import { Jobs } from '../platform/jobs.js';
import { Outbox } from '../platform/outbox.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import type { Consultation } from './consultation.js';
import { Notice, NOTICE_KINDS, type NoticeKind } from './exchange.js';
import { invitationsOf } from './launching.service.js';

export interface NewNotice {
  kind: NoticeKind;
  /** What becomes of bids already filed, when it is not what the kind says. */
  effect?: string;
  paragraphs: string[];
  significant: boolean;
  oldLocalDeadline?: string;
}

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

  async tell(act: Act, consultation: Consultation, given: NewNotice): Promise<Notice> {
    const number = (await act.db.countBy(Notice, { consultationId: consultation.id })) + 1;
    const { timeZone, localDeadline } = consultation;
    const moved = given.oldLocalDeadline !== undefined;
    const deadlines = moved ? { oldDeadline: inFrench(instantOf(given.oldLocalDeadline ?? '', timeZone), timeZone), newDeadline: inFrench(consultation.deadline, timeZone) } : {};
    const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    const { letterhead } = authority;
    const { body } = this.letters.compose('notice', {
      frame: { brandLabel: letterhead.brandLines, motto: letterhead.motto, service: letterhead.serviceLines, footer: letterhead.footerLines, notice: this.config.demo ? 'Démonstration : document sans valeur' : undefined },
      title: NOTICE_KINDS[given.kind],
      consultation: consultation.title,
      reference: consultation.reference,
      date: `${authority.place}, le ${frenchDate(act.now, timeZone)}`,
      paragraphs: given.paragraphs,
      ...deadlines,
      effect: given.effect ?? (given.significant ? 'Ce changement est important : chaque organisation qui a déjà déposé un pli est invitée à le confirmer ou à le remplacer. Sans réponse, il reste valable.' : 'Les plis déjà déposés restent valables.'),
    });
    const notice = Object.assign(new Notice(), {
      id: act.random.id(),
      consultationId: consultation.id,
      number,
      kind: given.kind,
      text: given.paragraphs.join('\n\n'),
      significant: given.significant,
      oldLocalDeadline: given.oldLocalDeadline ?? null,
      newLocalDeadline: moved ? localDeadline : null,
      body,
      byId: act.actor.isSystem ? null : act.actor.id,
      at: act.now,
    });
    await act.add(notice);
    await act.later({ kind: 'notice.print', payload: { id: notice.id } });
    const invited = (await invitationsOf(act, consultation.id)).filter((one) => one.invitedAt !== null);
    for (const invitation of invited) {
      await this.outbox.queue(act, {
        kind: given.kind === 'ended' ? 'consultation-ended' : 'notice',
        to: invitation.email,
        replyTo: consultation.contact.email,
        organisationId: invitation.organisationId,
        consultationId: consultation.id,
        subject: `${NOTICE_KINDS[given.kind]}\u00a0: ${consultation.title}`,
        data: {
          heading: NOTICE_KINDS[given.kind],
          organisation: invitation.name,
          title: consultation.title,
          buyer: consultation.buyerName,
          reference: consultation.reference,
          paragraphs: given.paragraphs,
          ...deadlines,
          deadline: inFrench(consultation.deadline, timeZone),
          zone: zoneInFrench(timeZone),
          significant: given.significant,
          contact: consultation.contact,
          url: `${this.config.baseUrl}/consultations/${consultation.id}`,
        },
      });
    }
    act.record({ notice: number, kind: given.kind, told: invited.length, significant: given.significant });
    return notice;
  }

  /** Printed once, stored. */
  private async print(id: string) {
    const notice = await this.acts.look(Actor.system, 'notice.read', (act) => {
      act.see(act.actor.isSystem);
      return act.db.findOneByOrFail(Notice, { id });
    });
    if (notice.fileId) return;
    const pdf = await this.letters.printBody(NOTICE_KINDS[notice.kind], notice.body);
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), 'avis.pdf', 'application/pdf', pdf);
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
