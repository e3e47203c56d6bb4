import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import type { Section } from '../letters/letter-data.js';

export const WRITTEN_KINDS = { specifications: 'Cahier des charges', rules: 'Règlement de la consultation' } as const;
export type WrittenKind = keyof typeof WRITTEN_KINDS;

/** A document written here, as text with headings; its PDF is made when it is joined to the file. */
@Entity('written_document')
@Index('written_document_once', ['consultationId', 'kind'], { unique: true })
export class WrittenDocument {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Text() kind!: WrittenKind;
  @Text() text!: string;
  @Int() version: number = 1;
  @Ref() byId!: string;
  @Instant() updatedAt!: Date;
}

type Passage = Pick<Section, 'title' | 'paragraphs' | 'items'>;
type Written = Passage & { number: string; subsections?: Passage[] };

/**
 * « # Partie », « ## Sous-partie », « - élément », and paragraphs separated by a blank line. Parts are numbered here, so
 * that a reference to one cannot slide.
 */
export function sectionsOf(text: string): Written[] {
  const sections: Written[] = [];
  let here: Passage | undefined;
  for (const block of text.split(/\n\s*\n|\n(?=#)|(?<=^#[^\n]*)\n/m)) {
    for (const part of block.split(/\n(?=[-–•]\s)/)) {
      const line = part.replace(/\s*\n\s*/g, ' ').trim();
      if (line === '') continue;
      const heading = /^(#{1,2})\s*(.+)$/.exec(line);
      if (heading?.[1] === '#') {
        here = { title: heading[2] ?? '', paragraphs: [], items: [] };
        sections.push(Object.assign(here, { number: String(sections.length + 1) }));
      } else if (heading) {
        const parent = sections.at(-1) ?? sections[sections.push({ title: 'Objet', number: '1', paragraphs: [], items: [] }) - 1];
        here = { title: heading[2] ?? '', paragraphs: [], items: [] };
        if (parent) parent.subsections = [...(parent.subsections ?? []), here];
      } else {
        if (!here) sections.push(Object.assign((here = { title: 'Objet', paragraphs: [], items: [] }), { number: '1' }));
        const item = /^[-–•]\s+(.*)$/.exec(line);
        if (item) here.items.push(item[1] ?? '');
        else here.paragraphs.push(line);
      }
    }
  }
  return sections;
}

/** What each kind starts from; the buyer writes over it. */
export const STARTS: Record<WrittenKind, string> = {
  specifications: `# Contexte

Présentez le territoire et le programme.

# Objectifs

L’étude décrit :

- l’état de l’accompagnement existant ;
- les parcours des bénéficiaires ;
- les ressources, les points forts et les manques ;
- les besoins à venir ;
- les recommandations.

# Méthode et calendrier

Décrivez les étapes, les échanges avec le comité de pilotage et les échéances.

# Livrables

Un rapport au format PDF et dans un format modifiable, et une synthèse destinée à la publication.

# Propriété intellectuelle et publication

L’État peut reproduire, publier et communiquer l’étude, notamment à tous les titulaires de l’accord-cadre (art. R. 2111-2 du code de la commande publique).

# Données personnelles

L’étude ne permet de reconnaître personne : les effectifs inférieurs à onze sont masqués ou regroupés.`,
  rules: `# Objet et déroulement

La consultation remet en concurrence les titulaires du lot (art. R. 2162-10 du code de la commande publique).

# Contenu des offres

Listez les documents attendus.

# Dépôt

Les offres sont déposées par voie électronique, avant la date limite. Un pli reçu à l’heure dite, ou après, est hors délai.

# Copie de sauvegarde

Une copie de sauvegarde peut être remise avant la date limite ; elle n’est ouverte que dans les cas prévus par les textes.

# Questions

Les questions sont posées sur la plateforme ; les réponses sont adressées à tous.

# Critères

Rappelez les critères de l’accord-cadre et leurs poids.

# Négociation

Dites si elle est prévue, et comment.

# Égalité des offres

Dites comment deux offres de même note sont départagées.`,
};
