import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { inFrench } from '../platform/dates.js';
import type { Consultation } from './consultation.js';

const MINUTE_MS = 60_000;

/** Dates of calls as a calendar file (RFC 5545): folding, escaping and accents are the library's. UIDs never change, so that a new import moves an event. */
export function calendarOf(name: string, calls: readonly Consultation[], options: { baseUrl: string; agent: boolean }): string {
  const calendar = ical({ name, prodId: { company: 'Souspli', product: 'Échéances', language: 'FR' }, method: ICalCalendarMethod.PUBLISH });
  for (const call of calls) {
    const url = `${options.baseUrl}/consultations/${call.id}${options.agent ? '/suivi' : ''}`;
    const ended = call.status === 'abandoned';
    const common = { stamp: call.launchedAt ?? call.createdAt, sequence: call.deadlineVersion + (ended ? 1 : 0), url, status: ended ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED };
    const title = ended ? `${call.title} (consultation arrêtée)` : call.title;
    calendar.createEvent({
      ...common,
      id: `${call.id}-echeance@souspli`,
      start: new Date(call.deadline.getTime() - 15 * MINUTE_MS),
      end: call.deadline,
      summary: `Date limite : ${title}`,
      description: `${call.buyerName}, ${call.reference}. Strictement avant le ${inFrench(call.deadline, call.timeZone)} (${call.timeZone}).`,
    });
    if (options.agent) calendar.createEvent({ ...common, id: `${call.id}-ouverture@souspli`, start: call.opensAt, end: new Date(call.opensAt.getTime() + 60 * MINUTE_MS), summary: `Ouverture des plis possible : ${title}`, description: `${call.reference}. ${call.quorum} ${call.quorum > 1 ? 'personnes requises' : 'personne requise'}.` });
    if (call.questionsBefore) calendar.createEvent({ ...common, id: `${call.id}-questions@souspli`, start: new Date(`${call.questionsBefore}T00:00:00Z`), allDay: true, summary: `Dernier jour des questions : ${title}`, description: call.reference });
  }
  return calendar.toString();
}

/** One planned session of opening. The same UID at each sending: a session that moves moves in the agendas too. */
export function sessionCalendar(call: Consultation, session: { startsAt: Date; version: number; plannedAt: Date; where: string; link: string | null }, url: string): string {
  const calendar = ical({ name: call.title, prodId: { company: 'Souspli', product: 'Échéances', language: 'FR' }, method: ICalCalendarMethod.PUBLISH });
  calendar.createEvent({
    id: `${call.id}-seance@souspli`,
    stamp: session.plannedAt,
    sequence: session.version - 1,
    start: session.startsAt,
    end: new Date(session.startsAt.getTime() + 60 * MINUTE_MS),
    summary: `Ouverture des plis : ${call.title}`,
    location: session.link ?? session.where,
    description: `${call.buyerName}, ${call.reference}. Le ${inFrench(session.startsAt, call.timeZone)} (${call.timeZone}), ${session.where}. Présences et déclarations : ${url}`,
    url,
  });
  return calendar.toString();
}
