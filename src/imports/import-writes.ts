import { type EntityTarget, In, type ObjectLiteral } from 'typeorm';
import { Membership, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { batches } from './import-facts.js';
import type { Writes } from './plan.js';

/** SQLite takes 32,766 values in a statement. */
const VALUES_PER_STATEMENT = 3_000;

/** Writes a plan inside its act: a few statements per table, whatever the number of lines. */
export async function write(act: Act, writes: Writes) {
  for (const [type, records] of byType(writes.remove)) for (const some of batches(records, VALUES_PER_STATEMENT)) await act.db.delete(type, some.map((one) => (one as { id: string }).id));
  for (const [type, records] of byType(writes.change)) for (const some of inStatements(act, type, records)) await act.db.upsert(type, some, ['id']);
  await insert(act, writes.add);
  await letIn(act, writes.access);
}

/** People of organisations sign in by a mailed link: the address is enough. Same rule as `newGuest`, for many at once. */
async function letIn(act: Act, access: Writes['access']) {
  if (access.length === 0) return;
  const emails = [...new Set(access.map((one) => one.email))];
  const personOf = new Map<string, string>();
  for (const named of batches(emails)) for (const { id, email } of await act.db.find(Person, { where: { email: In(named) }, select: { id: true, email: true } })) personOf.set(email, id);
  const people = emails.filter((email) => !personOf.has(email)).map((email) => Object.assign(new Person(), { id: act.random.id(), email }));
  for (const { id, email } of people) personOf.set(email, id);
  const memberships = access.map(({ email, organisationId }) =>
    Object.assign(new Membership(), { id: act.random.id(), personId: personOf.get(email) ?? '', organisationId, role: 'bidder', territory: '*', validFrom: act.now }),
  );
  await insert(act, [...people, ...memberships]);
}

async function insert(act: Act, records: object[]) {
  for (const [type, mine] of byType(records)) for (const some of inStatements(act, type, mine)) await act.db.createQueryBuilder().insert().into(type).values(some).updateEntity(false).callListeners(false).execute();
}

function inStatements(act: Act, type: EntityTarget<ObjectLiteral>, records: ObjectLiteral[]) {
  return batches(records, Math.floor(VALUES_PER_STATEMENT / act.db.dataSource.getMetadata(type).columns.length));
}

function byType(records: readonly object[]): Map<EntityTarget<ObjectLiteral>, ObjectLiteral[]> {
  const found = new Map<EntityTarget<ObjectLiteral>, ObjectLiteral[]>();
  for (const record of records) {
    const type = record.constructor as EntityTarget<ObjectLiteral>;
    const mine = found.get(type);
    if (mine) mine.push(record);
    else found.set(type, [record]);
  }
  return found;
}
