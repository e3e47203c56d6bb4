import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type AwardCriterion, criteriaFaults, weightOf } from '../../src/evaluations/criteria.js';
import { decimalOf, divide, frenchDecimal, plainDecimal, ROUNDINGS, type Rounding, shortDecimal } from '../../src/evaluations/decimal.js';
import { PRICE_FORMULAS, type PriceFormula, priceNotes, priceOf, type PriceRule } from '../../src/evaluations/price-notes.js';
import { pointsOf, rankOffers } from '../../src/evaluations/ranking.js';

const rule = (formula: PriceFormula, max = 40, decimals = 2, rounding: Rounding = 'half-up'): PriceRule => ({ formula, max: BigInt(max) * 10n ** BigInt(decimals), decimals, rounding });
const notes = (formula: PriceFormula, ...euros: number[]) => priceNotes(euros.map((one) => BigInt(one * 100)), rule(formula)).map((one) => plainDecimal(one, 2));

describe('notes de prix', () => {
  it('suivent chaque formule', () => {
    expect(notes('proportional', 100, 120, 150)).toEqual(['40.00', '33.33', '26.67']);
    expect(notes('linear', 100, 120, 150)).toEqual(['40.00', '24.00', '0.00']);
    expect(notes('linear-to-lowest', 100, 120, 150, 200, 300)).toEqual(['40.00', '32.00', '20.00', '0.00', '0.00']);
  });

  it('donnent la meilleure note à tous quand les prix sont égaux, ou à un seul candidat', () => {
    for (const formula of Object.keys(PRICE_FORMULAS) as PriceFormula[]) {
      expect(notes(formula, 500, 500)).toEqual(['40.00', '40.00']);
      expect(notes(formula, 500)).toEqual(['40.00']);
      expect(priceNotes([], rule(formula))).toEqual([]);
    }
  });

  it('refusent un prix de zéro, et une saisie à plus de deux décimales', () => {
    expect(() => priceNotes([0n, 100n], rule('proportional'))).toThrow(expect.objectContaining({ code: 'invalid' }));
    for (const typed of ['0', '0,00', '12,3456', '-5', '1e3', 'gratuit', '', '1.234.5', 'Infinity']) expect(() => priceOf(typed)).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect([priceOf('24 000,50'), priceOf('24000.5 €'), priceOf('12')]).toEqual([2_400_050n, 2_400_050n, 1200n]);
  });

  const prices = fc.array(fc.bigInt({ min: 1n, max: 10n ** 13n }), { minLength: 1, maxLength: 20 });
  const rules = fc.record({ formula: fc.constantFrom(...(Object.keys(PRICE_FORMULAS) as PriceFormula[])), max: fc.integer({ min: 1, max: 100 }), decimals: fc.integer({ min: 0, max: 4 }), rounding: fc.constantFrom(...(Object.keys(ROUNDINGS) as Rounding[])) });

  it('propriétés : le moins cher a la meilleure note, les notes suivent les prix, de 0 au maximum', () => {
    fc.assert(
      fc.property(prices, rules, (given, { formula, max, decimals, rounding }) => {
        const one = rule(formula, max, decimals, rounding);
        const found = priceNotes(given, one);
        const lowest = given.reduce((least, price) => (price < least ? price : least));
        given.forEach((price, index) => {
          const own = found[index] ?? -1n;
          if (own < 0n || own > one.max || (price === lowest && own !== one.max)) throw new Error(`${own} for ${price}`);
          if (given.some((other, at) => other > price && (found[at] ?? 0n) > own)) throw new Error(`a dearer offer has more than ${own}`);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('propriété : multiplier tous les prix par un même nombre ne change aucune note', () => {
    fc.assert(fc.property(prices, rules, fc.bigInt({ min: 2n, max: 1000n }), (given, { formula, max, decimals, rounding }, by) => {
      expect(priceNotes(given.map((price) => price * by), rule(formula, max, decimals, rounding))).toEqual(priceNotes(given, rule(formula, max, decimals, rounding)));
    }));
  });
});

describe('décimales', () => {
  it('se lisent avec une virgule ou un point, sans rien perdre', () => {
    expect([decimalOf('12,5', 2), decimalOf('12.50', 2), decimalOf('1 200', 2), decimalOf(' 7 ', 0)]).toEqual([1250n, 1250n, 120_000n, 7n]);
    for (const typed of ['12,505', '1,2,3', 'abc', '', '-1', '+1', '.5', '5,', '12 00', '0x10', '１２']) expect(decimalOf(typed, 2)).toBeUndefined();
    expect([plainDecimal(5n, 2), frenchDecimal(3333n, 2), shortDecimal(4000n, 2), shortDecimal(3350n, 2), plainDecimal(7n, 0), shortDecimal(40n, 0)]).toEqual(['0.05', '33,33', '40', '33,5', '7', '40']);
  });

  it('propriété : ce qui est écrit se relit', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 0, max: 6 }), (value, places) => {
      expect(decimalOf(frenchDecimal(value, places), places)).toBe(value);
      expect(decimalOf(shortDecimal(value, places), places)).toBe(value);
    }));
  });

  it('s’arrondissent comme la règle le dit', () => {
    expect([divide(5n, 2n, 'half-up'), divide(5n, 2n, 'half-even'), divide(7n, 2n, 'half-even'), divide(5n, 2n, 'down'), divide(26n, 10n, 'down'), divide(26n, 10n, 'half-even')]).toEqual([3n, 2n, 4n, 2n, 2n, 3n]);
    expect(() => divide(1n, 0n, 'down')).toThrow(RangeError);
  });
});

const criterion = (id: string, weight: number, more: Partial<AwardCriterion> = {}): AwardCriterion => ({ id, label: id, weight, max: 20, kind: 'quality', children: [], ...more });

describe('critères', () => {
  it('font 100, sous-critères compris', () => {
    expect(criteriaFaults([criterion('a', 6000), criterion('b', 4000, { kind: 'price' })])).toEqual([]);
    expect(criteriaFaults([criterion('a', 6000), criterion('b', 3999)])[0]).toContain('99,99');
    expect(criteriaFaults([])[0]).toContain('au moins un critère');
    expect(criteriaFaults([criterion('a', 10_000, { children: [criterion('x', 5000), criterion('y', 4000)] })])[0]).toContain('90');
    expect(criteriaFaults([criterion('a', 10_000), criterion('b', 0)])[0]).toContain('supérieur à zéro');
    expect(criteriaFaults([criterion('a', 5000, { kind: 'price' }), criterion('b', 5000, { kind: 'price' })])[0]).toContain('prix');
    expect(criteriaFaults([criterion('a', 5000), criterion('b', 5000, { label: 'A' })])[0]).toContain('même nom');
  });

  it('ont un poids écrit comme on l’écrit', () => {
    expect([weightOf('40', 'w'), weightOf('33,33', 'w'), weightOf('100 %', 'w')]).toEqual([4000, 3333, 10_000]);
    for (const typed of ['0', '100,01', '33,333', '-1', 'beaucoup']) expect(() => weightOf(typed, 'w')).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});

describe('classement', () => {
  const criteria = [criterion('method', 6000, { children: [criterion('approach', 4000), criterion('team', 2000)] }), criterion('price', 4000, { max: 40, kind: 'price' })];
  const base = { decimals: 2, rounding: 'half-up' as const, tieOn: null };

  it('additionne les points tels qu’ils sont écrits', () => {
    const [first, second] = rankOffers(criteria, [{ bidId: 'x', notes: { approach: 1600n, team: 1200n, price: 4000n } }, { bidId: 'y', notes: { approach: 2000n, team: 1500n, price: 3333n } }], base);
    expect(first).toMatchObject({ bidId: 'y', total: 8833n, rank: 1, points: { approach: 4000n, team: 1500n, price: 3333n } });
    expect(second).toMatchObject({ bidId: 'x', total: 8400n, rank: 2 });
  });

  it('arrête sur une égalité, sauf règle annoncée ou décision écrite', () => {
    const tied = [{ bidId: 'x', notes: { approach: 1000n, team: 2000n, price: 4000n } }, { bidId: 'y', notes: { approach: 2000n, team: 2000n, price: 2000n } }];
    expect(rankOffers(criteria, tied, base).map(({ rank, tied: others }) => [rank, others])).toEqual([[1, ['y']], [1, ['x']]]);
    expect(rankOffers(criteria, tied, { ...base, tieOn: 'method' })[0]).toMatchObject({ bidId: 'y', rank: 1, tied: [] });
    expect(rankOffers(criteria, tied, { ...base, tieOn: 'price' })[0]).toMatchObject({ bidId: 'x', rank: 1 });
    expect(rankOffers(criteria, tied, base, ['y', 'x']).map((one) => [one.bidId, one.rank])).toEqual([['y', 1], ['x', 2]]);
  });

  it('refuse de classer une offre à laquelle il manque une note', () => {
    expect(() => rankOffers(criteria, [{ bidId: 'x', notes: { approach: 1n } }], base)).toThrow(RangeError);
  });

  it('propriétés : les rangs suivent les totaux ; améliorer une note ne fait jamais perdre de place', () => {
    const table = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 2000n }), fc.bigInt({ min: 0n, max: 2000n }), fc.bigInt({ min: 0n, max: 4000n })), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(table, fc.nat(), fc.bigInt({ min: 1n, max: 500n }), (rows, at, better) => {
        const offers = rows.map(([approach, team, price], index) => ({ bidId: `b${index}`, notes: { approach, team, price } }));
        const ranked = rankOffers(criteria, offers, base);
        ranked.forEach((one) => {
          expect(one.total).toBe(Object.values(one.points).reduce((sum, points) => sum + points, 0n));
          expect(one.rank).toBe(1 + ranked.filter((other) => other.total > one.total).length);
          expect(one.total >= 0n && one.total <= 10_000n).toBe(true);
        });
        const chosen = offers[at % offers.length];
        if (!chosen) return;
        const raised = offers.map((one) => (one === chosen ? { ...one, notes: { ...one.notes, team: one.notes.team + better > 2000n ? 2000n : one.notes.team + better } } : one));
        const rankIn = (list: typeof ranked) => list.find((one) => one.bidId === chosen.bidId)?.rank ?? 0;
        expect(rankIn(rankOffers(criteria, raised, base))).toBeLessThanOrEqual(rankIn(ranked));
      }),
      { numRuns: 300 },
    );
  });

  it('retrouve la table calculée à la main', () => {
    const { price, leaves, offers, rule: announced } = JSON.parse(readFileSync('test/evaluations/by-hand.json', 'utf8'));
    const prices = priceNotes(offers.map((one: { price: string }) => priceOf(one.price)), rule(price.formula, price.max));
    const found = rankOffers(leaves.map((one: AwardCriterion) => criterion(one.id, one.weight, one)), offers.map((one: { bid: string; notes: Record<string, string> }, index: number) => ({
      bidId: one.bid,
      notes: { ...Object.fromEntries(Object.entries(one.notes).map(([id, typed]) => [id, decimalOf(typed, 2)])), price: prices[index] },
    })), announced);
    expect(found.map((one) => ({ bid: one.bidId, rank: one.rank, total: frenchDecimal(one.total, 2), points: Object.fromEntries(Object.entries(one.points).map(([id, points]) => [id, frenchDecimal(points, 2)])) }))).toEqual(
      offers.map((one: { bid: string; rank: number; total: string; points: object }) => ({ bid: one.bid, rank: one.rank, total: one.total, points: one.points })).toSorted((a: { rank: number }, b: { rank: number }) => a.rank - b.rank),
    );
    expect(pointsOf(1700n, { weight: 3500, max: 20 }, { decimals: 2, rounding: 'half-up' })).toBe(2975n);
  });
});
