import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { CHANNEL_NAMES, Consultation, DeadlineVersion } from '../consultations/consultation.js';
import { invitationsOf } from '../consultations/launching.service.js';
import { recipientsOf } from '../consultations/recipients.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { dueNow, type Offset, planReminders, Reminder } from '../consultations/reminders.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { inFrench, onOtherClocks, zoneInFrench } from '../platform/dates.js';
import { NotFound } from '../platform/errors.js';
import { Log } from '../platform/log.js';
import { Mail } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { Rounds } from '../platform/rounds.js';
import { Bid } from './bid.js';
import { BidDraft, BidFile } from './draft.js';

const TICK_MS = 20_000;

export interface ShownReminder {
  offset: Offset;
  at: Date;
  state: Reminder['state'];
  doneAt: Date | null;
}

/** Reminders to every invited organisation alike, each told of its own draft and of nobody else's. */
@Injectable()
export class RemindersService extends Rounds {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly config: Config,
    log: Log,
  ) {
    super(log, 'reminders', TICK_MS);
  }

  /** Sends what is due on every call in progress. @returns how many reminders left */
  async tick(): Promise<number> {
    const open = await this.acts.look(Actor.system, 'reminder.due', async (act) => {
      act.see(act.actor.isSystem);
      const calls = await act.db.findBy(Consultation, { status: 'launched' });
      const rows = await Promise.all(calls.map(async (one) => ({ id: one.id, due: one.isInTime(act.now) && (await this.due(act, one)).some((row) => row.state === 'planned' && row.at <= act.now) })));
      return rows.filter((one) => one.due);
    });
    let sent = 0;
    for (const { id } of open) if (await this.send(id)) sent += 1;
    return sent;
  }

  /** For the agents of the buyer: what is planned, what left, and to whom. Nothing of bids. Five queries. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'reminder.list', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      if (!consultation) throw new NotFound();
      act.see(worksOn(actor, consultation.territory));
      const reminders = consultation.launchedAt ? await this.due(act, consultation) : [];
      const mails = await act.db.find(Mail, { where: { consultationId: id, kind: 'reminder' }, order: { queuedAt: 'ASC' }, select: { id: true, recipient: true, organisationId: true, state: true, error: true, queuedAt: true, sentAt: true } });
      return { consultation, reminders, mails, invitations: await invitationsOf(act, id), now: act.now };
    });
  }

  /** Planned from the deadline in force; what was done is read from the table. */
  private async due(act: Act, consultation: Consultation): Promise<ShownReminder[]> {
    const version = await act.db.findOneByOrFail(DeadlineVersion, { id: `${consultation.id}.${consultation.deadlineVersion}` });
    const done = await act.db.findBy(Reminder, { consultationId: consultation.id, deadlineVersion: consultation.deadlineVersion });
    return planReminders(consultation.localDeadline, consultation.timeZone, this.config.reminderOffsets)
      .filter((one) => one.at > version.createdAt) // the invitation, or the extension, has just said it
      .map((one) => {
        const row = done.find((other) => other.offset === one.offset);
        return { ...one, state: row?.state ?? 'planned', doneAt: row?.doneAt ?? null };
      });
  }

  private send(id: string): Promise<boolean> {
    return this.acts.perform(Actor.system, 'reminder.send', async (act) => {
      act.require(act.actor.isSystem);
      const consultation = await act.load(Consultation, id);
      const { send, skip } = dueNow(await this.due(act, consultation), consultation.deadline, act.now);
      const row = (one: ShownReminder, state: Reminder['state']) =>
        Object.assign(new Reminder(), { id: `${id}.${consultation.deadlineVersion}.${one.offset}`, consultationId: id, deadlineVersion: consultation.deadlineVersion, offset: one.offset, at: one.at, state, doneAt: act.now });
      await act.add(...skip.map((one) => row(one, 'skipped')), ...(send ? [row(send, 'sent')] : []));
      if (!send) return false;
      // The first of each organisation is its own address; to the others it lets in, the notices go.
      const invited = (await recipientsOf(act, consultation)).filter((one, index, all) => all[index - 1]?.invitation !== one.invitation);
      const own = await statesOf(act, id);
      const { timeZone, deadline, contact } = consultation;
      for (const { invitation, timeZone: ownZone } of invited) {
        await this.outbox.queue(act, {
          kind: 'reminder',
          to: invitation.email,
          replyTo: contact.email,
          organisationId: invitation.organisationId,
          consultationId: id,
          subject: `Rappel\u00a0: offre à remettre avant le ${inFrench(deadline, timeZone)}`,
          data: {
            organisation: invitation.name,
            title: consultation.title,
            reference: consultation.reference,
            deadline: inFrench(deadline, timeZone),
            zone: zoneInFrench(timeZone),
            ownClocks: onOtherClocks(deadline, timeZone, ownZone),
            own: consultation.elsewhere ? `Votre offre se dépose sur ${CHANNEL_NAMES[consultation.channel]}, sous la référence ${consultation.externalReference ?? ''} : nous ne savons pas si vous l’y avez déposée.` : own(invitation.organisationId),
            contact,
            help: { telephone: this.config.helpTelephone, email: this.config.helpEmail, hours: this.config.helpHours },
            url: consultation.elsewhere ? (consultation.externalLink ?? '') : `${this.config.baseUrl}/consultations/${id}/pli`,
            askUrl: `${this.config.baseUrl}/demander-un-lien`,
          },
        });
      }
      act.record({ offset: send.offset, told: invited.length });
      return true;
    });
  }
}

/** What each organisation is told of its own bid, in two queries. Its words are sealed in the outbox. */
async function statesOf(act: Act, consultationId: string): Promise<(organisationId: string) => string> {
  const bids = await act.db.find(Bid, { where: { consultationId, status: In(['sealed', 'late']) }, select: { id: true, organisationId: true, status: true } });
  const drafts = await act.db
    .createQueryBuilder(BidDraft, 'd')
    .leftJoin(BidFile, 'f', 'f."draftId" = d.id')
    .select(['d."organisationId" AS "organisationId"', 'count(f.id) AS "files"'])
    .where('d."consultationId" = :consultationId and d.state = :open', { consultationId, open: 'open' })
    .groupBy('d."organisationId"')
    .getRawMany<{ organisationId: string; files: string | number }>();
  return (organisationId) => {
    const files = Number(drafts.find((one) => one.organisationId === organisationId)?.files ?? 0);
    const draft = files > 0 ? `Votre brouillon contient ${files} fichier${files > 1 ? 's' : ''}` : '';
    if (bids.some((one) => one.organisationId === organisationId && one.status === 'sealed')) return draft ? `Votre pli est déposé. ${draft}, qui n’est pas déposé.` : 'Votre pli est déposé : vous n’avez rien à faire.';
    return draft ? `${draft}, mais rien n’est déposé.` : 'Rien n’est déposé, et votre brouillon est vide.';
  };
}
