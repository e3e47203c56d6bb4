import type { EntityManager } from 'typeorm';
import { Bid } from '../bids/bid.js';
import { Organisation } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { groupBy } from '../platform/group.js';
import { Assessment } from './assessment.js';
import { BidRequest, PENDING, REQUEST_KINDS } from './bid-request.js';
import { leavesOf } from './criteria.js';
import { Evaluation } from './evaluation.js';
import { priceNotes } from './price-notes.js';
import { type Ranked, rankOffers } from './ranking.js';
import { CONSENSUS, Score } from './score.js';

/** One opened bid with all that is known of it; what the ranking, the reports, the award and the letters read. */
export interface RankedBid {
  bid: Bid;
  operator: string;
  /** Whose bid it is; of a consortium, its lead (`bid.consortium` names the members). */
  organisation: Organisation | null;
  assessment: Assessment | null;
  /** Requests that are not decided yet. */
  waiting: BidRequest[];
  /** The notes that count, by leaf: integers of the rule's decimals. The price's is computed. */
  notes: Record<string, bigint>;
  justifications: Record<string, string>;
  /** None while a note is missing, or when the bid is out of the ranking. */
  ranked: Ranked | null;
}

export interface Ranking {
  evaluation: Evaluation | null;
  /** Nothing of it changes any more: what an award may be proposed on. */
  locked: boolean;
  /** In the order of their arrival. */
  rows: RankedBid[];
  /** Sentences of what keeps the analysis from being locked. */
  missing: string[];
}

export type FoundBid = Bid & { organisation: Organisation | null; assessment: Assessment | null; requests?: BidRequest[] };

/** Bids that were opened, in the order of their arrival, with what the analysis says of each. */
export const openedBids = (db: EntityManager, consultationId: string) =>
  db
    .createQueryBuilder(Bid, 'b')
    .leftJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
    .leftJoinAndMapOne('b.assessment', Assessment, 'a', 'a.id = b.id')
    .leftJoinAndMapMany('b.requests', BidRequest, 'r', 'r."bidId" = b.id and r.status in (:...pending)', { pending: PENDING })
    .where('b."consultationId" = :consultationId and b.status in (:...opened)', { consultationId, opened: ['opened', 'unreadable'] })
    .orderBy('b.receivedAt')
    .addOrderBy('b.id');

/** Three queries, whatever the number of bids: evaluation, bids with their assessments, notes that count. */
export async function rankingOf({ db }: Pick<Act, 'db'>, consultationId: string): Promise<Ranking> {
  const evaluation = await db.findOneBy(Evaluation, { id: consultationId });
  const bids = (await openedBids(db, consultationId).getMany()) as FoundBid[];
  if (!evaluation) return unbegun(bids);
  const scores = await db.findBy(Score, { consultationId, personId: countedOf(evaluation) });
  return ranking(evaluation, bids, scores);
}

/**
 * The same for a page of a thousand offers: no envelope, no text, nothing that the list does not print. Three queries.
 * @returns rows whose bids, organisations and assessments have the columns of a list only
 */
export async function rankingList({ db }: Pick<Act, 'db'>, consultationId: string): Promise<Ranking> {
  const evaluation = await db.findOneBy(Evaluation, { id: consultationId });
  const found = await db
    .createQueryBuilder(Bid, 'b')
    .leftJoin(Organisation, 'o', 'o.id = b."organisationId"')
    .leftJoin(Assessment, 'a', 'a.id = b.id')
    .select(['b.id AS "id"', 'b.status AS "status"', 'b."organisationId" AS "organisationId"', 'b."receivedAt" AS "receivedAt"', 'o.name AS "name"', 'a.id AS "assessed"', 'a."priceCents" AS "priceCents"', 'a."bidClass" AS "bidClass"', `(${db.createQueryBuilder(BidRequest, 'r').select('min(r.kind)').where('r."bidId" = b.id and r.status in (:...pending)').getQuery()}) AS "pending"`])
    .where('b."consultationId" = :consultationId and b.status in (:...opened)', { consultationId, opened: ['opened', 'unreadable'], pending: PENDING })
    .orderBy('b."receivedAt"')
    .addOrderBy('b.id')
    .getRawMany<Listed>();
  const bids = found.map(({ id, status, organisationId, receivedAt, name, assessed, priceCents, bidClass, pending }) => {
    const bid = Object.assign(new Bid(), { id, status, organisationId, consultationId, receivedAt: new Date(receivedAt) });
    return Object.assign(bid, {
      organisation: name === null ? null : Object.assign(new Organisation(), { id: organisationId, name }),
      assessment: assessed === null ? null : Object.assign(new Assessment(), { id, consultationId, priceCents: priceCents === null ? null : Number(priceCents), bidClass }),
      requests: pending === null ? [] : [Object.assign(new BidRequest(), { bidId: id, kind: pending })],
    });
  });
  if (!evaluation) return unbegun(bids);
  const scores = await db.createQueryBuilder(Score, 's').select(['s."bidId" AS "bidId"', 's."leafId" AS "leafId"', 's.note AS "note"']).where({ consultationId, personId: countedOf(evaluation) }).getRawMany<Pick<Score, 'bidId' | 'leafId' | 'note'>>();
  return ranking(evaluation, bids, scores.map((one) => Object.assign(new Score(), one)));
}

