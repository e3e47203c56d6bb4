import type { ImportKind } from './data-import.js';

export interface KindOfImport {
  id: ImportKind;
  label: string;
  /** What it brings, in one sentence. */
  purpose: string;
  columns: { name: string; example: string; hint: string }[];
}

const column = (name: string, example: string, hint: string) => ({ name, example, hint });

/** The four files, column by column: read by the planner, the page and the templates to download. */
export const KINDS: Record<ImportKind, KindOfImport> = {
  lots: {
    id: 'lots',
    label: 'Lots',
    purpose: 'Les lots de l’accord-cadre, leurs départements et leurs maximums.',
    columns: [
      column('Lot', '6', 'numéro, de 1 à 999'),
      column('Nom', 'Grand Est', 'nom du lot'),
      column('Région', '44', 'code INSEE ou nom de la région qui achète'),
      column('Départements', '67 68', 'codes séparés par des espaces ou des virgules\u00a0; ils remplacent la liste actuelle'),
      column('Maximum HT', '1 250 000,00', 'euros hors taxes, ou rien'),
      column('Minimum HT', '', 'euros hors taxes, ou rien'),
      column('Quantité maximum', '1200', 'nombre entier, ou rien'),
      column('Quantité minimum', '', 'nombre entier, ou rien'),
    ],
  },
  titulaires: {
    id: 'titulaires',
    label: 'Titulaires',
    purpose: 'Les entreprises et groupements titulaires de chaque lot.',
    columns: [
      column('Lot', '6', 'numéro d’un lot de l’accord-cadre'),
      column('Titulaire', 'Exemple Insertion', 'nom de l’entreprise, ou du mandataire'),
      column('SIRET', '73282932000074', 'quatorze chiffres, ou rien'),
      column('RNA', '', 'W et neuf chiffres, ou rien'),
      column('Courriel', 'marches@exemple-insertion.example', 'adresse qui recevra les lettres, ou rien'),
      column('Forme', 'conjoint mandataire solidaire', 'seul, conjoint, conjoint mandataire solidaire ou solidaire'),
      column('Membres', 'Exemple Formation | Exemple Logement', 'autres membres du groupement, séparés par |'),
      column('SIRET des membres', '55208131766522 | ', 'dans l’ordre des membres, séparés par |\u00a0; vide si l’un manque'),
      column('Prestations des membres', 'formation | logement', 'part de chacun, dans le même ordre, ou rien'),
      column('Entrée', '01/01/2023', 'premier jour'),
      column('Sortie', '', 'jour de sortie, ou rien'),
      column('Motif', '', 'motif de la sortie'),
      column('Départements couverts', '67 68', 'capacité déclarée\u00a0: codes du lot, ou rien'),
      column('Signature', '', 'jour de la signature, ou rien'),
      column('Notification', '20/12/2022', 'jour de la notification, ou rien'),
    ],
  },
  cibles: {
    id: 'cibles',
    label: 'Cibles',
    purpose: 'La vague et la cible de chaque département.',
    columns: [
      column('Département', '67', 'code'),
      column('Vague', '2023', 'année, ou rien'),
      column('Cible', 'mi-novembre', 'mots de la cible, ou rien'),
      column('Au plus tôt', '01/11/2023', 'date, ou rien'),
      column('Au plus tard', '15/11/2023', 'date, ou rien'),
      column('Début souhaité', '02/01/2024', 'date, ou rien'),
    ],
  },
  historique: {
    id: 'historique',
    label: 'Historique',
    purpose: 'Ce qui précède l’outil\u00a0: diagnostics, feux verts, marchés, étapes. Rien de leur procédure n’est rejoué.',
    columns: [
      column('Département', '67', 'code'),
      column('Type', 'diagnostic', 'diagnostic, feu vert, marché ou étape'),
      column('Étape', '', 'pour le type étape seulement'),
      column('Date', '12/06/2023', 'jour de la publication, du feu vert, du début du marché ou de l’étape'),
      column('Source', 'https://grand-est.dreets.gouv.fr/diagnostic-67', 'fichier ou adresse qui le prouve\u00a0: obligatoire'),
      column('Référence', 'Diagnostic pré-opérationnel du Bas-Rhin', 'titre, ou numéro de la pièce'),
      column('Auteur ou titulaire', 'Exemple Conseil', 'auteur du diagnostic, émetteur du feu vert, titulaire du marché'),
      column('Montant HT', '', 'euros hors taxes, pour un marché seulement'),
    ],
  },
};

export const KIND_LIST = Object.values(KINDS);
export const isKind = (typed: unknown): typed is ImportKind => typeof typed === 'string' && Object.hasOwn(KINDS, typed);
export const headerOf = (kind: ImportKind) => KINDS[kind].columns.map((one) => one.name);
export const exampleOf = (kind: ImportKind) => KINDS[kind].columns.map((one) => one.example);
