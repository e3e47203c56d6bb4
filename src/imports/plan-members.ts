import type { ConsortiumForm, Member } from '../agreements/lot.js';
import { digits, isSiret } from '../people/registry-numbers.js';
import { folded, type LineReader, plain } from './cells.js';

/** Another member of a consortium, as a line writes it. */
export interface ReadMember {
  name: string;
  siret: string | null;
  part: string;
}

const SIRETS = 'SIRET des membres';
const PARTS = 'Prestations des membres';

/** Three cells, each a list separated by |: names, then SIRETs and parts in the same order. */
export function readMembers(reader: LineReader, form: ConsortiumForm | null): ReadMember[] {
  const names = reader.text('Membres').split('|').map(plain).filter(Boolean);
  if (form && form !== 'single' && names.length === 0) reader.fail('Membres', 'Un groupement a au moins deux membres\u00a0: nommez les autres, séparés par |.');
  if (form === 'single' && names.length > 0) reader.fail('Membres', 'Un titulaire seul n’a pas d’autres membres\u00a0: corrigez la forme, ou videz cette cellule.');
  const twice = names.find((name, index) => names.findIndex((one) => folded(one) === folded(name)) !== index);
  if (twice) reader.fail('Membres', `«\u00a0${twice}\u00a0» est écrit deux fois.`);
  const sirets = beside(reader, SIRETS, names.length).map((typed) => {
    const siret = digits(typed);
    if (typed && !isSiret(siret)) reader.fail(SIRETS, `«\u00a0${typed}\u00a0» n’est pas un SIRET\u00a0: quatorze chiffres, dont la clé ne correspond pas.`);
    return siret || null;
  });
  const parts = beside(reader, PARTS, names.length);
  const doubled = sirets.find((siret, index) => siret !== null && sirets.findIndex((one) => one?.slice(0, 9) === siret.slice(0, 9)) !== index);
  if (doubled) reader.fail(SIRETS, `Deux membres ont le même SIREN, ${doubled.slice(0, 9)}\u00a0: c’est la même personne morale.`);
  return names.map((name, index) => ({ name, siret: sirets[index] ?? null, part: parts[index] ?? '' }));
}

/** Nothing, or one value per member: which belongs to whom is never guessed. */
function beside(reader: LineReader, column: string, members: number): string[] {
  if (reader.text(column) === '') return [];
  const values = reader.text(column).split('|').map(plain);
  if (values.length === members) return values;
  reader.fail(column, `Cette cellule a ${values.length} valeur${values.length > 1 ? 's' : ''} et la colonne Membres ${members}\u00a0: une par membre, dans le même ordre, séparées par |, vide si elle manque.`);
  return [];
}

export const namesOf = (members: readonly Member[]) => members.map((one) => one.name).join(' | ');

/** How the three cells would be written. */
export function membersShown(members: readonly Member[], siretOf: (organisationId: string) => string | null) {
  const list = (values: string[]) => (values.some(Boolean) ? values.join(' | ') : '');
  return {
    Membres: namesOf(members),
    [SIRETS]: list(members.map((one) => (one.organisationId && siretOf(one.organisationId)) || '')),
    [PARTS]: list(members.map((one) => one.part ?? '')),
  };
}
