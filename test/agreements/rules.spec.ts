import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkRanges, FrameworkAgreement, mustBeNotified, weightFaults } from '../../src/agreements/framework-agreement.js';
import { rangeOf } from '../../src/agreements/frameworks.service.js';
import { GreenLight } from '../../src/agreements/green-light.js';
import { competition, Holder, Lot, LotDepartment, mustBeFree, mustNotOverlap } from '../../src/agreements/lot.js';
import { consumption } from '../../src/agreements/spending.js';
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

  it('compte ses reconductions dans les quatre ans, et ne se reconduit pas au-delà de ce qui est annoncé', () => {
    expect(sentence(() => framework({ endsOn: '2023-05-31', renewableUntil: '2026-06-01' }).check())).toContain('L. 2125-1');
    expect(sentence(() => framework({ endsOn: '2023-05-31', renewableUntil: '2022-12-31' }).check())).toContain('après le dernier jour');
    const one = framework({ endsOn: '2023-05-31', renewableUntil: '2025-05-31' });
    expect(sentence(() => one.renew('2025-06-01', '2023-05-01'))).toMatch(/31\smai 2025/);
    expect(sentence(() => one.renew('2023-05-31', '2023-05-01'))).toContain('après la fin');
    expect(sentence(() => one.renew('2024-05-31', '2023-06-01'))).toContain('avant son dernier jour');
    one.renew('2024-05-31', '2023-05-31');
    expect(one.endsOn).toBe('2024-05-31');
    expect(sentence(() => framework().renew('2027-05-31', '2023-05-01'))).toContain('Aucune reconduction');
  });

  it('avertit 90, 60 et 30 jours avant sa fin, et après', () => {
    const at = (day: string) => framework().alarm(day);
    expect(['2026-03-01', '2026-03-02', '2026-04-01', '2026-05-01', '2026-05-31', '2026-06-01'].map(at)).toEqual([null, 90, 60, 30, 30, 0]);
    expect(framework({ status: 'draft' }).alarm('2026-05-31')).toBeNull();
  });

  it('entre en vigueur quand chaque lot a un titulaire, et chaque titulaire une signature et une notification datées', () => {
    const lots = [{ id: 'l1', number: 1, status: 'awarded' }, { id: 'l2', number: 2, status: 'unsuccessful' }];
    const signed = { lotId: 'l1', name: 'Amli', leftOn: null, signedOn: '2022-05-16', notifiedOn: '2022-05-20' };
    expect(sentence(() => mustBeNotified([], []))).toContain('aucun lot');
    expect(sentence(() => mustBeNotified(lots, []))).toContain('pas de titulaire : 1');
    expect(sentence(() => mustBeNotified(lots, [signed, { ...signed, name: 'Appuis', notifiedOn: null }]))).toContain('Appuis');
    expect(sentence(() => mustBeNotified(lots, [signed, { ...signed, name: 'Appuis', signedOn: null }]))).toContain('Appuis');
    expect(sentence(() => mustBeNotified(lots, [signed]))).toBe('');
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
    const lot = { maxCents: 1_000_00, maxQuantity: null };
    const spent = (cents: number, quantity = 0) => ({ cents, quantity });
    expect(consumption(lot, spent(799_99))).toEqual({ percent: 79, alert: '' });
    expect(consumption(lot, spent(800_00)).alert).toBe('80');
    expect(consumption(lot, spent(999_99))).toEqual({ percent: 99, alert: '80' });
    expect(consumption(lot, spent(1_000_00)).alert).toBe('100');
    expect(consumption({ maxCents: null, maxQuantity: null }, spent(5))).toEqual({ percent: null, alert: '' });
    // In quantity as in value (R2162-4): the nearer of the two maximums speaks.
    expect(consumption({ maxCents: 1_000_00, maxQuantity: 200 }, spent(100_00, 170))).toEqual({ percent: 85, alert: '80' });
    expect(consumption({ maxCents: null, maxQuantity: 200 }, spent(0, 200)).alert).toBe('100');
  });

  it('a une région, et un minimum qui ne dépasse pas son maximum', () => {
    const lot = Object.assign(new Lot(), { number: 5, name: 'Grand Est', regionCode: '', maxCents: 1, minCents: 2 });
    expect(sentence(() => lot.check())).toContain('région');
    lot.regionCode = '44';
    expect(sentence(() => lot.check())).toContain('minimum');
    expect(sentence(() => Object.assign(lot, { minCents: 1, maxQuantity: 10, minQuantity: 11 }).check())).toContain('minimum');
  });

  it('a un maximum si sa consultation a été publiée depuis 2022 (R2162-4), en valeur ou en quantité', () => {
    const lot = Object.assign(new Lot(), { number: 5, regionCode: '44' });
    expect(sentence(() => lot.check(framework({ callPublishedOn: '2021-12-29' })))).toBe('');
    expect(sentence(() => lot.check(framework()))).toBe(''); // unknown: a warning on its page
    expect(sentence(() => lot.check(framework({ callPublishedOn: '2022-01-01' })))).toContain('R. 2162-4');
    expect(sentence(() => Object.assign(lot, { maxQuantity: 200 }).check(framework({ callPublishedOn: '2022-01-01' })))).toBe('');
  });

  it('ne s’attribue pas sans département, ne s’active pas sans titulaire', () => {
    const lot = Object.assign(new Lot(), { number: 5, status: 'draft' });
    expect(sentence(() => lot.move('award', { departments: 0, activeHolders: 3 }))).toContain('aucun département');
    lot.move('award', { departments: 2, activeHolders: 0 });
    expect(sentence(() => lot.move('activate', { departments: 2, activeHolders: 0 }))).toContain('aucun titulaire actif');
    lot.move('activate', { departments: 2, activeHolders: 1 });
    lot.move('close', { departments: 2, activeHolders: 0 });
    expect(sentence(() => lot.move('reopen', { departments: 2, activeHolders: 0 }))).toContain('aucun titulaire actif');
    lot.move('reopen', { departments: 2, activeHolders: 1 });
    expect(lot.status).toBe('active');
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
    expect(sentence(() => one.leave('withdraw', '2023-06-01', 'x', today))).toContain('il reste suspendu'); // an exit to come would consult him again until then
    expect(one.isActive('2023-02-01')).toBe(false);
    one.leave('resume', '2023-03-01', 'Reprise', '2023-03-01');
    expect(one.isActive('2023-03-02')).toBe(true);
    one.leave('terminate', '2023-06-01', 'Faute', '2023-03-15');
    // Announced: still consulted until the day it takes effect (R2162-10, 1°).
    expect([one.isActive('2023-05-31'), one.isActive('2023-06-01')]).toEqual([true, false]);
    expect(sentence(() => one.leave('suspend', '2023-07-01', 'x', '2023-07-01'))).not.toBe('');
    one.leave('reinstate', '2023-07-02', 'Résiliation annulée par le juge', '2023-07-02');
    expect([one.status, one.isActive('2023-07-02')]).toEqual(['active', true]);
  });

  it('dont la sortie est annoncée se suspend d’ici là ; la reprise rend l’annonce', () => {
    for (const exit of ['withdraw', 'terminate', 'replace'] as const) {
      const one = holder();
      one.leave(exit, '2023-06-01', 'Cession', '2023-03-01');
      const announced = one.status;
      one.leave('suspend', '2023-03-02', 'Contrôle', '2023-03-02');
      expect([one.status, one.isActive('2023-03-02'), one.leftOn]).toEqual(['suspended', false, '2023-06-01']);
      expect(sentence(() => one.leave('suspend', '2023-03-03', 'x', '2023-03-03'))).not.toBe('');
      one.leave('resume', '2023-04-01', 'Rien à signaler', '2023-04-01');
      expect([one.status, one.isActive('2023-05-31'), one.isActive('2023-06-01'), one.beforeSuspension]).toEqual([announced, true, false, null]);
      expect(one.reason?.replaceAll('\u00a0', ' ')).toBe('Cession ; suspension du 2 mars 2023 : Contrôle ; reprise du 1er avril 2023 : Rien à signaler');
      expect(sentence(() => one.leave('suspend', '2023-06-01', 'x', '2023-06-01'))).toContain('déjà sorti');
    }
  });

  it('dit ses membres, le motif de sa sortie, et une notification qui suit la signature', () => {
    expect(sentence(() => holder({ form: 'joint' }).check())).toContain('au moins deux membres');
    expect(sentence(() => holder({ members: [{ organisationId: null, name: 'Bêta' }] }).check())).toContain('pas d’autres membres');
    expect(sentence(() => holder({ leftOn: '2024-01-01' }).check())).toContain('motif');
    expect(sentence(() => holder({ leftOn: '2022-01-01', reason: 'x' }).check())).toContain('après l’entrée');
    expect(sentence(() => holder({ signedOn: '2022-05-20', notifiedOn: '2022-05-16' }).check())).toContain('après la signature');
    expect(sentence(() => holder({ form: 'solidary', members: [{ organisationId: null, name: 'Bêta', part: 'logement' }], leftOn: '2024-01-01', reason: 'Cession' }).check())).toBe('');
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

  it('recopié par une région se corrige ; signé par le ministère, il se retire', () => {
    const to = { givenOn: '2023-07-02', reference: 'Note 13', issuer: 'DGEF', conditions: '' };
    expect(sentence(() => light({ scope: 'framework', source: 'ministry' }).correct(to, new Date('2023-07-14')))).toContain('lettre signée');
    const copied = light({ scope: 'framework', source: 'recorded-by-region', reference: 'Note 12' });
    copied.correct(to, new Date('2023-07-14'));
    expect(copied).toMatchObject({ reference: 'Note 13', correctedAt: new Date('2023-07-14') });
  });
});
