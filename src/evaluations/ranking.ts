import { divide, type Rounding } from './decimal.js';
import { type AwardCriterion, type Leaf, leavesOf, WHOLE_WEIGHT } from './criteria.js';

export interface RankingRule {
  /** Decimals of notes and of totals. */
  decimals: number;
  rounding: Rounding;
  /** Announced tie rule: the better points on this criterion or sub-criterion win; none: a written decision is asked. */
  tieOn: string | null;
}

/** One offer that stays in the ranking, with a note for each leaf: integers of the rule's decimals. */
export interface Noted {
  bidId: string;
  notes: Record<string, bigint>;
}

export interface Ranked {
  bidId: string;
  /** Out of 100, by leaf. */
  points: Record<string, bigint>;
  /** Out of 100: the sum of the points as they are printed, so that anybody can add them up. */
  total: bigint;
  /** 1 is the best; offers that nothing separates share one. */
  rank: number;
  /** Offers with the same rank; a written decision must separate them when they are first. */
  tied: string[];
}

/** Points out of 100 that a note brings: note ÷ best note × weight, rounded by the announced rule. Notes and points have the same decimals, which cancel out. */
export function pointsOf(note: bigint, leaf: Pick<Leaf, 'weight' | 'max'>, { rounding }: Pick<RankingRule, 'decimals' | 'rounding'>): bigint {
  return divide(note * BigInt(leaf.weight), BigInt(leaf.max) * BigInt(WHOLE_WEIGHT / 100), rounding);
}

/**
 * Classement (R2152-7): the total of the weighted notes, then the announced tie rule.
 * @param offers admissible ones only, all their notes given
 * @param separated bids in the order that a written decision gave them, to separate those that the rule leaves equal
 */
export function rankOffers(criteria: readonly AwardCriterion[], offers: readonly Noted[], rule: RankingRule, separated: readonly string[] = []): Ranked[] {
  const leaves = leavesOf(criteria);
  const decides = rule.tieOn === null ? [] : (criteria.find((one) => one.id === rule.tieOn)?.children ?? []).map((one) => one.id);
  const onTie = (points: Record<string, bigint>) => (rule.tieOn === null ? 0n : (decides.length > 0 ? decides : [rule.tieOn]).reduce((sum, id) => sum + (points[id] ?? 0n), 0n));
  const written = new Map(separated.map((bidId, place) => [bidId, place]));
  // Reckoned once an offer: a thousand of them are compared ten thousand times.
  const scored = offers.map(({ bidId, notes }) => {
    const points: Record<string, bigint> = {};
    let total = 0n;
    for (const leaf of leaves) total += points[leaf.id] = pointsOf(given(notes, leaf), leaf, rule);
    return { bidId, points, total, tie: onTie(points), place: written.get(bidId) ?? separated.length };
  });
  const order = (a: (typeof scored)[number], b: (typeof scored)[number]) => compare(b.total, a.total) || compare(b.tie, a.tie) || a.place - b.place;
  const groups: (typeof scored)[] = [];
  for (const one of scored.toSorted((a, b) => order(a, b) || (a.bidId < b.bidId ? -1 : 1))) {
    const last = groups.at(-1);
    if (last?.[0] && order(last[0], one) === 0) last.push(one);
    else groups.push([one]);
  }
  let before = 0;
  return groups.flatMap((group) => {
    const rank = before + 1;
    before += group.length;
    return group.map(({ bidId, points, total }) => ({ bidId, points, total, rank, tied: group.filter((other) => other.bidId !== bidId).map((other) => other.bidId) }));
  });
}

function given(notes: Record<string, bigint>, leaf: Leaf): bigint {
  const note = notes[leaf.id];
  if (note === undefined) throw new RangeError(`An offer without a note on ${leaf.id} cannot be ranked`);
  return note;
}

const compare = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
