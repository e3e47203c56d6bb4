import { activeHolders, contactsOf } from '../agreements/places.js';
import { Lot } from '../agreements/lot.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { agentOf } from '../letters/frame.js';
import { department } from '../people/departments.js';
import { Authority, Membership, Organisation, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { Invalid, Refused } from '../platform/errors.js';
import { centsOrNull, linesOf, numberOrNull } from '../platform/typed.js';
import { dayOf } from '../platform/working-days.js';
import type { ContractForm } from './contract.forms.js';
import { SubsequentContract } from './subsequent-contract.js';

// What becomes of the forms of a contract, inside the act that keeps them.

/** The platform of the region that buys for the lot, or the prefecture of the department: as chosen, else the one the person works for. */
export async function buyerOf(act: Act, lot: Lot, departmentCode: string, chosen: '' | 'region' | 'department' = ''): Promise<Authority> {
  const [region, own] = [`R${lot.regionCode}`, departmentCode];
  const found = await act.db.createQueryBuilder(Authority, 'a').where('a.territory in (:...territories)', { territories: [region, own] }).getMany();
  const at = (territory: string) => found.find((one) => one.territory === territory);
  if (chosen) {
    const buyer = at(chosen === 'region' ? region : own);
    if (!buyer) throw Invalid.field('buyer', chosen === 'region' ? `La plateforme de la région du lot ${lot.number} n’est pas enregistrée : l’administrateur l’ajoute.` : `La préfecture du département ${departmentCode} n’est pas enregistrée : l’administrateur l’ajoute.`);
    return buyer;
  }
  const mine = [at(region), at(own)].find((one) => one && act.actor.mandates.some((mandate) => mandate.territory === one.territory));
  const buyer = mine ?? at(region) ?? at(own);
  if (!buyer) throw new Refused('no-buyer', `Aucun acheteur n’est enregistré pour la région du lot ${lot.number} : l’administrateur l’ajoute.`);
  return buyer;
}

const SIGNS = ['regional-signatory', 'dept-signatory'] as const;

/** Agents who may sign for this buyer. */
export function possibleSignatories(act: Act, territory: string): Promise<Person[]> {
  return act.db
    .createQueryBuilder(Person, 'p')
    .innerJoin(Membership, 'm', 'm."personId" = p.id and m.role in (:...roles) and m.territory = :territory and (m."validTo" is null or m."validTo" > :now)', { roles: SIGNS, territory, now: act.now.toISOString() })
    .where({ active: true })
    .orderBy('p.familyName')
    .getMany();
}

/** @throws Invalid on `signatoryId` when this person does not sign for the buyer */
export async function nameSignatory(act: Act, contract: SubsequentContract, territory: string, typed: string, form: object) {
  if (typed && !(await possibleSignatories(act, territory)).some((one) => one.id === typed)) throw Invalid.field('signatoryId', 'Cette personne ne signe pas pour l’acheteur.', { ...form });
  contract.signatoryId = typed || null;
}

/** An empty consultation of this buyer, ready to be filled. */
export async function blankConsultation(act: Act, authority: Authority): Promise<Consultation> {
  const buyer = await act.db.findOneByOrFail(Organisation, { id: authority.id });
  const officer = await act.db.findOneByOrFail(Person, { id: act.actor.id });
  const id = act.random.id();
  return Object.assign(new Consultation(), {
    id,
    ocid: `ocds-souspli-${id}`,
    reference: `${authority.chronoKey}-${id.slice(0, 8)}`,
    authorityId: authority.id,
    territory: authority.territory,
    buyerName: buyer.name,
    timeZone: authority.timeZone,
    openingDelayMinutes: authority.openingDelayMinutes,
    quorum: authority.quorum,
    contact: agentOf(officer),
    createdAt: act.now,
  });
}

export const titleFor = (programme: string, code: string) => `Marché subséquent ${programme} ${department(code).complement}`;
export const objectFor = (programme: string, code: string) => `la mise en œuvre du programme ${programme} dans le département ${department(code).complement}`;

/** @throws Invalid on `deadline` or `weights` */
export function fill(contract: SubsequentContract, consultation: Consultation, form: ContractForm, now: Date) {
  announce(consultation, form, now);
  consultation.title = form.title;
  consultation.object = form.object;
  fillCommon(contract, form, now);
  contract.budgetCents = centsOrNull(form.budget);
  contract.title = form.title;
}

/** Date and cut-off of the questions, as the letters will say them: the consultation holds both. */
export function announce(consultation: Consultation, form: Pick<ContractForm, 'deadline' | 'questionsBefore'>, now: Date) {
  consultation.questionsBefore = null;
  consultation.plan(form.deadline, now);
  consultation.questionsBefore = form.questionsBefore || null;
}

/** What departments prepared together share: all but their own title, object and budget. */
export function fillCommon(contract: SubsequentContract, form: ContractForm, now: Date) {
  contract.minQuantity = numberOrNull(form.minQuantity);
  contract.estimatedQuantity = numberOrNull(form.estimatedQuantity);
  contract.maxQuantity = numberOrNull(form.maxQuantity);
  if (contract.minQuantity !== null && contract.maxQuantity !== null && contract.minQuantity > contract.maxQuantity) throw Invalid.field('minQuantity', 'Le minimum dépasse le maximum.', { ...form });
  contract.weights = linesOf(form.weights).map((line) => weightOf(line, form));
  contract.validityDays = Number(form.validityDays);
  contract.questionsBefore = form.questionsBefore || null;
  if (contract.questionsBefore && contract.questionsBefore < dayOf(now, 'Europe/Paris')) throw Invalid.field('questionsBefore', 'Cette date est déjà passée.', { ...form });
  if (contract.questionsBefore && contract.questionsBefore >= form.deadline.slice(0, 10)) throw Invalid.field('questionsBefore', 'Les questions s’arrêtent avant la date limite de remise des offres.', { ...form });
}

/** « Qualité : 60 » @throws Invalid on `weights`, naming the line */
export function weightOf(line: string, form: object): { label: string; weight: number } {
  const found = /^(.+?)\s*:\s*(\d{1,3})\s*%?$/u.exec(line);
  if (!found?.[1] || !found[2]) throw Invalid.field('weights', `« ${line} » : écrivez le critère, deux-points, puis son poids, par exemple « Qualité : 60 ».`, { ...form });
  return { label: found[1].trim(), weight: Number(found[2]) };
}

/** Exactly the active holders of the lot, all and only they (R2162-10, 1°). The former list goes. */
export async function inviteHolders(act: Act, contract: SubsequentContract, consultation: Consultation): Promise<number> {
  const holders = await activeHolders(act, contract.lotId);
  const contacts = await contactsOf(act, holders.map((one) => one.organisationId));
  const organisations = new Map((await act.db.createQueryBuilder(Organisation, 'o').where('o.id in (:...ids)', { ids: [...holders.map((one) => one.organisationId), '-'] }).getMany()).map((one) => [one.id, one]));
  await act.db.delete(Invitation, { consultationId: consultation.id });
  const invitations = holders.map((holder, index) => {
    const contact = contacts.get(holder.organisationId);
    return Object.assign(new Invitation(), {
      id: act.random.id(),
      consultationId: consultation.id,
      organisationId: holder.organisationId,
      personId: contact?.personId ?? '',
      number: index + 1,
      name: holder.members.length > 0 ? `${holder.name} (mandataire du groupement)` : holder.name,
      email: contact?.email ?? '',
      address: organisations.get(holder.organisationId)?.address ?? [],
    });
  });
  await act.add(...invitations);
  return invitations.length;
}
