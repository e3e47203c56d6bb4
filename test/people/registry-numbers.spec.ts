import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stdnum } from 'stdnum';
import { isRna, isSiren, isSiret, sameLegalEntity } from '../../src/people/registry-numbers.js';

const oracle = stdnum.FR;

describe('SIREN, SIRET, RNA', () => {
  it('connaît les clés, les blancs et l’exception de La Poste', () => {
    expect(isSiret('356 000 000 49837')).toBe(true);
    expect(isSiret('35600000049838')).toBe(false);
    expect(isSiret('73282932000074')).toBe(true);
    expect(isSiret('73282932000075')).toBe(false);
    expect(isSiren('732829320')).toBe(true);
    expect(isSiren('000000000')).toBe(false);
    expect(isRna('W751234567')).toBe(true);
    expect(isRna('751234567')).toBe(false);
  });

  it('dit comme l’oracle indépendant sur des numéros au hasard', () => {
    const number = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
    fc.assert(fc.property(number(9), (siren) => fc.pre(siren !== '000000000') ?? expect(isSiren(siren)).toBe(oracle?.siren?.validate(siren).isValid)));
    fc.assert(fc.property(number(5), (nic) => expect(isSiret(`732829320${nic}`)).toBe(oracle?.siret?.validate(`732829320${nic}`).isValid)));
  });

  it('deux établissements d’un même SIREN sont un seul candidat', () => {
    const at = (schemeId: string | null) => ({ scheme: 'FR-SIRET', schemeId });
    expect(sameLegalEntity(at('73282932000074'), at('73282932000082'))).toBe(true);
    expect(sameLegalEntity(at('73282932000074'), at('35600000049837'))).toBe(false);
    expect(sameLegalEntity(at(null), at(null))).toBe(false);
  });
});
