import type { Role } from '../people/people.js';
import type { ActorsService } from './actors.service.js';

export interface ShownActor {
  role: string;
  name: string;
  organisation: string;
  email: string;
  phone: string;
  /** What cannot be dialled nor written to as it is. */
  contact: string;
  follows: string;
}

/** Who follows what, by the role that the accounts give. */
const FOLLOWS: Partial<Record<Role, { role: string; follows: string }>> = {
  ministry: { role: 'Niveau national', follows: 'l’accord-cadre, ses titulaires, les feux verts' },
  'regional-buyer': { role: 'Plateforme régionale des achats', follows: 'la préparation et la consultation du marché' },
  'regional-signatory': { role: 'Signataire régional', follows: 'la signature des lettres et du marché' },
  'dept-officer': { role: 'Service de l’État dans le département', follows: 'la commande du diagnostic, le diagnostic' },
  'dept-signatory': { role: 'Signataire de la préfecture', follows: 'la signature des lettres du département' },
  opener: { role: 'Ouvreur des plis', follows: 'l’ouverture des plis' },
};
const ORDER = Object.keys(FOLLOWS);

const blank = { organisation: '', email: '', phone: '', contact: '', follows: '' };
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE = /^\+?[\d .\u00a0\u202f-]{8,}$/;

type Facts = Awaited<ReturnType<ActorsService['read']>>;

/** By groups, in the order of the work: agents, study, holders, contractor, then those that the department's page names. */
export function showActors({ agents, holders, study, contract, place }: Facts): { title: string; rows: ShownActor[] }[] {
  const sorted = agents.toSorted((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  const state = sorted.map(({ role, person, organisation }): ShownActor => ({ role: FOLLOWS[role]?.role ?? role, name: person.name, organisation, email: person.email, phone: person.phone ?? '', contact: '', follows: FOLLOWS[role]?.follows ?? '' }));
  const provider = study?.authorName
    ? [study.authorName, ...(study.authorMembers ?? [])].map((name, index): ShownActor => ({ ...blank, role: index === 0 ? 'Prestataire du diagnostic' : 'Membre du groupement', name, follows: index === 0 ? study.title : '' }))
    : [];
  const inLot = holders.flatMap(({ holder, email }): ShownActor[] => [
    { ...blank, role: holder.members.length > 0 ? 'Titulaire, mandataire' : 'Titulaire', name: holder.name, email },
    ...holder.members.map((one) => ({ ...blank, role: 'Cotraitant', name: one.name, organisation: `groupement ${holder.name}`, follows: one.part ?? '' })),
  ]);
  const contractor = contract?.contractorName ? [{ ...blank, role: 'Titulaire du marché', name: contract.contractorName, follows: contract.title }] : [];
  // An agent that the accounts know already is not listed twice.
  const known = new Set(state.map((one) => `${one.role}/${one.name}`));
  const named = place.actors.filter(({ role, name }) => !known.has(`${role}/${name}`)).map(({ role, name, contact, follows = '' }): ShownActor => ({
    ...blank,
    role,
    name,
    follows,
    ...(EMAIL.test(contact) ? { email: contact } : PHONE.test(contact) ? { phone: contact } : { contact }),
  }));
  return [
    { title: 'Agents de l’État', rows: state },
    { title: 'Diagnostic', rows: provider },
    { title: 'Titulaires du lot', rows: inLot },
    { title: 'Marché', rows: contractor },
    { title: 'Autres acteurs et partenaires', rows: named },
  ].filter((group) => group.rows.length > 0);
}
