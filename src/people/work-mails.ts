import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import type { Act } from '../platform/acts.js';
import type { Mail } from '../platform/mail.js';
import { Outbox } from '../platform/outbox.js';
import { Membership, Person, type Role } from './people.js';

export interface WorkMail {
  /** What to do, as an order: the subject line and the heading. */
  subject: string;
  text: string;
  consultation: { id: string; title: string; reference: string };
  /** Of ours, where it is done. */
  path: string;
}

/** What its template prints, and what the daily mail prints of it again. */
export interface WorkMailData {
  heading: string;
  text: string;
  title: string;
  reference: string;
  url: string;
}

/** What an agent has to do: at once, or in the one mail a day of those who prefer it. */
@Injectable()
export class WorkMails {
  constructor(
    private readonly outbox: Outbox,
    private readonly config: Config,
  ) {}

  /** An address that is nobody's account still receives its mail, at once. */
  async queue(act: Act, emails: readonly string[], { subject, text, consultation, path }: WorkMail): Promise<Mail[]> {
    const people = await act.db.findBy(Person, { email: In([...emails, '-']) });
    const mails: Mail[] = [];
    for (const to of new Set(emails)) {
      const person = people.find((one) => one.email === to);
      if (person && !person.active) continue;
      mails.push(
        await this.outbox.queue(act, {
          kind: 'work',
          to,
          consultationId: consultation.id,
          held: person?.mailPace === 'daily',
          subject: `${subject}\u00a0: ${consultation.title}`,
          data: { heading: subject, text, title: consultation.title, reference: consultation.reference, url: `${this.config.baseUrl}${path}` } satisfies WorkMailData,
        }),
      );
    }
    return mails;
  }
}

/** Active people who hold a role on a territory today. */
export async function holdersOf(act: Act, role: Role, territory: string): Promise<string[]> {
  const people = await act.db
    .createQueryBuilder(Person, 'p')
    .innerJoin(Membership, 'm', 'm."personId" = p.id and m.role = :role and m.territory = :territory and m."validFrom" <= :now and (m."validTo" is null or m."validTo" > :now)', { role, territory, now: act.now.toISOString() })
    .where({ active: true })
    .orderBy('p.email')
    .getMany();
  return people.map((one) => one.email);
}
