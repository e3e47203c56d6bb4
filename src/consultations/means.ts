import { Invalid } from '../platform/errors.js';

/** The seven cases of R2132-12 in which a buyer may take bids by other means than electronic ones. */
export const MEANS_CASES = {
  '1': 'marché des articles R. 2122-1 à R. 2122-11, sous les seuils de procédure formalisée',
  '2': 'services sociaux et autres services spécifiques (3° de l’article R. 2123-1, article R. 2123-2)',
  '3': 'outils, dispositifs ou formats de fichiers particuliers, qui ne sont pas communément disponibles',
  '4': 'formats de fichiers sans application ouverte, ou sous licence que l’acheteur ne peut mettre à disposition',
  '5': 'équipement de bureau spécialisé dont les acheteurs ne disposent pas communément',
  '6': 'maquettes, modèles réduits, prototypes ou échantillons qui ne peuvent être transmis par voie électronique',
  '7': 'sécurité des moyens électroniques, ou informations d’une sensibilité particulière',
} as const;
export type MeansCase = keyof typeof MEANS_CASES;

export interface OtherMeans {
  case: MeansCase;
  /** Why, in the buyer's words: goes to the report (R2132-13). */
  reason: string;
  /** Where and when envelopes are taken. */
  place: string;
}

/** @throws Invalid on the field that lacks; nothing typed: electronic only */
export function otherMeansOf(typed: { case: string; reason: string; place: string }): OtherMeans | null {
  if (typed.case === '') {
    if (typed.reason || typed.place) throw Invalid.field('case', 'Choisissez le cas de l’article R. 2132-12, ou videz les deux autres champs.', typed);
    return null;
  }
  if (!Object.hasOwn(MEANS_CASES, typed.case)) throw Invalid.field('case', 'Choisissez un des sept cas de l’article R. 2132-12.', typed);
  if (!typed.reason) throw Invalid.field('reason', 'Écrivez pourquoi : les raisons figurent au rapport de présentation (art. R. 2132-13).', typed);
  if (!typed.place) throw Invalid.field('place', 'Dites où et à quelles heures les plis sont reçus.', typed);
  return { case: typed.case as MeansCase, reason: typed.reason, place: typed.place };
}

/** What the documents of the call say of it (R2132-13): one sentence for letters and pages. */
export function meansSentence(means: OtherMeans): string {
  return `Par dérogation à la voie électronique (article R. 2132-12, ${means.case}°, du code de la commande publique\u00a0: ${MEANS_CASES[means.case]}), un pli peut aussi être remis sur papier ou sur support physique, sous enveloppe fermée, à l’adresse suivante\u00a0: ${means.place}. La même date limite s’applique, et tous les documents d’un même pli suivent la même voie (article R. 2132-13).`;
}

const ONE_BID_EACH = 'Un même opérateur ne peut présenter qu’une offre\u00a0: ni une offre seul et une autre comme membre d’un groupement, ni plusieurs offres dans plusieurs groupements (articles R. 2142-21 et R. 2151-7 du code de la commande publique).';

/** What the call announces about the handing over of bids, in sentences: letters, pages. */
export const announcedRules = ({ otherMeans, oneBidEach }: { otherMeans: OtherMeans | null; oneBidEach: boolean }): string[] => [
  ...(otherMeans ? [meansSentence(otherMeans)] : []),
  ...(oneBidEach ? [ONE_BID_EACH] : []),
];
