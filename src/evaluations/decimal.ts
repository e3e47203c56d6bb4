// Notes, weights and prices are integers of a known number of decimals: a float would rank by its own errors.

/** How a note is cut to its decimals; part of the announced rule. */
export const ROUNDINGS = {
  'half-up': 'arrondi au plus proche, le demi vers le haut',
  'half-even': 'arrondi au plus proche, le demi vers le chiffre pair',
  down: 'troncature',
} as const;
export type Rounding = keyof typeof ROUNDINGS;

/**
 * `numerator / denominator`, as an integer.
 * @throws RangeError unless both are what a note is made of: ≥ 0, and > 0
 */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (numerator < 0n || denominator <= 0n) throw new RangeError('A note is a fraction of two positive numbers');
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (rounding === 'down' || twice < denominator) return whole;
  if (twice > denominator || rounding === 'half-up') return whole + 1n;
  return whole + (whole % 2n);
}

/**
 * « 12,5 », « 12.50 », « 1 200 » as an integer of `places` decimals.
 * @returns undefined for anything else, more decimals included: a third decimal is never dropped in silence
 */
export function decimalOf(typed: string, places: number): bigint | undefined {
  const [, whole = '', , fraction = ''] = /^(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,15})([.,](\d+))?$/.exec(typed.trim()) ?? [];
  if (whole === '' || fraction.length > places) return undefined;
  return BigInt(whole.replace(/\D/g, '') + fraction.padEnd(places, '0'));
}

/** `33.33`: for data. */
export function plainDecimal(value: bigint, places: number): string {
  if (places === 0) return value.toString();
  const digits = value.toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** « 33,33 »: for people. */
export const frenchDecimal = (value: bigint, places: number) => plainDecimal(value, places).replace('.', ',');

/** « 33,3 », « 40 »: a weight without the decimals it does not need. */
export const shortDecimal = (value: bigint, places: number) => {
  const [whole = '', fraction = ''] = plainDecimal(value, places).split('.');
  const kept = fraction.replace(/0+$/, '');
  return kept ? `${whole},${kept}` : whole;
};
