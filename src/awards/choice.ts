import type { Ranking, RankedBid } from '../evaluations/ranking-reading.js';
import { Refused } from '../platform/errors.js';
import type { Procedure } from './standstill.js';

export interface Choice {
  row: RankedBid;
  /** Null: by comparison. */
  rank: number | null;
  amountCents: number;
  reasons: string;
}

/**
 * Whom to propose: the reasoned choice of a comparison (R2122-8), else the best rank of a locked ranking (R2152-7), past those that could not prove (R2144-7).
 * @param passed bids set aside since the ranking
 * @param written reasons of whoever proposes the next in a comparison, which has no rank to follow
 * @throws Refused with the reason and the article
 */
export function choiceOf({ evaluation, rows, missing }: Ranking, passed: readonly string[], written?: { bidId: string; reasons: string }): Choice {
  const [first] = missing;
  if (first) throw new Refused('incomplete', `L’attribution attend la fin de l’analyse : ${first}`);
  if (evaluation?.status !== 'locked') throw new Refused('not-locked', 'L’analyse n’est pas arrêtée : les notes et le classement peuvent encore changer. Arrêtez-la d’abord (art. R. 2152-7).');
  const candidates = rows.filter((row) => row.assessment?.ranked && !passed.includes(row.bid.id));
  if (candidates.length === 0) throw new Refused('nobody', 'Aucune offre recevable ne reste : la consultation se déclare infructueuse (art. R. 2185-1).');
  const ranked = candidates.some((row) => row.ranked !== null);
  const row = ranked
    ? candidates.toSorted((a, b) => (a.ranked?.rank ?? Infinity) - (b.ranked?.rank ?? Infinity))[0]
    : candidates.find((one) => one.bid.id === (written?.bidId ?? evaluation.chosenBidId));
  if (!row) throw new Refused('no-choice', 'L’offre choisie n’est pas recevable, ou a été écartée : proposez-en une autre, avec vos raisons (art. R. 2122-8).');
  const amountCents = row.assessment?.priceCents ?? null;
  if (amountCents === null) throw new Refused('no-price', `Le prix total de l’offre de ${row.operator} n’est pas saisi : l’attribution et les lettres l’annoncent. Saisissez-le dans l’analyse.`);
  const reasons = ranked ? `Offre économiquement la plus avantageuse, classée ${row.ranked?.rank === 1 ? 'première' : `${row.ranked?.rank}e`} au regard des critères annoncés (art. R. 2152-7).` : (written?.reasons ?? evaluation.reasons ?? '');
  return { row, rank: row.ranked?.rank ?? null, amountCents, reasons };
}

/** Paths of domain.md 8.8: one holder consulted (R2162-9), one bid, several. A sentence for the page, the decision and the report. */
export function pathOf(procedure: Procedure, invited: number, bids: number): string {
  if (procedure === 'subsequent-contract' && invited === 1) return 'Un seul titulaire dans le lot : le marché subséquent est attribué aux conditions de l’accord-cadre, le titulaire ayant été invité par écrit à compléter son offre (art. R. 2162-9).';
  if (bids === 1) return 'Une seule offre a été reçue : elle est attribuée si elle répond au besoin, à un prix acceptable.';
  return procedure === 'subsequent-contract' ? 'Remise en concurrence des titulaires du lot, sur les critères de l’accord-cadre (art. R. 2162-10).' : 'Petit achat : choix motivé par la pertinence de l’offre et la bonne utilisation des deniers publics (art. R. 2122-8).';
}
