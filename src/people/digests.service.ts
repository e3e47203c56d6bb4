import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { inFrench, instantOf } from '../platform/dates.js';
import { Log } from '../platform/log.js';
import { Mail } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { Rounds } from '../platform/rounds.js';
import { dayOf } from '../platform/working-days.js';
import { Person } from './people.js';
import type { WorkMailData } from './work-mails.js';

const TICK_MS = 60_000;
const HOUR = '08:00';

/** The last 8 h on these clocks that is not after `now`: what was held before it leaves together. */
export function lastDigest(now: Date, timeZone: string): Date {
  const today = instantOf(`${dayOf(now, timeZone)}T${HOUR}`, timeZone);
  return today <= now ? today : instantOf(`${dayOf(new Date(now.getTime() - 86_400_000), timeZone)}T${HOUR}`, timeZone);
}

/** One mail a day for those who prefer it: what could wait, in the order it came. Missed by a stop of the server, it leaves on its return. */
@Injectable()
export class DigestsService extends Rounds {
  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly config: Config,
    log: Log,
  ) {
    super(log, 'digests', TICK_MS);
  }

  /** @returns how many digests left */
  async tick(): Promise<number> {
    const recipients = await this.acts.look(Actor.system, 'digest.due', async (act) => {
      act.see(act.actor.isSystem);
      const rows = await act.db.createQueryBuilder(Mail, 'm').select('m.recipient', 'recipient').distinct().where({ state: 'held' }).getRawMany<{ recipient: string }>();
      return rows.map((row) => row.recipient);
    });
    let sent = 0;
    for (const recipient of recipients) if (await this.send(recipient)) sent += 1;
    return sent;
  }

  private async send(recipient: string): Promise<boolean> {
    const due = await this.acts.look(Actor.system, 'digest.read', async (act) => {
      act.see(act.actor.isSystem);
      const person = await act.db.findOneBy(Person, { email: recipient });
      const mails = await act.db.find(Mail, { where: { recipient, state: 'held' }, order: { queuedAt: 'ASC', id: 'ASC' } });
      // Who has gone back to « aussitôt » does not wait for tomorrow.
      const before = person?.mailPace === 'daily' ? lastDigest(act.now, person.timeZone ?? 'Europe/Paris') : act.now;
      return mails.some((one) => one.queuedAt < before) ? { mails, timeZone: person?.timeZone ?? 'Europe/Paris' } : null;
    });
    if (!due) return false;
    return this.acts.perform(Actor.system, 'digest.send', async (act) => {
      act.require(act.actor.isSystem);
      const held: Mail[] = [];
      for (const { id } of due.mails) {
        const mail = await act.load(Mail, id);
        if (mail.state === 'held') held.push(mail); // another process may have sent it
      }
      if (held.length === 0) return false;
      const items = held.map((mail) => ({ ...(this.outbox.words(mail).data as WorkMailData), at: inFrench(mail.queuedAt, due.timeZone) }));
      const things = counted(held.length, 'chose à faire', 'choses à faire');
      const digest = await this.outbox.queue(act, { kind: 'digest', to: recipient, subject: `Traitez vos dossiers\u00a0: ${things}`, data: { things, items, url: `${this.config.baseUrl}/a-faire`, preferencesUrl: `${this.config.baseUrl}/mes-preferences` } });
      for (const { id } of held) await act.db.update(Mail, { id }, { state: 'sent', digestId: digest.id, sentAt: act.now });
      act.subject = digest.id;
      act.record({ mails: held.length });
      return true;
    });
  }
}
