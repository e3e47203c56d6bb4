import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config.js';
import { sessionCalendar } from '../consultations/calendar.js';
import { deadlineInFrench } from '../consultations/call-words.js';
import type { ConvocationData } from '../letters/convocation-data.js';
import { agentOf, frameOf } from '../letters/frame.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { dueInFrench, inFrench, stampDate } from '../platform/dates.js';
import { Files } from '../platform/files.js';
import { Jobs } from '../platform/jobs.js';
import { Outbox } from '../platform/outbox.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { Consultation } from '../consultations/consultation.js';
import { roleInFrench } from './opening-member.js';
import { type KnownMember, membersOf } from './opening-reading.js';
import { OpeningSession } from './opening-session.js';
import { quorumInFrench } from './opening-words.js';

/** The letter of the session and its calendar file, to each member, after the act that fixed it. */
@Injectable()
export class ConvocationsService implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly outbox: Outbox,
    private readonly files: Files,
    private readonly jobs: Jobs,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  onModuleInit() {
    this.jobs.handle('opening.convene', ({ id, only }) => this.convene(id, only));
  }

  /** @param only a member who comes in later: the others have their letter already */
  private async convene(id: string, only?: string) {
    const facts = await this.acts.look(Actor.system, 'opening.convocation', (act) => {
      act.see(act.actor.isSystem);
      return read(act, id);
    });
    const { session, consultation, members, now } = facts;
    if (session.closedAt || consultation.openedAt || (!only && session.convenedVersion >= session.version)) return;
    const url = `${this.config.baseUrl}/consultations/${id}/ouverture`;
    const letter = await this.letters.print('convocation', convocationLetter(facts, url, this.config.demo));
    const calendar = sessionCalendar(consultation, { ...session, where: whereInFrench(session) }, url);
    const kept = await Promise.all([
      StoredFile.write(this.files, this.random, now, 'convocation.pdf', 'application/pdf', letter),
      StoredFile.write(this.files, this.random, now, 'seance.ics', 'text/calendar', Buffer.from(calendar)),
    ]);
    await this.acts.perform(Actor.system, 'opening.convened', async (act) => {
      act.require(act.actor.isSystem);
      const locked = await act.load(OpeningSession, id);
      if (!only && locked.convenedVersion >= session.version) return;
      act.on(id);
      await act.add(...kept);
      await act.db.update(OpeningSession, { id }, { convenedVersion: session.version, letterFileId: kept[0].id, calendarFileId: kept[1].id });
      const told = members.filter(({ person, row }) => (row?.sits ?? true) && person.active && (only === undefined || person.id === only));
      for (const member of told) await this.mail(act, facts, member, kept, url);
      act.record({ version: session.version, told: told.length });
    });
  }

  private async mail(act: Act, { session, consultation }: Facts, { person, role }: KnownMember, [letter, calendar]: StoredFile[], url: string) {
    await this.outbox.queue(act, {
      kind: 'convocation',
      to: person.email,
      replyTo: consultation.contact.email,
      consultationId: consultation.id,
      subject: `${session.version > 1 ? 'Séance déplacée' : 'Convocation à l’ouverture des plis'}\u00a0: ${consultation.title}`,
      attachments: [
        { name: 'convocation.pdf', fileId: letter?.id ?? '', required: true },
        { name: 'seance.ics', fileId: calendar?.id ?? '', required: true },
      ],
      data: {
        moved: session.version > 1,
        title: consultation.title,
        reference: consultation.reference,
        startsAt: dueInFrench(session.startsAt, consultation.timeZone),
        where: whereInFrench(session),
        role: roleInFrench(role, person),
        quorum: quorumInFrench(consultation.quorum),
        contact: consultation.contact,
        url,
      },
    });
  }
}

type Facts = Awaited<ReturnType<typeof read>>;

async function read(act: Act, id: string) {
  const session = await act.db.findOneByOrFail(OpeningSession, { id });
  const consultation = await act.db.findOneByOrFail(Consultation, { id });
  const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
  const planner = await act.db.findOneBy(Person, { id: session.plannedById });
  return { session, consultation, authority, planner, members: await membersOf(act, consultation), now: act.now };
}

export const whereInFrench = ({ place, link }: Pick<OpeningSession, 'place' | 'link'>) => (link ? `à distance, à l’adresse ${link}` : (place ?? ''));

/** An internal letter of the agent in charge, by name and quality (art. L. 212-1 of the CRPA). */
function convocationLetter({ session, consultation, authority, planner, members }: Facts, url: string, demo: boolean): ConvocationData {
  const frame = frameOf({
    authority, contact: consultation.contact, demo, signed: null, attachments: [],
    subject: `convocation à l’ouverture des plis – ${consultation.title}`,
    addressee: { mode: 'single', lines: ['Membres de la séance', 'd’ouverture des plis'] },
  });
  return {
    frame: { ...frame, date: stampDate(session.plannedAt, authority.timeZone), signature: { qualityLines: ['L’agent chargé de la consultation'], name: planner ? agentOf(planner).name : consultation.contact.name } },
    consultation: consultation.title,
    reference: consultation.reference,
    deadline: deadlineInFrench(consultation, authority),
    startsAt: inFrench(session.startsAt, consultation.timeZone),
    where: whereInFrench(session),
    members: members.filter(({ row }) => row?.sits ?? true).map(({ person, role }) => `${person.name}, ${roleInFrench(role, person)}`),
    quorum: quorumInFrench(consultation.quorum),
    url,
  };
}
