import { expect, it } from '@jest/globals';
import { priceNotesOf } from '../../src/evaluations/price-notes-command.js';

const rule = { formula: 'proportional', max: '40', decimals: '2', rounding: 'half-up' };

it('essaie une formule avant de l’annoncer', () => {
  expect(priceNotesOf(rule, ['100', '120', '150'])).toEqual(['40.00', '33.33', '26.67']);
  expect(priceNotesOf({ ...rule, formula: 'linear', decimals: '0', max: '10' }, ['24 000,50', '30000'])).toEqual(['10', '0']);
});

it.each([
  [{ formula: 'average' }, ['100'], 'Formules possibles'],
  [{ formula: 'toString' }, ['100'], 'Formules possibles'],
  [{ rounding: 'up' }, ['100'], 'Arrondis possibles'],
  [{ max: '0' }, ['100'], 'nombre entier'],
  [{ decimals: '7' }, ['100'], 'de 0 à 6'],
  [{}, [], 'au moins un prix'],
  [{}, ['0'], 'prix de zéro'],
  [{}, ['12,345'], 'deux décimales'],
])('dit ce qui ne va pas : %j %j', (change, prices, sentence) => {
  expect(() => priceNotesOf({ ...rule, ...change }, prices)).toThrow(sentence);
});
