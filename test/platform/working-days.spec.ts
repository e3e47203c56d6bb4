import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, dayInFrench, dayOf, daysBetween, easter, holiday, isDay, isWorkingDay, workingDaysBefore, workingDaysBetween } from '../../src/platform/working-days.js';

describe('les jours ouvrés', () => {
  it('connaissent Pâques', () => {
    expect([2022, 2023, 2024, 2025, 2026, 2027, 2038].map(easter)).toEqual(['2022-04-17', '2023-04-09', '2024-03-31', '2025-04-20', '2026-04-05', '2027-03-28', '2038-04-25']);
    fc.assert(fc.property(fc.integer({ min: 1900, max: 2199 }), (year) => new Date(easter(year)).getUTCDay() === 0 && easter(year) >= `${year}-03-22` && easter(year) <= `${year}-04-25`));
  });

  it('connaissent les fêtes de chaque département : Alsace-Moselle, outre-mer', () => {
    expect(holiday('2023-07-14', '75')).toBe('fête nationale');
    expect(holiday('2023-04-07', '67')).toBe('Vendredi saint');
    expect(holiday('2023-04-07', '54')).toBeNull();
    expect(holiday('2023-12-26', '57')).toBe('Saint-Étienne');
    expect(holiday('2023-12-20', '974')).toBe('abolition de l’esclavage');
    expect(holiday('2023-12-20', '971')).toBeNull();
    const days2023 = (code: string) => Array.from({ length: 365 }, (_, index) => addDays('2023-01-01', index)).filter((day) => holiday(day, code));
    expect([days2023('75'), days2023('68'), days2023('976')].map((days) => days.length)).toEqual([11, 13, 12]);
  });

  it('comptent : la lettre du 13 juillet 2023 laisse 8 jours ouvrés avant le 26', () => {
    expect(workingDaysBetween('2023-07-13', '2023-07-26', '67')).toBe(8);
    expect(workingDaysBefore('2023-07-26', 8, '67')).toBe('2023-07-13');
    expect(workingDaysBefore('2023-07-15', 0, '67')).toBe('2023-07-13');
  });

  it('reculent et comptent d’accord', () => {
    const anyDay = fc.integer({ min: 0, max: 5000 }).map((offset) => addDays('2020-01-01', offset));
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 60 }), fc.constantFrom('67', '75', '974'), (day, count, code) => {
        const before = workingDaysBefore(day, count, code);
        return isWorkingDay(before, code) && before <= day && workingDaysBetween(before, day, code) === count;
      }),
    );
  });

  it('reconnaissent une date du calendrier, et la disent en français', () => {
    expect(['2024-02-29', '2023-02-29', '2023-13-01', '26/07/2023', ''].map(isDay)).toEqual([true, false, false, false, false]);
    expect(dayInFrench('2023-08-01')).toBe('1er\u00a0août 2023');
    expect(daysBetween('2023-07-13', '2023-07-10')).toBe(-3);
    expect(dayOf(new Date('2023-07-26T22:30:00Z'), 'Europe/Paris')).toBe('2023-07-27');
  });
});
