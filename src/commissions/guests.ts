import { In } from 'typeorm';
import { type Consultation, Invitation } from '../consultations/consultation.js';
import { newGuest } from '../people/guests.js';
import { Membership, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import type { AddresseeLine } from './addressee-list.js';

/**
 * Turns addressees into organisations that can sign in by a mailed link. A SIRET is not needed to be invited
 * (domain.md 2.8): it is asked at the award. A known address is the same person and the same organisation.
 */
export async function letInvited(act: Act, consultation: Consultation, lines: AddresseeLine[], from: number, origin: Invitation['origin']) {
  const emails = lines.map((line) => line.email);
  const known = await act.db
    .createQueryBuilder(Person, 'p')
    .innerJoin(Membership, 'm', 'm."personId" = p.id and m.role = :role', { role: 'bidder' })
    .select(['p.id AS "personId"', 'p.email AS "email"', 'm."organisationId" AS "organisationId"'])
    .where({ email: In(emails) })
    .getRawMany<{ personId: string; email: string; organisationId: string }>();
  const invitations: Invitation[] = [];
  for (const [index, line] of lines.entries()) {
    const guest = known.find((one) => one.email === line.email) ?? (await newGuest(act, line));
    invitations.push(
      Object.assign(new Invitation(), {
        id: act.random.id(),
        consultationId: consultation.id,
        organisationId: guest.organisationId,
        personId: guest.personId,
        number: from + index,
        name: line.name,
        email: line.email,
        origin,
      }),
    );
  }
  await act.add(...invitations);
  return invitations;
}
