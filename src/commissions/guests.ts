import { In } from 'typeorm';
import { type Consultation, Invitation } from '../consultations/consultation.js';
import { letIn, mayLetIn, newGuest } from '../people/guests.js';
import { Membership, Organisation, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { Invalid } from '../platform/errors.js';
import { type AddresseeLine, sameName } from './addressee-list.js';

interface Known {
  personId: string;
  email: string;
  organisationId: string;
  name: string;
}

/**
 * Turns addressees into organisations that can sign in by a mailed link. A SIRET is not needed to be invited
 * (domain.md 2.8): it is asked at the award. A known address is the same person; under the same name, the same organisation.
 * Another name is another organisation, which shares the mailbox: a bid must never be received for its neighbour.
 */
export async function letInvited(act: Act, consultation: Consultation, lines: AddresseeLine[], from: number, origin: Invitation['origin']) {
  const emails = lines.map((line) => line.email);
  const known = await act.db
    .createQueryBuilder(Person, 'p')
    .innerJoin(Membership, 'm', 'm."personId" = p.id and m.role = :role', { role: 'bidder' })
    .innerJoin(Organisation, 'o', 'o.id = m."organisationId"')
    .select(['p.id AS "personId"', 'p.email AS "email"', 'm."organisationId" AS "organisationId"', 'o.name AS "name"'])
    .where({ email: In(emails) })
    .getRawMany<Known>();
  const listed = await act.db.findBy(Organisation, { kind: 'company', email: In(emails) });
  const invitations: Invitation[] = [];
  for (const [index, line] of lines.entries()) {
    const same = ({ email, name }: { email: string | null; name: string }) => email === line.email && sameName(name) === sameName(line.name);
    const guest = known.find(same) ?? (await firstAccess(act, listed.find(same), line));
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

/** Of an organisation that nobody has entered yet: the directory's, or a new one. */
async function firstAccess(act: Act, listed: Organisation | undefined, line: AddresseeLine) {
  if (!listed) return newGuest(act, line);
  if (!(await mayLetIn(act, listed.id))) throw Invalid.field('addressees', `« ${listed.name} » a déjà son espace : écrivez l’adresse d’une personne qui y a accès. Elle seule peut en ajouter d’autres.`);
  return { personId: await letIn(act, listed, line.email, 'addressees'), organisationId: listed.id };
}
