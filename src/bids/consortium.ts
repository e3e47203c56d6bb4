import { digits, isSiret } from '../people/registry-numbers.js';
import { Invalid } from '../platform/errors.js';
import { linesOf } from '../platform/typed.js';
import type { Consortium } from '../sealing/envelope.js';

/** R2142-20, R2142-24. */
export const CONSORTIUM_FORMS = {
  joint: { label: 'Groupement conjoint', hint: 'Chaque membre exécute ses propres prestations (article R. 2142-20).' },
  'joint-solidary-lead': { label: 'Groupement conjoint, mandataire solidaire', hint: 'Le mandataire répond en outre de chacun des membres (article R. 2142-24).' },
  solidary: { label: 'Groupement solidaire', hint: 'Chaque membre est engagé financièrement pour la totalité (article R. 2142-20).' },
} as const;
export type ConsortiumForm = keyof typeof CONSORTIUM_FORMS;

const MOST_MEMBERS = 20;

/** As it is prepared in a draft: mandates are files of that draft. */
export interface DraftConsortium {
  form: ConsortiumForm;
  members: { name: string; siret: string | null; mandateFileId: string | null }[];
  signedByAllFileId: string | null;
}

export interface TypedConsortium {
  form: '' | ConsortiumForm;
  /** « Nom ; SIRET », one per line, the lead left out: it is the organisation that deposits. */
  members: string;
  /** Files of the draft, in the order of the members known before. */
  mandates: string[];
  signedByAll: string;
}

/**
 * @param lead the organisation that deposits: the lead represents the others (R2142-23)
 * @param known as it was saved before: its members' mandates follow their names
 * @throws Invalid on the field; null: it bids alone
 */
export function consortiumOf(typed: TypedConsortium, lead: { name: string; siret: string | null }, known: DraftConsortium | null, fileIds: readonly string[]): DraftConsortium | null {
  if (typed.form === '') {
    if (typed.members !== '') throw Invalid.field('form', 'Choisissez la forme du groupement, ou videz la liste des membres pour répondre seul.', { ...typed });
    return null;
  }
  const no = (field: string, sentence: string) => Invalid.field(field, sentence, { ...typed });
  const members = linesOf(typed.members).map((line) => {
    const [name = '', ...rest] = line.split(';').map((part) => part.trim());
    const siret = digits(rest.join(''));
    if (name === '' || name.length > 200) throw no('members', `« ${line.slice(0, 60)} » : écrivez le nom du membre, un point-virgule, puis son SIRET s’il en a un.`);
    if (siret !== '' && !isSiret(siret)) throw no('members', `« ${name} » : ce SIRET n’est pas juste. Vérifiez ses 14 chiffres, ou laissez-le vide.`);
    const mandateFileId = typed.mandates[known?.members.findIndex((one) => sameName(one.name, name)) ?? -1] || null;
    return { name, siret: siret || null, mandateFileId };
  });
  if (members.length === 0) throw no('members', 'Un groupement a au moins deux membres : écrivez au moins un membre en plus de votre organisation.');
  if (members.length > MOST_MEMBERS) throw no('members', `Indiquez ${MOST_MEMBERS} membres au plus.`);
  const all = [lead, ...members];
  const twice = all.find((one, index) => all.findIndex((other) => sameOperator(one, other)) < index);
  if (twice) throw no('members', `« ${twice.name} » figure deux fois dans le groupement, votre organisation comprise.`);
  for (const id of [...members.map((one) => one.mandateFileId), typed.signedByAll]) {
    if (id && !fileIds.includes(id)) throw no('mandates', 'Ce fichier n’est plus dans votre brouillon : choisissez-en un autre.');
  }
  return { form: typed.form, members, signedByAllFileId: typed.signedByAll || null };
}

/** Members who have neither signed the common document nor empowered the lead (R2142-23): said, never blocking; powers are checked at the award. */
export const withoutMandate = ({ members, signedByAllFileId }: DraftConsortium): string[] => (signedByAllFileId ? [] : members.filter((one) => !one.mandateFileId).map((one) => one.name));

/** As the manifest carries it, files by their place. A mandate removed from the draft since is none. */
export function sealedConsortium({ form, members, signedByAllFileId }: DraftConsortium, lead: { name: string; siret: string | null }, fileIds: readonly string[]): Consortium {
  const place = (id: string | null) => (id && fileIds.includes(id) ? fileIds.indexOf(id) : null);
  return { form, members: [{ ...lead, lead: true, mandate: null }, ...members.map(({ name, siret, mandateFileId }) => ({ name, siret, lead: false, mandate: place(mandateFileId) }))], signedByAll: place(signedByAllFileId) };
}

/** « groupement solidaire avec A et B ». */
export function consortiumWords({ form, members }: Consortium): string {
  const others = members.filter((one) => !one.lead).map((one) => one.name);
  return `${(CONSORTIUM_FORMS[form]?.label ?? 'groupement').toLocaleLowerCase('fr-FR')} avec ${new Intl.ListFormat('fr').format(others)}`;
}

interface Operator {
  name: string;
  siret: string | null;
}

export interface OpenedOffer {
  bidId: string;
  lead: Operator;
  consortium: Consortium | null;
}

/**
 * R2142-21, R2151-7, where the documents forbid it: the same operator alone and in a consortium, or in several. Found once the bids
 * are read, since who bids with whom is content; the buyer decides what follows.
 * @returns sentences for the minutes
 */
export function conflictsOf(offers: readonly OpenedOffer[]): string[] {
  const places = offers.flatMap(({ bidId, lead, consortium }) => {
    if (!consortium) return [{ bidId, operator: lead, as: 'seul' }];
    return consortium.members.map((one) => ({ bidId, operator: one.lead ? lead : one, as: one.lead ? 'mandataire d’un groupement' : 'membre d’un groupement' }));
  });
  return places.flatMap((place, index) =>
    places
      .slice(index + 1)
      .filter((other) => other.bidId !== place.bidId && sameOperator(place.operator, other.operator))
      .map((other) => `« ${other.operator.name} » figure dans deux plis, ${place.as} (pli ${place.bidId}) et ${other.as} (pli ${other.bidId}) : les documents l’interdisent (articles R. 2142-21 et R. 2151-7 du code de la commande publique)`),
  );
}

/** Establishments of one SIREN are one operator; without SIRET, the same name. */
const sameOperator = (a: Operator, b: Operator) => (a.siret && b.siret ? a.siret.slice(0, 9) === b.siret.slice(0, 9) : sameName(a.name, b.name));

const sameName = (a: string, b: string) => plainName(a) === plainName(b);
const plainName = (name: string) => name.normalize('NFD').replaceAll(/[^\p{L}\p{N}]/gu, '').toLocaleLowerCase('fr-FR');
