import type { AwardCriterion } from './criteria.js';
import { criteriaFaults } from './criteria.js';
import type { Rounding } from './decimal.js';
import type { PriceFormula } from './price-notes.js';

/**
 * How the offers of a call are chosen: announced with it, frozen at its launch, never touched afterwards.
 * `comparison`: a small purchase (R2122-8) where a comparison table and a reasoned choice suffice; its criteria are optional.
 */
export interface AwardRule {
  method: 'scored' | 'comparison';
  criteria: AwardCriterion[];
  formula: PriceFormula;
  /** Decimals of notes and totals. */
  decimals: number;
  rounding: Rounding;
  /** Criterion whose points separate equal totals; none: a written decision. */
  tieOn: string | null;
}

const DEFAULTS = { formula: 'proportional', decimals: 2, rounding: 'half-up', tieOn: null } as const;

export const comparisonRule = (): AwardRule => ({ method: 'comparison', criteria: [], ...DEFAULTS });

/** Of announced weights in whole percents: notes out of 20, but the price out of its own weight, as holders read it. */
export function scoredRule(weights: readonly { label: string; weight: number }[]): AwardRule {
  const criteria = weights.map(({ label, weight }, index): AwardCriterion => {
    const price = /\b(prix|co[ûu]ts?)\b/iu.test(label) && !weights.slice(0, index).some((one) => /\b(prix|co[ûu]ts?)\b/iu.test(one.label));
    return { id: `c${index + 1}`, label, weight: weight * 100, max: price ? Math.max(1, Math.min(1000, weight)) : 20, kind: price ? 'price' : 'quality', children: [] };
  });
  return { method: 'scored', criteria, ...DEFAULTS };
}

/** Sentences of what keeps this rule from choosing an offer. */
export function ruleFaults(rule: AwardRule): string[] {
  if (rule.method === 'comparison' && rule.criteria.length === 0) return [];
  const faults = criteriaFaults(rule.criteria);
  const ids = rule.criteria.flatMap((one) => [one.id, ...one.children.map((child) => child.id)]);
  if (rule.tieOn !== null && !ids.includes(rule.tieOn)) faults.push('La règle d’égalité renvoie à un critère qui n’existe pas.');
  if (!(Number.isInteger(rule.decimals) && rule.decimals >= 0 && rule.decimals <= 4)) faults.push('Les notes ont de zéro à quatre décimales.');
  return faults;
}
