import { agirTyped } from '../commissions/programme.js';
import { CommissionsService } from '../commissions/commissions.service.js';
import { SignatureService } from '../commissions/signature.service.js';
import { Delegation } from '../letters/letter.js';
import { LettersService } from '../letters/letters.service.js';
import { newGuest } from '../people/guests.js';
import { department } from '../people/departments.js';
import { hashPassword } from '../people/passwords.js';
import { Authority, Membership, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Random } from '../platform/random.js';
import { DEMO_PASSWORD, demoData, type DemoData } from './demo-data.js';

export interface Getter {
  get<T>(type: Function & { prototype: T }): T;
}

/** Authority, agents, delegation: what an administrator would have set up. */
export async function seedAuthority(app: Getter): Promise<void> {
  const data = demoData();
  const random = app.get(Random);
  const password = await hashPassword(DEMO_PASSWORD, random.token());
  await app.get(Acts).perform(Actor.system, 'demo.seed', async (act) => {
    act.require(act.actor.isSystem);
    const authority = await addAuthority(act, data);
    const platform = Object.assign(new Organisation(), { id: act.random.id(), kind: 'platform', name: data.platform.name });
    await act.add(platform);
    for (const one of data.people) {
      const person = Object.assign(new Person(), {
        id: act.random.id(),
        email: one.email,
        givenName: one.givenName,
        familyName: one.familyName,
        gender: one.gender,
        phone: one.phone ?? null,
        password,
      });
      await act.add(person);
      for (const role of one.roles) {
        const technical = role === 'sysadmin';
        await act.add(
          Object.assign(new Membership(), {
            id: act.random.id(),
            personId: person.id,
            organisationId: technical ? platform.id : authority.id,
            role,
            territory: technical ? '*' : authority.territory,
            validFrom: act.now,
          }),
        );
      }
      if (one.roles.includes('dept-signatory')) await addDelegation(act, data, authority.id, person.id);
    }
  });
}

async function addAuthority(act: Act, data: DemoData): Promise<Authority> {
  const { name, ...own } = data.authority;
  const { timeZone, town } = department(own.territory);
  const organisation = Object.assign(new Organisation(), { id: act.random.id(), kind: 'authority', name });
  const authority = Object.assign(new Authority(), { ...own, id: organisation.id, timeZone, place: town });
  await act.add(organisation, authority);
  return authority;
}

async function addDelegation(act: Act, data: DemoData, authorityId: string, delegateId: string) {
  await act.add(
    Object.assign(new Delegation(), {
      id: act.random.id(),
      authorityId,
      delegateId,
      quality: data.delegation.quality,
      kinds: ['invitation', 'commission-letter', 'late-bid', 'bid-request', 'award-decision', 'award-letter', 'rejection', 'reasons'],
      validFrom: new Date(data.delegation.validFrom),
      validTo: new Date(data.delegation.validTo),
      reference: data.delegation.reference,
    }),
  );
}

/** The five invented organisations can be entered from the start, before any invitation. */
export async function seedInvented(app: Getter): Promise<void> {
  await app.get(Acts).perform(Actor.system, 'demo.seed-organisations', async (act) => {
    act.require(act.actor.isSystem);
    for (const line of demoData().invented) await newGuest(act, line);
  });
}

/** Somebody of the story, with the mandates of the database. */
export async function actorOf(app: Getter, email: string): Promise<Actor> {
  return app.get(Acts).look(Actor.system, 'demo.actor', async (act) => {
    act.see(act.actor.isSystem);
    const person = await act.db.findOneByOrFail(Person, { email });
    const mandates = await act.db
      .createQueryBuilder(Membership, 'm')
      .innerJoin(Organisation, 'o', 'o.id = m."organisationId"')
      .select(['m.role AS "role"', 'm.territory AS "territory"', 'o.id AS "organisationId"', 'o.name AS "organisationName"'])
      .where('m."personId" = :id', { id: person.id })
      .getRawMany<Actor['mandates'][number]>();
    return new Actor(person.id, person.name, mandates);
  });
}

/** The specifications of the story: a PDF made from the same press, then joined as any officer would. */
export async function specificationsPdf(app: Getter, reference: string): Promise<Buffer> {
  const { authority, specifications } = demoData();
  return app.get(LettersService).print(
    'specifications',
    {
      ...specifications,
      reference,
      frame: {
        brandLabel: authority.letterhead.brandLines,
        motto: authority.letterhead.motto,
        service: authority.letterhead.serviceLines,
        footer: authority.letterhead.footerLines,
        notice: 'Démonstration : document sans valeur',
      },
    },
    specifications.title,
  );
}

/** From nothing to « lettres à signer », through the services of the pages. Returns the commission's id. */
export async function draftTheCommission(app: Getter): Promise<string> {
  const data = demoData();
  const officer = await actorOf(app, data.people[0]?.email ?? '');
  const commissions = app.get(CommissionsService);
  const { id } = await commissions.draft(officer, { ...agirTyped(), ceiling: data.ceiling, deadline: data.deadline });
  const { consultation, openers } = await commissions.find(officer, id);
  await commissions.setSpecifications(officer, id, { name: 'cahier-des-charges.pdf', bytes: await specificationsPdf(app, consultation.reference) });
  await commissions.setAddressees(officer, id, data.addressees.map(({ name, email }) => `${name} ; ${email}`).join('\n'));
  await commissions.setOpeners(officer, id, openers.map((person) => person.id));
  await app.get(SignatureService).submit(officer, id);
  return id;
}
