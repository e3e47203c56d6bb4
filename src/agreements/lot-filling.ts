import { In } from 'typeorm';
import { DEPARTMENTS } from '../people/departments.js';
import { letIn } from '../people/guests.js';
import { Membership, Organisation, Person } from '../people/people.js';
import { digits, sameLegalEntity } from '../people/registry-numbers.js';
import type { Act } from '../platform/acts.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { centsOrNull, numberOrNull } from '../platform/typed.js';
import type { HolderForm, LotForm, TargetForm } from './agreement.forms.js';
import { type DepartmentActor, type Holder, Lot, LotDepartment, mustBeFree } from './lot.js';

// What the forms of a lot become, inside the act that keeps them.

export const codesOf = (typed: string) => [...new Set(typed.toUpperCase().split(/[\s,;]+/).filter(Boolean))];

export async function lotOf(act: Act, frameworkId: string, number: number): Promise<Lot> {
  const lot = await act.db.findOneBy(Lot, { frameworkId, number });
  if (!lot) throw new NotFound();
  return lot;
}

export async function fillLot(act: Act, lot: Lot, form: LotForm) {
  const same = await act.db.findOneBy(Lot, { frameworkId: lot.frameworkId, number: form.number });
  if (same && same.id !== lot.id) throw Invalid.field('number', 'Un lot porte déjà ce numéro.', { ...form });
  if (![...DEPARTMENTS.values()].some((one) => one.regionCode === form.regionCode)) throw Invalid.field('regionCode', 'Choisissez la région dont la plateforme achète.', { ...form });
  Object.assign(lot, { number: form.number, name: form.name, regionCode: form.regionCode, maxCents: centsOrNull(form.max), minCents: centsOrNull(form.min), maxQuantity: numberOrNull(form.maxQuantity), minQuantity: numberOrNull(form.minQuantity) });
  lot.check();
}

/** The set of departments becomes exactly this one; what is known of those that stay is kept. */
export async function cut(act: Act, lot: Lot, form: LotForm) {
  const codes = codesOf(form.departments);
  const unknown = codes.filter((code) => !DEPARTMENTS.has(code));
  if (unknown.length > 0) throw Invalid.field('departments', `Ces codes ne sont pas des départements : ${unknown.join(', ')}.`, { ...form });
  const rows = await act.db.findBy(LotDepartment, { frameworkId: lot.frameworkId });
  mustBeFree(rows, lot.id, codes);
  const mine = rows.filter((row) => row.lotId === lot.id);
  const gone = mine.filter((row) => !codes.includes(row.departmentCode));
  if (gone.length > 0) await act.db.delete(LotDepartment, gone.map((row) => row.id));
  const added = codes.filter((code) => !mine.some((row) => row.departmentCode === code));
  await act.add(...added.map((departmentCode) => Object.assign(new LotDepartment(), { id: act.random.id(), frameworkId: lot.frameworkId, lotId: lot.id, departmentCode })));
  act.record({ lot: lot.number, added, removed: gone.map((row) => row.departmentCode) });
}

/** Found by SIRET, then by the address of somebody who signs in for it; else new, and able to sign in by a mailed link. */
export async function holderOrganisation(act: Act, form: HolderForm): Promise<Organisation> {
  const email = form.email.toLowerCase();
  const siret = digits(form.siret);
  const bySiret = siret ? await act.db.findOneBy(Organisation, { kind: 'company', scheme: 'FR-SIRET', schemeId: siret }) : null;
  const byEmail = await act.db
    .createQueryBuilder(Organisation, 'o')
    .innerJoin(Membership, 'm', 'm."organisationId" = o.id and m.role = :role', { role: 'bidder' })
    .innerJoin(Person, 'p', 'p.id = m."personId" and p.email = :email', { email })
    .getOne();
  if (bySiret && byEmail && bySiret.id !== byEmail.id) throw Invalid.field('email', `Cette adresse est celle de « ${byEmail.name} », et ce SIRET celui de « ${bySiret.name} ».`, { ...form });
  const organisation = bySiret ?? byEmail ?? Object.assign(new Organisation(), { id: act.random.id(), kind: 'company', name: form.name, email, scheme: siret ? 'FR-SIRET' : null, schemeId: siret || null });
  if (!bySiret && !byEmail) await act.add(organisation);
  if (!byEmail) await letIn(act, organisation, email, 'email');
  return organisation;
}

/** Two establishments of one SIREN are one legal candidate: never two holders of one lot. */
export async function mustBeOneCandidate(act: Act, holders: readonly Holder[], organisation: Organisation, typed: object) {
  const others = await act.db.findBy(Organisation, { id: In([...holders.filter((one) => one.leftOn === null).map((one) => one.organisationId), '-']) });
  const same = others.find((one) => one.id !== organisation.id && sameLegalEntity(one, organisation));
  if (same) throw Invalid.field('siret', `« ${same.name} », déjà titulaire du lot, a le même SIREN : c’est la même personne morale.`, { ...typed });
}

export function actorOf(line: string, form: TargetForm): DepartmentActor {
  const [role = '', name = '', contact = ''] = line.split(';').map((cell) => cell.trim());
  if (!role || !name) throw Invalid.field('actors', `« ${line} » : écrivez le rôle, le nom, puis le contact, séparés par des points-virgules.`, { ...form });
  return { role, name, contact };
}
