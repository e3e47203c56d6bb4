import type { Act } from '../platform/acts.js';
import { Invalid } from '../platform/errors.js';
import { Membership, Organisation, Person, SignInLink } from './people.js';

/**
 * An organisation known by its name and address alone, and the person who reads its mails. The address may be known
 * already, for an organisation that has no member of this name yet.
 * @throws Invalid on `field` when the address is an agent's: nobody is buyer and bidder at once (domain.md 5.1)
 */
export async function newGuest(act: Act, line: { name: string; email: string }, field = 'addressees') {
  const organisation = Object.assign(new Organisation(), { id: act.random.id(), kind: 'company', name: line.name, email: line.email });
  await act.add(organisation);
  return { personId: await letIn(act, organisation, line.email, field), organisationId: organisation.id };
}

/**
 * An agent may give the first access to an organisation that nobody has entered. Afterwards the organisation alone lets
 * people in: else an agent could read, replace or withdraw its bid under an address of their own.
 */
export async function mayLetIn(act: Act, organisationId: string): Promise<boolean> {
  return !(await act.db.existsBy(Membership, { organisationId, role: 'bidder' }));
}

/** Whether somebody of the organisation has ever come in by a mailed link. */
export async function hasEntered(act: Act, organisationId: string): Promise<boolean> {
  return act.db
    .createQueryBuilder(SignInLink, 'l')
    .innerJoin(Membership, 'm', 'm."personId" = l."personId" and m."organisationId" = :organisationId and m.role = :role', { organisationId, role: 'bidder' })
    .where('l."usedAt" is not null')
    .getExists();
}

/** Gives this address access to the organisation; the caller has asked who may. */
export async function letIn(act: Act, organisation: Organisation, email: string, field: string): Promise<string> {
  const known = await act.db.findOneBy(Person, { email });
  if (known && (await act.db.createQueryBuilder(Membership, 'm').where('m."personId" = :id and m.role <> :role', { id: known.id, role: 'bidder' }).getExists())) {
    throw Invalid.field(field, `« ${email} » est l’adresse d’un agent de l’État : un agent n’est pas candidat.`);
  }
  const person = known ?? Object.assign(new Person(), { id: act.random.id(), email, givenName: '', familyName: '' });
  if (!known) await act.add(person);
  await act.add(Object.assign(new Membership(), { id: act.random.id(), personId: person.id, organisationId: organisation.id, role: 'bidder', territory: '*', validFrom: act.now }));
  return person.id;
}
