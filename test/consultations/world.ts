import { CommissionsService } from '../../src/commissions/commissions.service.js';
import type { CommissionForm } from '../../src/commissions/commission.forms.js';
import { agirTyped } from '../../src/commissions/programme.js';
import { SendingService } from '../../src/commissions/sending.service.js';
import { SignatureService } from '../../src/commissions/signature.service.js';
import { actorOf } from '../../src/demo/seed.js';
import { Delegation } from '../../src/letters/letter.js';
import { LETTER_KINDS, type LetterKind } from '../../src/letters/letter-data.js';
import { department } from '../../src/people/departments.js';
import { Authority, Membership, Organisation, Person, type Role } from '../../src/people/people.js';
import { Acts } from '../../src/platform/acts.js';
import { Actor } from '../../src/platform/actor.js';
import type { TestApp } from '../support/app.js';

/** Agents of one more department: an officer, a signatory with a delegation for everything, two openers. */
export async function seedDepartment(t: TestApp, code: string): Promise<void> {
  const { timeZone, town, complement } = department(code);
  const roles: [string, Role][] = [['agent', 'dept-officer'], ['signataire', 'dept-signatory'], ['ouvreur1', 'opener'], ['ouvreur2', 'opener']];
  await t.app.get(Acts).perform(Actor.system, 'test.department', async (act) => {
    act.require(true);
    const organisation = Object.assign(new Organisation(), { id: act.random.id(), kind: 'authority', name: `Préfecture ${complement}` });
    const letterhead = { brandLines: ['Préfet', complement], motto: ['Liberté', 'Égalité', 'Fraternité'], serviceLines: ['DDETS'], authorTitles: ['Le Préfet'], delegationLine: 'Pour le Préfet et par délégation', footerLines: [town] };
    await act.add(organisation, Object.assign(new Authority(), { id: organisation.id, territory: code, timeZone, place: town, chronoKey: `DDETS${code}`, letterhead }));
    for (const [name, role] of roles) {
      const person = Object.assign(new Person(), { id: act.random.id(), email: `${name}@prefecture${code}.example`, givenName: name, familyName: `De ${code}`, phone: '01 02 03 04 05' });
      await act.add(person, Object.assign(new Membership(), { id: act.random.id(), personId: person.id, organisationId: organisation.id, role, territory: code, validFrom: act.now }));
      if (role === 'dept-signatory') await act.add(Object.assign(new Delegation(), { id: act.random.id(), authorityId: organisation.id, delegateId: person.id, quality: 'le Secrétaire général', kinds: Object.keys(LETTER_KINDS) as LetterKind[], validFrom: act.now, reference: 'arrêté de test' }));
    }
  });
}

export const agentsOf = (t: TestApp, code: string) => {
  const who = (name: string) => actorOf(t.app, `${name}@prefecture${code}.example`);
  return { officer: () => who('agent'), signatory: () => who('signataire'), openers: () => Promise.all([who('ouvreur1'), who('ouvreur2')]) };
};

export interface SmallCall {
  code: string;
  deadline: string;
  /** « nom ; adresse », one a line. */
  addressees: string;
  form?: Partial<CommissionForm>;
  /** On the draft, before its submission. */
  prepare?: (ids: { commissionId: string; consultationId: string }) => Promise<void>;
}

/** A commission of this department, as a draft with everything it needs. */
export async function drafted(t: TestApp, { code, deadline, addressees, form }: SmallCall) {
  const officer = await agentsOf(t, code).officer();
  const commissions = t.app.get(CommissionsService);
  const { id } = await commissions.draft(officer, { ...agirTyped(), ceiling: '24 000', deadline, ...form });
  const { consultation, openers } = await commissions.find(officer, id);
  await commissions.setSpecifications(officer, id, { name: 'cdc.pdf', bytes: Buffer.from('%PDF-1.4 cahier des charges') });
  await commissions.setAddressees(officer, id, addressees);
  await commissions.setOpeners(officer, id, openers.map((one) => one.id));
  return { commissionId: id, consultationId: consultation.id };
}

/** The same, signed and sent. */
export async function called(t: TestApp, small: SmallCall) {
  const ids = await drafted(t, small);
  await small.prepare?.(ids);
  const { officer, signatory } = agentsOf(t, small.code);
  const signature = t.app.get(SignatureService);
  await signature.submit(await officer(), ids.commissionId);
  await signature.sign(await signatory(), ids.commissionId);
  await t.jobs.finishAll();
  await t.app.get(SendingService).send(await officer(), ids.commissionId);
  await t.jobs.finishAll();
  return ids;
}

/** The field, or the code, of a refusal; « done » when there was none. */
export const fault = (work: Promise<unknown>) => work.then(() => 'done', (error: { errors?: { field: string }[]; code?: string; message: string }) => error.errors?.map((one) => one.field).join() ?? error.code ?? error.message);
