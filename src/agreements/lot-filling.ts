import { In } from 'typeorm';
import { DEPARTMENTS } from '../people/departments.js';
import { letIn, mayLetIn } from '../people/guests.js';
import { Membership, Organisation, Person } from '../people/people.js';
import { digits, isSiret, sameLegalEntity } from '../people/registry-numbers.js';
import type { Act } from '../platform/acts.js';
import { Invalid, NotFound } from '../platform/errors.js';
import { centsOrNull, linesOf, numberOrNull } from '../platform/typed.js';
import type { HolderContentForm, HolderForm, LotForm, TargetForm } from './agreement.forms.js';
import { buyerRegions, isNational } from './agreement.policy.js';
import type { FrameworkAgreement } from './framework-agreement.js';
import { type DepartmentActor, type Holder, Lot, LotDepartment, type Member, mustBeFree } from './lot.js';

// What the forms of a lot become, inside the act that keeps them.

export const codesOf = (typed: string) => [...new Set(typed.toUpperCase().split(/[\s,;]+/).filter(Boolean))];

export async function lotOf(act: Act, frameworkId: string, number: number): Promise<Lot> {
  const lot = await act.db.findOneBy(Lot, { frameworkId, number });
  if (!lot) throw new NotFound();
  return lot;
}

export async function fillLot(act: Act, framework: FrameworkAgreement, lot: Lot, form: LotForm) {
  const same = await act.db.findOneBy(Lot, { frameworkId: lot.frameworkId, number: form.number });
  if (same && same.id !== lot.id) throw Invalid.field('number', 'Un lot porte déjà ce numéro.', { ...form });
  if (![...DEPARTMENTS.values()].some((one) => one.regionCode === form.regionCode)) throw Invalid.field('regionCode', 'Choisissez la région dont la plateforme achète.', { ...form });
  Object.assign(lot, { number: form.number, name: form.name, regionCode: form.regionCode, maxCents: centsOrNull(form.max), minCents: centsOrNull(form.min), maxQuantity: numberOrNull(form.maxQuantity), minQuantity: numberOrNull(form.minQuantity) });
  lot.check(framework);
  const regions = isNational(act.actor) ? [] : buyerRegions(act.actor);
  // A region records its own lots, of its own departments: never those of another.
  if (regions.length > 0 && !regions.includes(form.regionCode)) throw Invalid.field('regionCode', 'Une plateforme régionale n’enregistre que les lots de sa région.', { ...form });
  const foreign = regions.length > 0 ? codesOf(form.departments).filter((code) => !regions.includes(DEPARTMENTS.get(code)?.regionCode ?? '')) : [];
  if (foreign.length > 0) throw Invalid.field('departments', `Ces départements ne sont pas de votre région : ${foreign.join(', ')}.`, { ...form });
}

/** The set of departments becomes exactly this one; what is known of those that stay is kept. */
export async function cut(act: Act, lot: Lot, form: LotForm, living: ReadonlySet<string> = new Set()) {
  const codes = codesOf(form.departments);
  const unknown = codes.filter((code) => !DEPARTMENTS.has(code));
  if (unknown.length > 0) throw Invalid.field('departments', `Ces codes ne sont pas des départements : ${unknown.join(', ')}.`, { ...form });
  const rows = await act.db.findBy(LotDepartment, { frameworkId: lot.frameworkId });
  mustBeFree(rows, lot.id, codes);
  const mine = rows.filter((row) => row.lotId === lot.id);
  const gone = mine.filter((row) => !codes.includes(row.departmentCode));
  const held = gone.filter((row) => living.has(row.departmentCode)).map((row) => row.departmentCode);
  if (held.length > 0) throw Invalid.field('departments', `Un marché est en préparation, en consultation ou en cours dans ${held.join(', ')} : ${held.length > 1 ? 'ces départements ne quittent' : 'ce département ne quitte'} pas le lot.`, { ...form });
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
  const typed = { ...form };
  if (bySiret && byEmail && bySiret.id !== byEmail.id) throw Invalid.field('email', `Cette adresse est celle de « ${byEmail.name} », et ce SIRET celui de « ${bySiret.name} ».`, { ...form });
  if (byEmail && !bySiret && byEmail.name !== form.name) throw Invalid.field('name', `L’adresse ${email} est celle de « ${byEmail.name} » : écrivez ce nom, ou une autre adresse.`, typed);
  if (byEmail && !bySiret && siret) throw Invalid.field('siret', byEmail.schemeId ? `L’annuaire donne à « ${byEmail.name} » le SIRET ${byEmail.schemeId}.` : `Inscrivez d’abord ce SIRET sur la fiche de « ${byEmail.name} » dans l’annuaire.`, typed);
  if (bySiret && !byEmail && !(await mayLetIn(act, bySiret.id))) throw Invalid.field('email', `« ${bySiret.name} » a déjà une adresse dans l’annuaire : indiquez-la. L’organisation seule peut donner accès à une autre personne.`, typed);
  const organisation = bySiret ?? byEmail ?? Object.assign(new Organisation(), { id: act.random.id(), kind: 'company', name: form.name, email, scheme: siret ? 'FR-SIRET' : null, schemeId: siret || null });
  if (!bySiret && !byEmail) await act.add(organisation);
  if (!byEmail) await letIn(act, organisation, email, 'email');
  return organisation;
}

