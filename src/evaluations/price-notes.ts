import { Invalid } from '../platform/errors.js';
import { decimalOf, divide, type Rounding } from './decimal.js';

/**
 * Formulas of the price note (domain.md 2.11, the DAJ's sheet of 2024 for the first two). None cancels the weights, and the
 * lowest price always gets the best note (CE 29 October 2013, 370789).
 */
export const PRICE_FORMULAS = {
  proportional: { label: 'Proportionnelle', words: 'note maximale × prix le plus bas ÷ prix de l’offre' },
  linear: { label: 'Linéaire', words: 'note maximale × (prix le plus haut − prix de l’offre) ÷ (prix le plus haut − prix le plus bas)' },
  'linear-to-lowest': { label: 'Linéaire par rapport au plus bas', words: 'note maximale × (1 − (prix de l’offre − prix le plus bas) ÷ prix le plus bas), zéro au-delà du double' },
} as const;
export type PriceFormula = keyof typeof PRICE_FORMULAS;

export const isPriceFormula = (typed: string): typed is PriceFormula => Object.hasOwn(PRICE_FORMULAS, typed);

export interface PriceRule {
  formula: PriceFormula;
  /** Best note, an integer of `decimals` decimals: 40 with 2 decimals is 4000n. */
  max: bigint;
  decimals: number;
  rounding: Rounding;
}

/**
 * Notes of the prices of the offers that stay in the ranking: irregular, unacceptable, inappropriate or rejected ones must
 * not be passed, since they would move the lowest or the highest price for the others.
 * @param prices in cents, all of the same kind (excluding VAT)
 * @returns notes in the order of the prices, integers of `rule.decimals` decimals, from 0 to `rule.max`
 * @throws Invalid on `price` for a price that is not above zero: no formula gives it a note
 */
export function priceNotes(prices: readonly bigint[], { formula, max, rounding }: PriceRule): bigint[] {
  if (prices.some((price) => price <= 0n)) {
    throw Invalid.field('price', 'Un prix de zéro ne se note pas : demandez une justification au candidat (offre anormalement basse, art. L. 2152-6), ou corrigez la saisie.');
  }
  const lowest = prices.reduce((least, price) => (price < least ? price : least), prices[0] ?? 0n);
  const highest = prices.reduce((most, price) => (price > most ? price : most), 0n);
  return prices.map((price) => {
    if (formula === 'proportional') return divide(max * lowest, price, rounding);
    // All prices alike: nothing tells the offers apart, each has the best note.
    if (formula === 'linear') return highest === lowest ? max : divide(max * (highest - price), highest - lowest, rounding);
    return price >= 2n * lowest ? 0n : divide(max * (2n * lowest - price), lowest, rounding);
  });
}

/**
 * A price typed in euros, in cents.
 * @throws Invalid on `field` for anything but a positive amount of two decimals at most
 */
export function priceOf(typed: string, field = 'price'): bigint {
  const cents = decimalOf(typed.replace(/\s*€$/, ''), 2);
  if (cents === undefined) throw Invalid.field(field, 'Écrivez un prix en euros hors taxes, avec deux décimales au plus, par exemple 24 000,50.');
  if (cents === 0n) throw Invalid.field(field, 'Un prix de zéro ne se note pas : demandez une justification au candidat (offre anormalement basse, art. L. 2152-6), ou corrigez la saisie.');
  return cents;
}
