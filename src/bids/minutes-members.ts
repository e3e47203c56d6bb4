import { inFrench, preciseFrench } from '../platform/dates.js';
import type { MinutedSession } from './minutes-document.js';
import { roleInFrench } from './opening-member.js';

type Members = Pick<MinutedSession, 'openers' | 'members' | 'planned' | 'observations' | 'names'>;

/** Who was there, as what, with the declaration of each (D32). */
export function presentLines({ openers, members, names }: Members, number: number, timeZone: string) {
  const of = (id: string) => members.find(({ person }) => person.id === id);
  const declared = (at: Date) => `déclare n’avoir aucun conflit d’intérêts, le ${preciseFrench(at, timeZone)}`;
  const came = openers.map(({ personId, name, confirmedAt }) => {
    const member = of(personId);
    const absent = number === 1 && member?.row?.standsInForId ? names.get(member.row.standsInForId) : undefined;
    const instead = members.find(({ row }) => row?.replacedById === personId);
    return {
      name,
      quality: roleInFrench(member?.role ?? 'opener', member?.person ?? null),
      declaration: declared(confirmedAt),
      ...(absent ? { replaces: `Entre en séance en l’absence de ${absent}.` } : {}),
      ...(instead ? { replaces: `En remplacement de ${instead.person.name}, par décision du signataire.` } : {}),
    };
  });
  const secretaries = members.filter(({ role, row }) => number === 1 && role === 'secretary' && row?.sits && row.presentAt);
  return [...came, ...secretaries.map(({ person, role, row }) => ({ name: person.name, quality: roleInFrench(role, person), declaration: declared(row?.presentAt as Date) }))];
}

/** How the session was convened, who did not sit and why, what was said. */
export function sessionLines({ openers, members, planned, observations, names }: Members, timeZone: string) {
  const name = (id: string | null | undefined) => (id ? names.get(id) : undefined) ?? 'une personne';
  const changes = members.flatMap(({ person, role, row }) => {
    const who = `${person.name}, ${roleInFrench(role, person)}`;
    const lines: string[] = [];
    if (row?.recusedAt) lines.push(`${who}\u00a0: récusation déclarée le ${preciseFrench(row.recusedAt, timeZone)}. Motif\u00a0: ${row.conflict ?? ''}`);
    if (row?.replacedAt) lines.push(`${who}\u00a0: remplacement par ${name(row.replacedById)}, décidé par ${name(row.decidedById)} le ${preciseFrench(row.replacedAt, timeZone)}. Motif\u00a0: ${row.replacedReason ?? ''}`);
    if (lines.length === 0 && role !== 'substitute' && !openers.some((one) => one.personId === person.id) && !row?.presentAt) lines.push(`${who}\u00a0: absence.`);
    return lines;
  });
  const where = planned?.link ? `à distance (${planned.link})` : planned?.place;
  return {
    ...(planned ? { convened: `Séance convoquée pour le ${inFrench(planned.startsAt, timeZone)}, ${where ?? ''}.${planned.closedAt ? ` Close le ${preciseFrench(planned.closedAt, timeZone)} par ${name(planned.closedById)}.` : ''}` } : {}),
    changes,
    observations: observations.map(({ personId, text, at }) => `${name(personId)}, le ${preciseFrench(at, timeZone)}\u00a0: ${text}`),
  };
}
