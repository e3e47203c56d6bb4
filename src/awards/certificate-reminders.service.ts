import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Config } from '../config.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Log } from '../platform/log.js';
import { Outbox } from '../platform/outbox.js';
import { Rounds } from '../platform/rounds.js';
import { daysBetween, dayInFrench, dayOf } from '../platform/working-days.js';
import { Award } from './award.js';
import { AwardCertificate } from './certificate.js';

const TICK_MS = 60_000;
/** Days before the due date. */
const BEFORE_DAYS = 3;

/** One reminder to an intended winner whose pieces are missing, three days before they are due. */
@Injectable()
export class CertificateReminders extends Rounds {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly config: Config,
    log: Log,
  ) {
    super(log, 'certificate reminders', TICK_MS);
  }

  /** @returns how many reminders left */
  async tick(): Promise<number> {
    const asked = await this.acts.look(Actor.system, 'award.reminders-due', (act) => {
      act.see(act.actor.isSystem);
      return act.db.findBy(Award, { status: 'asked', remindedAt: IsNull() });
    });
    let sent = 0;
    for (const one of asked) if (await this.remind(one.id)) sent += 1;
    return sent;
  }

  private remind(id: string): Promise<boolean> {
    return this.acts.perform(Actor.system, 'award.remind', async (act) => {
      act.require(act.actor.isSystem);
      const award = await act.load(Award, id);
      const consultation = await act.db.findOneByOrFail(Consultation, { id: award.consultationId });
      const left = daysBetween(dayOf(act.now, consultation.timeZone), award.certificatesDue ?? '');
      if (award.status !== 'asked' || award.remindedAt || left > BEFORE_DAYS) return false;
      const missing = (await act.db.findBy(AwardCertificate, { awardId: id, organisationId: award.organisationId })).filter((one) => one.status === 'asked' || one.status === 'refused');
      await act.db.update(Award, { id }, { remindedAt: act.now });
      if (missing.length === 0 || left < 0) return false;
      const invitation = await act.db.findOneByOrFail(Invitation, { consultationId: consultation.id, organisationId: award.organisationId });
      const { title, reference, buyerName: buyer, contact } = consultation;
      await this.outbox.queue(act, {
        kind: 'certificates-reminder', to: invitation.email, replyTo: contact.email, organisationId: award.organisationId, consultationId: consultation.id,
        subject: `Rappel\u00a0: pièces à fournir pour ${title}`,
        data: { heading: 'Rappel : pièces à fournir', organisation: invitation.name, buyer, title, reference, items: missing.map((one) => one.words.label), due: dayInFrench(award.certificatesDue ?? ''), contact, url: `${this.config.baseUrl}/consultations/${consultation.id}/courriers` },
      });
      act.on(consultation.id, id);
      act.record({ missing: missing.length });
      return true;
    });
  }
}
