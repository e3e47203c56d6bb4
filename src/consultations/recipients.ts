import { In } from 'typeorm';
import { zoneOfAddress } from '../people/departments.js';
import { Membership, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import type { Consultation, Invitation } from './consultation.js';
import { invitationsOf } from './launching.service.js';

export interface Recipient {
  invitation: Invitation;
  email: string;
  /** Their own clocks: as they said, else by the address of their organisation. */
  timeZone: string | null;
}

/** Everybody told of a call: who was invited, and those whom each organisation let in itself. Two queries. */
export async function recipientsOf(act: Act, consultation: Pick<Consultation, 'id'>): Promise<Recipient[]> {
  const invited = (await invitationsOf(act, consultation.id)).filter((one) => one.invitedAt !== null);
  const members = (await act.db
    .createQueryBuilder(Membership, 'm')
    .innerJoinAndMapOne('m.person', Person, 'p', 'p.id = m."personId" and p.active = :active', { active: true })
    .where({ organisationId: In([...invited.map((one) => one.organisationId), '-']), role: 'bidder' })
    .andWhere('(m."validTo" is null or m."validTo" > :now)', { now: act.now.toISOString() })
    .orderBy('p.email')
    .getMany()) as (Membership & { person: Person })[];
  return invited.flatMap((invitation) => {
    const home = zoneOfAddress(invitation.address);
    const own = members.filter((one) => one.organisationId === invitation.organisationId).map((one) => one.person);
    const contact = own.find((one) => one.id === invitation.personId);
    const others = own.filter((one) => one.id !== invitation.personId && one.email !== invitation.email);
    return [{ invitation, email: invitation.email, timeZone: contact?.timeZone ?? home }, ...others.map(({ email, timeZone }) => ({ invitation, email, timeZone: timeZone ?? home }))];
  });
}