/** Two establishments of one SIREN are one legal candidate: never two holders of one lot. */
export async function mustBeOneCandidate(act: Act, holders: readonly Holder[], holder: Pick<Holder, 'enteredOn' | 'leftOn'>, organisation: Organisation, typed: object, field = 'siret') {
  const others = await act.db.findBy(Organisation, { id: In([...holders.filter((one) => one.enteredOn < (holder.leftOn ?? '9999') && holder.enteredOn < (one.leftOn ?? '9999')).map((one) => one.organisationId), '-']) });
  const same = others.find((one) => one.id !== organisation.id && sameLegalEntity(one, organisation));
  if (same) throw Invalid.field(field, `« ${same.name} », déjà titulaire du lot, a le même SIREN : c’est la même personne morale.`, { ...typed });
}

/**
 * « Nom ; SIRET ; prestation », one per line; a SIRET leads to the directory, where it is added when it is new.
 * @throws Invalid on `members`, naming the line
 */
export async function membersOf(act: Act, form: HolderContentForm, lead: Organisation): Promise<Member[]> {
  const members: Member[] = [];
  const sirets: string[] = [];
  for (const line of linesOf(form.members)) {
    const [name = '', typedSiret = '', part = ''] = line.split(';').map((cell) => cell.trim());
    const siret = digits(typedSiret);
    if (!name) throw Invalid.field('members', `« ${line} » : commencez par le nom du membre.`, { ...form });
    if (siret && !isSiret(siret)) throw Invalid.field('members', `« ${line} » : ce SIRET n’est pas valable. Écrivez « nom ; SIRET ; prestation », ou laissez le SIRET vide.`, { ...form });
    const party = { scheme: 'FR-SIRET', schemeId: siret };
    if (siret && sameLegalEntity(lead, party)) throw Invalid.field('members', `« ${name} » a le même SIREN que le mandataire : c’est la même personne morale.`, { ...form });
    const twin = siret ? sirets.find((one) => sameLegalEntity({ scheme: 'FR-SIRET', schemeId: one }, party)) : undefined;
    if (twin) throw Invalid.field('members', `Deux membres ont le même SIREN, ${siret.slice(0, 9)} : c’est la même personne morale.`, { ...form });
    if (siret) sirets.push(siret);
    if (members.some((one) => one.name === name)) throw Invalid.field('members', `« ${name} » est écrit deux fois.`, { ...form });
    const known = siret ? await act.db.findOneBy(Organisation, { kind: 'company', ...party }) : null;
    const added = siret && !known ? Object.assign(new Organisation(), { id: act.random.id(), kind: 'company', name, ...party }) : null;
    if (added) await act.add(added);
    members.push({ organisationId: (known ?? added)?.id ?? null, name, ...(part ? { part } : {}) });
  }
  return members;
}

export function actorOf(line: string, form: TargetForm): DepartmentActor {
  const [role = '', name = '', contact = '', follows = ''] = line.split(';').map((cell) => cell.trim());
  if (!role || !name) throw Invalid.field('actors', `« ${line} » : écrivez le rôle, le nom, puis le contact, séparés par des points-virgules.`, { ...form });
  return { role, name, contact, ...(follows ? { follows } : {}) };
}
