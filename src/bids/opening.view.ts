import { showConsultation } from '../consultations/consultation.view.js';
import { localOf, preciseFrench } from '../platform/dates.js';
import { whereInFrench } from './convocations.service.js';
import { roleInFrench } from './opening-member.js';
import type { OpeningMembersService } from './opening-members.service.js';
import type { OpeningPlanningService } from './opening-planning.service.js';
import type { BidProgress } from './opening-progress.js';
import type { KnownMember } from './opening-reading.js';
import type { OpeningService } from './opening.service.js';
import { quorumInFrench } from './opening-words.js';
import { UNREADABLE, unreadableInFrench } from './unreadable.js';

type State = Awaited<ReturnType<OpeningService['state']>>;

/** The opening, for whoever works on the call. Before the opening, nothing about bids passes here, not even whether there are any. */
export function showOpening(state: State) {
  const { consultation, session, opening, quorum, confirmed, ready, opened, sessions, can, progress } = state;
  const zone = consultation.timeZone;
  const electronic = progress.filter((one) => one.deliveryId === null);
  const checked = electronic.filter((one) => one.checkedAt !== null).length;
  return {
    consultation: { ...showConsultation(consultation, state.now), opensAt: consultation.opensAt, openedAt: consultation.openedAt },
    /** Of bids received on another platform; null when they came here. */
    takenOver: state.imported === null ? null : { done: state.imported, href: `/consultations/${consultation.id}/reprise` },
    session: session && {
      startsAt: session.startsAt,
      where: whereInFrench(session),
      convened: session.convenedVersion >= session.version,
      overtaken: !opened && session.overtakenBy(consultation),
      closedAt: session.closedAt,
    },
    openers: state.members.map((one) => showMember(one, state)),
    quorum,
    quorumRule: quorumInFrench(quorum),
    confirmed,
    ready,
    opened,
    observations: state.observations.map(({ personId, text, at }) => ({ author: state.members.find((one) => one.person.id === personId)?.person.name ?? 'L’agent chargé de la consultation', text, at })),
    sessions: sessions.map(({ number, releasedAt, subjects }) => ({ number, releasedAt, subjects: subjects.length, href: `/consultations/${consultation.id}/ouverture/${number}` })),
    /** Of each opened bid, and of all of them; empty before the opening. */
    progress: progress.map((one) => ({ id: one.id, operator: one.operator, ...stateOf(one) })),
    checked,
    total: electronic.length,
    checking: opening !== null && opening.checkedAt === null,
    minutes: opening?.minutesFileId ? `/consultations/${consultation.id}/proces-verbal.pdf` : null,
    /** It moves by itself: presences before the opening, checks after it. */
    live: (ready && !opened && consultation.status === 'launched') || (opened && (opening?.checkedAt ?? null) === null),
    can,
    authorityId: consultation.authorityId,
    timeZone: zone,
  };
}

function showMember({ person, role, row }: KnownMember, { confirmations, consultation, members, opening }: State) {
  const zone = consultation.timeZone;
  const confirmedAt = confirmations.find((one) => one.personId === person.id)?.at ?? (role === 'secretary' || opening ? row?.presentAt : null) ?? null;
  const name = (id: string | null | undefined) => members.find((one) => one.person.id === id)?.person.name ?? '';
  const gone = [
    row?.recusedAt ? `Récusation déclarée le ${preciseFrench(row.recusedAt, zone)}.` : '',
    row?.replacedAt ? `Remplacement par ${name(row.replacedById)}, le ${preciseFrench(row.replacedAt, zone)}. Motif : ${row.replacedReason ?? ''}` : '',
  ].filter(Boolean);
  const came = confirmedAt ? `Le ${preciseFrench(confirmedAt, zone)}${row?.standsInForId ? `, en l’absence de ${name(row.standsInForId)}` : ''}.` : null;
  const note = gone.length > 0 ? gone.join(' ') : came;
  return {
    name: person.name,
    role: roleInFrench(role, person),
    confirmed: confirmedAt !== null && (row?.sits ?? true),
    recused: Boolean(row?.recusedAt),
    replaced: Boolean(row?.replacedAt),
    optional: role === 'substitute',
    note,
  };
}

function stateOf(one: BidProgress) {
  const unreadable = unreadableInFrench(one);
  if (unreadable) return { words: unreadable, tone: 'danger' };
  if (one.deliveryId) return { words: 'Sur support physique : à numériser.', tone: 'neutral' };
  return one.checkedAt ? { words: 'Empreintes contrôlées.', tone: 'done' } : { words: 'Contrôle en attente.', tone: 'neutral' };
}

export function showPlanning({ consultation, session, members, substitutes, secretaries, now }: Awaited<ReturnType<OpeningPlanningService['planning']>>) {
  return {
    consultation: { ...showConsultation(consultation, now), opensAt: consultation.opensAt },
    moved: session !== null,
    beforeDeadline: consultation.isInTime(now),
    earliest: localOf(consultation.opensAt, consultation.timeZone),
    values: { startsAt: session ? localOf(session.startsAt, consultation.timeZone) : '', mode: session?.link ? 'visio' : 'place', place: session?.place ?? '', link: session?.link ?? '', secretary: members.find(({ role, row }) => role === 'secretary' && (row?.sits ?? true))?.person.id ?? '' },
    openers: members.filter((one) => one.role === 'opener').map(({ person }) => person.name),
    substitutes: substitutes.map(({ id, name }) => ({ value: id, label: name, checked: consultation.substituteIds.includes(id) })),
    secretaries: secretaries.map(({ id, name }) => ({ value: id, label: name })),
  };
}

export function showReplacing({ consultation, outgoing, incoming, now }: Awaited<ReturnType<OpeningMembersService['replacing']>>) {
  return {
    consultation: showConsultation(consultation, now),
    afterDeadline: !consultation.isInTime(now),
    outgoing: outgoing.map(({ person, row }) => ({ value: person.id, label: row?.recusedAt ? `${person.name} (récusation déclarée)` : person.name })),
    incoming: incoming.map(({ id, name }) => ({ value: id, label: consultation.substituteIds.includes(id) ? `${name} (suppléance)` : name })),
  };
}

export const unreadableOptions = () => Object.entries(UNREADABLE).map(([value, words]) => ({ value, label: words.charAt(0).toUpperCase() + words.slice(1) }));
