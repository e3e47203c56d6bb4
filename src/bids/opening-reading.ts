import { In } from 'typeorm';
import { AGENTS, worksOn } from '../consultations/consultation.policy.js';
import { Consultation } from '../consultations/consultation.js';
import { Membership, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { NotFound } from '../platform/errors.js';
import { type MemberRole, OpeningMember } from './opening-member.js';
import { OpeningObservation, OpeningSession } from './opening-session.js';
import { Opening } from './opening.js';

export interface KnownOpening {
  consultation: Consultation;
  session: OpeningSession | null;
  opening: Opening | null;
  observations: OpeningObservation[];
}

/** The call with its session, what came of it and what its members wrote: one query. */
export async function openingOf(act: Act, id: string): Promise<KnownOpening> {
  const found = (await act.db
    .createQueryBuilder(Consultation, 'k')
    .leftJoinAndMapOne('k.session', OpeningSession, 's', 's.id = k.id')
    .leftJoinAndMapOne('k.opening', Opening, 'o', 'o.id = k.id')
    .leftJoinAndMapMany('k.observations', OpeningObservation, 'b', 'b."consultationId" = k.id')
    .where('k.id = :id', { id })
    .orderBy('b.at')
    .getOne()) as (Consultation & Omit<KnownOpening, 'consultation'>) | null;
  act.see(found !== null && worksOn(act.actor, found.territory));
  if (!found) throw new NotFound();
  const { session, opening, observations } = found;
  return { consultation: found, session, opening, observations };
}

export interface KnownMember {
  person: Person;
  role: MemberRole;
  /** None while the person has done nothing, and nothing was done about them. */
  row: OpeningMember | null;
}

/** Openers first, then substitutes, the secretary, and those who no longer sit: one query. */
export async function membersOf(act: Act, { id, openerIds, substituteIds }: Consultation): Promise<KnownMember[]> {
  const people = (await act.db
    .createQueryBuilder(Person, 'p')
    .leftJoinAndMapOne('p.row', OpeningMember, 'm', 'm."personId" = p.id and m."consultationId" = :id', { id })
    .where('p.id in (:...named) or m.id is not null', { named: [...openerIds, ...substituteIds, '-'] })
    .orderBy('p.familyName')
    .addOrderBy('p.id')
    .getMany()) as (Person & { row: OpeningMember | null })[];
  const roleOf = (one: Person & { row: OpeningMember | null }): MemberRole => (openerIds.includes(one.id) ? 'opener' : substituteIds.includes(one.id) ? 'substitute' : (one.row?.role ?? 'secretary'));
  const order: MemberRole[] = ['opener', 'substitute', 'secretary'];
  return people
    .map((person) => ({ person, role: roleOf(person), row: person.row }))
    .toSorted((a, b) => Number(!(a.row?.sits ?? true)) - Number(!(b.row?.sits ?? true)) || order.indexOf(a.role) - order.indexOf(b.role));
}

/** Persons who declared a conflict of interest for this call: they neither open nor evaluate (D32). */
export async function recusedFrom(act: Act, consultationId: string): Promise<string[]> {
  const rows = await act.db.findBy(OpeningMember, { consultationId });
  return rows.filter((one) => one.recusedAt !== null).map((one) => one.personId);
}

/** Agents of the buyer’s territory: any of them may keep the minutes. */
export const possibleSecretaries = (act: Act, territory: string): Promise<Person[]> =>
  act.db
    .createQueryBuilder(Person, 'p')
    .innerJoin(Membership, 'm', 'm."personId" = p.id and m.role in (:...roles) and m.territory = :territory and (m."validTo" is null or m."validTo" > :now)', { roles: [...AGENTS], territory, now: act.now.toISOString() })
    .where({ active: true })
    .orderBy('p.familyName')
    .getMany();

/** The row of a member, made when there is none yet. */
export async function rowOf(act: Act, consultationId: string, personId: string, role: MemberRole): Promise<OpeningMember> {
  const known = await act.db.findOneBy(OpeningMember, { consultationId, personId });
  if (known) return known;
  const row = Object.assign(new OpeningMember(), { id: act.random.id(), consultationId, personId, role, namedAt: act.now });
  await act.add(row);
  return row;
}

export const emailsOf = async (act: Act, ids: readonly string[]) => (await act.db.findBy(Person, { id: In([...ids, '-']) })).map((one) => one.email);
