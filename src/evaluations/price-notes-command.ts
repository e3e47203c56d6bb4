import { plainDecimal, type Rounding, ROUNDINGS } from './decimal.js';
import { isPriceFormula, PRICE_FORMULAS, priceNotes, priceOf } from './price-notes.js';

/**
 * What a typed formula gives typed prices: to try it before it is announced.
 * @param prices in euros, with a comma or a point
 * @throws Error with a French sentence for what cannot be read
 */
export function priceNotesOf(rule: { formula: string; max: string; decimals: string; rounding: string }, prices: readonly string[]): string[] {
  const { formula, rounding } = rule;
  if (!isPriceFormula(formula)) throw new Error(`Formules possibles : ${Object.keys(PRICE_FORMULAS).join(', ')}.`);
  if (!Object.hasOwn(ROUNDINGS, rounding)) throw new Error(`Arrondis possibles : ${Object.keys(ROUNDINGS).join(', ')}.`);
  if (!/^[1-9]\d{0,3}$/.test(rule.max)) throw new Error('La note maximale est un nombre entier, par exemple --max 40.');
  if (!/^[0-6]$/.test(rule.decimals)) throw new Error('Le nombre de décimales va de 0 à 6.');
  if (prices.length === 0) throw new Error('Donnez au moins un prix, par exemple 100 120 150.');
  const decimals = Number(rule.decimals);
  const found = priceNotes(prices.map((typed) => priceOf(typed)), { formula, max: BigInt(rule.max) * 10n ** BigInt(decimals), decimals, rounding: rounding as Rounding });
  return found.map((note) => plainDecimal(note, decimals));
}
