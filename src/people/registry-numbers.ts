/** SIREN of La Poste: its establishments do not follow Luhn's key, their digits sum to a multiple of five (INSEE). */
const LA_POSTE = '356000000';

/** @param typed with or without blanks; nine digits with their key */
export function isSiren(typed: string): boolean {
  const siren = digits(typed);
  return /^\d{9}$/.test(siren) && siren !== '000000000' && luhn(siren);
}

/** @param typed with or without blanks; fourteen digits with their key, La Poste's exception included */
export function isSiret(typed: string): boolean {
  const siret = digits(typed);
  if (!/^\d{14}$/.test(siret) || !isSiren(siret.slice(0, 9))) return false;
  return luhn(siret) || (siret.startsWith(LA_POSTE) && sum(siret) % 5 === 0);
}

/** RNA of an association: W and nine digits. Associations of Alsace and Moselle have none (local law). */
export const isRna = (typed: string) => /^W\d[\dA-Z]\d{7}$/.test(typed.trim().toUpperCase());

export const digits = (typed: string) => typed.replaceAll(/[\s\u00a0\u202f.]/g, '');

/** Two establishments of one SIREN are one legal candidate. */
export function sameLegalEntity(a: { scheme: string | null; schemeId: string | null }, b: { scheme: string | null; schemeId: string | null }): boolean {
  if (a.scheme !== 'FR-SIRET' || b.scheme !== 'FR-SIRET' || !a.schemeId || !b.schemeId) return false;
  return a.schemeId.slice(0, 9) === b.schemeId.slice(0, 9);
}

function luhn(number: string): boolean {
  let total = 0;
  for (const [index, digit] of [...number].toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    total += value > 9 ? value - 9 : value;
  }
  return total % 10 === 0;
}

const sum = (number: string) => [...number].reduce((total, digit) => total + Number(digit), 0);
