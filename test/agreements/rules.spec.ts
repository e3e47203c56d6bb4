import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkRanges, FrameworkAgreement, weightFaults } from '../../src/agreements/framework-agreement.js';
import { rangeOf } from '../../src/agreements/frameworks.service.js';
import { GreenLight } from '../../src/agreements/green-light.js';
import { competition, consumption, Holder, Lot, LotDepartment, mustBeFree, mustNotOverlap } from '../../src/agreements/lot.js';
import { startingWeights } from '../../src/contracts/contract-opening.js';

const framework = (more: Partial<FrameworkAgreement> = {}) =>
  Object.assign(new FrameworkAgreement(), { status: 'in-force', startsOn: '2022-06-01', endsOn: '2026-05-31', criteria: [{ label: 'Qualité', min: 40, max: 60 }, { label: 'Prix', min: 40, max: 60 }], ...more });
const holder = (more: Partial<Holder> = {}) => Object.assign(new Holder(), { organisationId: 'o', name: 'Amli', enteredOn: '2022-06-01', status: 'active', ...more });
const sentence = (work: () => void) => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('un accord-cadre', () => {
  it('dure quatre ans au plus, sauf justification (L2125-1)', () => {
    expect(sentence(() => framework().check())).toBe('');
    expect(sentence(() => framework({ endsOn: '2026-06-01' }).check())).toContain('L. 2125-1');
    expect(sentence(() => framework({ endsOn: '2027-05-31', durationJustification: 'Investissements à amortir.' }).check())).toBe('');
    expect(sentence(() => framework({ endsOn: '2022-05-31' }).check())).toContain('après le début');
  });

  it('n’est en vigueur qu’entre ses deux jours, l’un et l’autre compris', () => {
    expect([framework().isInForce('2022-05-31'), framework().isInForce('2022-06-01'), framework().isInForce('2026-05-31'), framework().isInForce('2026-06-01')]).toEqual([false, true, true, false]);
    expect(framework({ status: 'awarded' }).isInForce('2023-01-01')).toBe(false);
  });

  it('suit ses états, et refuse les autres chemins', () => {
    const one = framework({ status: 'draft' });
    for (const move of ['openCall', 'evaluate', 'award', 'enterIntoForce', 'terminate'] as const) one.move(move, new Date('2023-01-01'));
    expect(one.status).toBe('terminated');
    expect(sentence(() => one.move('award', new Date('2023-01-01')))).not.toBe('');
    expect(sentence(() => one.mayChange())).toContain('terminé');
  });

  it('refuse des fourchettes qui ne peuvent pas faire 100', () => {
    expect(sentence(() => checkRanges([{ label: 'A', min: 10, max: 40 }, { label: 'B', min: 10, max: 50 }]))).toContain('de 20 à 90');
    expect(sentence(() => checkRanges([{ label: 'A', min: 60, max: 70 }, { label: 'B', min: 50, max: 60 }]))).toContain('de 110 à 130');
    expect(sentence(() => checkRanges([{ label: 'A', min: 60, max: 50 }]))).toContain('plus petit au plus grand');
    expect(sentence(() => checkRanges([]))).toContain('100');
    expect(sentence(() => checkRanges([{ label: 'A', min: 50, max: 50 }, { label: 'A', min: 50, max: 50 }]))).toContain('même nom');
  });

  it('lit ses fourchettes comme on les écrit', () => {
    expect(rangeOf('Qualité : 40 à 60')).toEqual({ label: 'Qualité', min: 40, max: 60 });
    expect(rangeOf('Prix : 40 %')).toEqual({ label: 'Prix', min: 40, max: 40 });
    expect(rangeOf('Délai : 5 % à 10 %')).toEqual({ label: 'Délai', min: 5, max: 10 });
    expect(sentence(() => rangeOf('Qualité 40'))).toContain('« Qualité 40 »');
  });

  it('juge les poids d’un marché : dans les fourchettes, et 100 en tout', () => {
    const { criteria } = framework();
    expect(weightFaults(criteria, [{ label: 'Qualité', weight: 60 }, { label: 'Prix', weight: 40 }])).toEqual([]);
    expect(weightFaults(criteria, [{ label: 'Qualité', weight: 70 }, { label: 'Prix', weight: 30 }])).toHaveLength(2);
    expect(weightFaults(criteria, [{ label: 'Qualité', weight: 60 }, { label: 'Délai', weight: 40 }]).join(' ')).toMatch(/« Délai » n’est pas dans l’accord-cadre.*Il manque le critère « Prix »/);
    expect(weightFaults(criteria, [{ label: 'Qualité', weight: 50 }, { label: 'Prix', weight: 40 }])).toEqual(['Les poids totalisent 90, et non 100.']);
  });

  it('donne toujours des poids de départ justes, si ses fourchettes sont valables', () => {
    const range = fc.tuple(fc.nat(100), fc.nat(100)).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 6 }), (ranges) => {
        const criteria = ranges.map((one, index) => ({ ...one, label: `C${index}` }));
        fc.pre(sentence(() => checkRanges(criteria)) === '');
        expect(weightFaults(criteria, startingWeights({ criteria }))).toEqual([]);
      }),
    );
  });
});

