import { Invalid } from '../platform/errors.js';
import { decimalOf, shortDecimal } from './decimal.js';

/** Weights have two decimals at most: 100 % is 10 000. */
export const WEIGHT_PLACES = 2;
export const WHOLE_WEIGHT = 10_000;

/** Sous-critère, or a criterion that has none: what gets a note. */
export interface Leaf {
  id: string;
  label: string;
  /** Hundredths of a percent of the whole. */
  weight: number;
  /** Notes go from 0 to this. */
  max: number;
  kind: 'price' | 'quality';
}

/** Critère: one or several linked to the object; its sub-criteria are announced when they can weigh (R2152-6 to -12). */
export interface AwardCriterion extends Leaf {
  children: Leaf[];
}

export const leavesOf = (criteria: readonly AwardCriterion[]): Leaf[] => criteria.flatMap((one) => (one.children.length > 0 ? one.children : [one]));

/**
 * @returns the sentences of what is wrong, none when the criteria can rank offers
 */
export function criteriaFaults(criteria: readonly AwardCriterion[]): string[] {
  const faults: string[] = [];
  const sum = (list: readonly Leaf[]) => list.reduce((total, one) => total + one.weight, 0);
  const percent = (weight: number) => shortDecimal(BigInt(weight), WEIGHT_PLACES);
  if (criteria.length === 0) faults.push('Indiquez au moins un critère.');
  else if (sum(criteria) !== WHOLE_WEIGHT) faults.push(`La somme des poids fait ${percent(sum(criteria))} % : elle doit faire 100 %.`);
  for (const one of criteria) {
    if (one.children.length > 0 && sum(one.children) !== one.weight) {
      faults.push(`Les sous-critères de « ${one.label} » font ${percent(sum(one.children))} % : ils doivent faire ${percent(one.weight)} %, le poids du critère.`);
    }
  }
  const leaves = leavesOf(criteria);
  for (const { label, weight, max } of [...criteria, ...leaves]) {
    if (!(Number.isInteger(weight) && weight > 0)) faults.push(`Le poids de « ${label} » doit être supérieur à zéro : un critère sans poids ne s’annonce pas.`);
    if (!(Number.isInteger(max) && max > 0 && max <= 1000)) faults.push(`La note maximale de « ${label} » va de 1 à 1 000.`);
  }
  const labels = leaves.map((one) => one.label.toLocaleLowerCase('fr-FR'));
  if (new Set(labels).size !== labels.length) faults.push('Deux critères portent le même nom.');
  // Two prices noted apart would each have their own lowest: the formula is announced for one.
  if (leaves.filter((one) => one.kind === 'price').length > 1) faults.push('Un seul critère porte la note de prix : les autres prix sont des sous-détails.');
  return [...new Set(faults)];
}

/** « 40 », « 33,33 » in hundredths of a percent. @throws Invalid on `field` */
export function weightOf(typed: string, field: string): number {
  const weight = decimalOf(typed.replace(/\s*%$/, ''), WEIGHT_PLACES);
  if (weight === undefined || weight <= 0n || weight > BigInt(WHOLE_WEIGHT)) {
    throw Invalid.field(field, 'Écrivez un poids entre 0 et 100, avec deux décimales au plus, par exemple 40 ou 33,33.');
  }
  return Number(weight);
}