interface Listed {
  id: string;
  status: Bid['status'];
  organisationId: string;
  receivedAt: string;
  name: string | null;
  assessed: string | null;
  priceCents: string | number | null;
  bidClass: Assessment['bidClass'];
  pending: BidRequest['kind'] | null;
}

/** Whose notes count: the only evaluator's while the analysis is open, otherwise those that all agreed on. */
const countedOf = ({ status, evaluatorIds }: Evaluation) => (status === 'open' && evaluatorIds.length === 1 ? (evaluatorIds[0] ?? CONSENSUS) : CONSENSUS);

const unbegun = (bids: readonly FoundBid[]): Ranking => ({
  evaluation: null,
  locked: false,
  rows: bids.map((bid) => ({ bid, operator: bid.organisation?.name ?? '', organisation: bid.organisation, assessment: bid.assessment, waiting: [], notes: {}, justifications: {}, ranked: null })),
  missing: ['L’analyse n’est pas commencée.'],
});

/** The computation alone, over what was read: tested and measured without a database. */
export function ranking(evaluation: Evaluation, bids: readonly FoundBid[], scores: readonly Score[]): Ranking {
  const { rule } = evaluation;
  const leaves = leavesOf(rule.criteria);
  const price = leaves.find((one) => one.kind === 'price');
  const byBid = groupBy(scores, (one) => one.bidId);
  const rows: RankedBid[] = bids.map((bid) => {
    const mine = byBid.get(bid.id) ?? [];
    return {
      bid,
      operator: bid.organisation?.name ?? '',
      organisation: bid.organisation,
      assessment: bid.assessment,
      waiting: bid.requests ?? [],
      notes: Object.fromEntries(mine.map((one) => [one.leafId, one.value(rule.decimals)])),
      justifications: Object.fromEntries(mine.map((one) => [one.leafId, one.justification])),
      ranked: null,
    };
  });
  const inRanking = rows.filter((row) => row.assessment?.ranked);
  const missing = rows.filter((row) => !row.assessment?.bidClass).map((row) => `L’offre de ${row.operator} n’est pas classée : recevable, irrégulière, inacceptable, inappropriée ou anormalement basse.`);
  for (const { operator, waiting } of rows) if (waiting.length > 0) missing.push(`${REQUEST_KINDS[waiting[0]?.kind ?? 'clarification'].label} à ${operator} : elle attend sa signature, sa réponse ou sa décision.`);
  if (price) {
    const priced = inRanking.filter((row) => (row.assessment?.priceCents ?? 0) > 0);
    // The lowest price moves every note: none is given while one is unknown.
    if (priced.length === inRanking.length) {
      const notes = priceNotes(priced.map((row) => BigInt(row.assessment?.priceCents ?? 0)), { formula: rule.formula, max: BigInt(price.max) * 10n ** BigInt(rule.decimals), decimals: rule.decimals, rounding: rule.rounding });
      priced.forEach((row, index) => {
        row.notes[price.id] = notes[index] ?? 0n;
      });
    }
    for (const row of inRanking.filter((one) => !priced.includes(one))) missing.push(`Le prix de ${row.operator} n’est pas saisi.`);
  }
  for (const row of inRanking) {
    for (const leaf of leaves.filter((one) => one.kind === 'quality')) {
      if (row.notes[leaf.id] === undefined) missing.push(`${row.operator} : il manque la note « ${leaf.label} ».`);
    }
  }
  const whole = inRanking.filter((row) => leaves.every((leaf) => row.notes[leaf.id] !== undefined));
  if (leaves.length > 0 && whole.length === inRanking.length) {
    const found = new Map(rankOffers(rule.criteria, whole.map(({ bid, notes }) => ({ bidId: bid.id, notes })), rule, evaluation.tie?.order).map((one) => [one.bidId, one]));
    for (const row of whole) row.ranked = found.get(row.bid.id) ?? null;
    const first = whole.filter((row) => row.ranked?.rank === 1);
    if (first.length > 1) missing.push(`Égalité entre ${first.map((row) => row.operator).join(' et ')} : la règle annoncée ne les départage pas, une décision écrite le fait.`);
  }
  if (rule.method === 'comparison' && leaves.length === 0 && inRanking.length > 0 && (!evaluation.chosenBidId || !evaluation.reasons)) missing.push('Choisissez l’offre retenue et écrivez les raisons du choix (art. R. 2122-8).');
  return { evaluation, locked: evaluation.status === 'locked', rows, missing };
}

/** Ranked offers from the first to the last; of a comparison, the chosen one alone. Who comes next when the first fails (R2144-7). */
export function inOrder({ evaluation, rows }: Ranking): RankedBid[] {
  const chosen = rows.filter((row) => row.bid.id === evaluation?.chosenBidId && row.assessment?.ranked);
  return chosen.length > 0 ? chosen : rows.filter((row) => row.ranked !== null).toSorted((a, b) => (a.ranked?.rank ?? 0) - (b.ranked?.rank ?? 0));
}