describe('un lot', () => {
  it('alerte à 80 et à 100 % de son maximum, jamais avant', () => {
    const lot = { maxCents: 1_000_00 };
    expect(consumption(lot, 799_99)).toEqual({ percent: 79, alert: '' });
    expect(consumption(lot, 800_00).alert).toBe('80');
    expect(consumption(lot, 999_99)).toEqual({ percent: 99, alert: '80' });
    expect(consumption(lot, 1_000_00).alert).toBe('100');
    expect(consumption({ maxCents: null }, 5)).toEqual({ percent: null, alert: '' });
  });

  it('a une région, et un minimum qui ne dépasse pas son maximum', () => {
    const lot = Object.assign(new Lot(), { number: 5, name: 'Grand Est', regionCode: '', maxCents: 1, minCents: 2 });
    expect(sentence(() => lot.check())).toContain('région');
    lot.regionCode = '44';
    expect(sentence(() => lot.check())).toContain('minimum');
  });

  it('bloque sans titulaire, change de règle avec un seul', () => {
    expect([0, 1, 2, 9].map(competition)).toEqual(['blocked', 'single', 'reopening', 'reopening']);
  });

  it('ne partage aucun département avec un autre lot', () => {
    const row = Object.assign(new LotDepartment(), { lotId: 'a', departmentCode: '67' });
    expect(sentence(() => mustBeFree([row], 'b', ['67', '68']))).toContain('67');
    expect(sentence(() => mustBeFree([row], 'a', ['67']))).toBe('');
  });

  it('ne compte pas deux fois le même titulaire au même moment', () => {
    const here = [holder({ leftOn: '2023-01-01' })];
    expect(sentence(() => mustNotOverlap(here, holder({ enteredOn: '2022-12-31' })))).toContain('déjà titulaire');
    expect(sentence(() => mustNotOverlap(here, holder({ enteredOn: '2023-01-01' })))).toBe('');
    expect(sentence(() => mustNotOverlap(here, holder({ organisationId: 'autre' })))).toBe('');
  });

  it('retarge et avance un département, jamais à l’envers', () => {
    const place = Object.assign(new LotDepartment(), { wave: 2024 });
    expect(sentence(() => place.retarget({ wave: 2024, wording: 'fin 2024', earliest: '2024-12-31', latest: '2024-12-01' }))).toContain('au plus tôt');
    expect(sentence(() => place.pullForward(2025, 'x'))).toContain('plus proche');
    place.pullForward(2023, 'Préfet volontaire');
    expect(place.pulledForward).toBe('Préfet volontaire');
  });
});

describe('un titulaire', () => {
  it('est actif de son entrée à la veille de sa sortie', () => {
    const one = holder();
    const today = '2023-01-01';
    expect([one.isActive('2022-05-31'), one.isActive('2022-06-01')]).toEqual([false, true]);
    expect(sentence(() => one.leave('withdraw', '2023-01-01', '', today))).toContain('motif');
    expect(sentence(() => one.leave('withdraw', '2022-01-01', 'x', today))).toContain('après l’entrée');
    expect(sentence(() => one.leave('suspend', '2023-02-01', 'x', today))).toContain('le jour où elle s’enregistre');
    one.leave('suspend', today, 'Contrôle', today);
    expect(one.isActive('2023-02-01')).toBe(false);
    one.leave('resume', '2023-03-01', 'Reprise', '2023-03-01');
    expect(one.isActive('2023-03-02')).toBe(true);
    one.leave('terminate', '2023-06-01', 'Faute', '2023-03-15');
    // Announced: still consulted until the day it takes effect (R2162-10, 1°).
    expect([one.isActive('2023-05-31'), one.isActive('2023-06-01')]).toEqual([true, false]);
    expect(sentence(() => one.leave('suspend', '2023-07-01', 'x', '2023-07-01'))).not.toBe('');
  });
});

describe('un feu vert', () => {
  const place = { frameworkId: 'f', lotId: 'l', wave: 2023, departmentCode: '67' };
  const light = (more: Partial<GreenLight>) => Object.assign(new GreenLight(), { frameworkId: 'f', givenOn: '2023-07-01', ...more });

  it.each([
    [{ scope: 'framework' as const }, true],
    [{ scope: 'lot' as const, lotId: 'l' }, true],
    [{ scope: 'lot' as const, lotId: 'm' }, false],
    [{ scope: 'wave' as const, wave: 2023 }, true],
    [{ scope: 'wave' as const, wave: 2022 }, false],
    [{ scope: 'department' as const, departmentCode: '67' }, true],
    [{ scope: 'department' as const, departmentCode: '68' }, false],
    [{ scope: 'framework' as const, frameworkId: 'autre' }, false],
  ])('%o couvre : %s', (more, covered) => expect(light(more).covers(place, '2023-07-14')).toBe(covered));

  it('ne vaut ni avant sa date ni à partir de son retrait', () => {
    const one = light({ scope: 'framework' });
    expect(one.covers(place, '2023-06-30')).toBe(false);
    expect(sentence(() => one.revoke('2023-06-01', 'x'))).toContain('après');
    one.revoke('2023-08-01', 'Crédits');
    expect([one.covers(place, '2023-07-31'), one.covers(place, '2023-08-01')]).toEqual([true, false]);
    expect(sentence(() => one.revoke('2023-09-01', 'x'))).toContain('déjà retiré');
  });
});
