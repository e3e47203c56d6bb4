import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysLate, labelOf, type Place, stageOf, toneOf } from '../../src/cockpit/stage.js';
import { DEFAULT_DURATIONS, durationsOf, durationTyped, readDurations } from '../../src/agreements/retro-durations.js';
import { retroPlanning } from '../../src/cockpit/retro-planning.js';
import { addDays, isWorkingDay } from '../../src/platform/working-days.js';

const place = (given: Partial<Place>): Place => ({ departmentCode: '67', wave: 2023, targetLatest: '2023-12-31', reached: {}, ...given });

describe('où en est un département', () => {
  it('le pas le plus avancé compte, même si un autre manque', () => {
    expect(stageOf({}).id).toBe('planned');
    expect(stageOf({ commission: '2023-07-13' }).id).toBe('commission');
    expect(stageOf({ commission: '2023-07-13', launch: '2023-12-01' }).id).toBe('launch');
  });

  it('le retard se compte depuis la date la plus tardive de l’objectif, jusqu’au démarrage', () => {
    expect(daysLate(place({}), '2023-12-31')).toBe(0);
    expect(daysLate(place({}), '2024-01-10')).toBe(10);
    expect(daysLate(place({ reached: { start: '2024-01-05' } }), '2025-01-01')).toBe(5);
    expect(daysLate(place({ targetLatest: null }), '2030-01-01')).toBe(0);
    expect(toneOf(place({}), '2024-01-10')).toBe('attention');
    expect(toneOf(place({}), '2024-04-10')).toBe('danger');
    expect(toneOf(place({ reached: { start: '2024-01-05' } }), '2025-01-01')).toBe('done');
    expect(labelOf(place({}), '2024-01-01')).toBe('Rien n’est commencé, 1 jour de retard');
  });

  it('le rétroplanning ne donne que des jours ouvrés, dans l’ordre, et finit au démarrage voulu', () => {
    const anyDay = fc.integer({ min: 0, max: 3000 }).map((offset) => addDays('2022-01-01', offset));
    fc.assert(
      fc.property(anyDay, fc.constantFrom('67', '75', '974'), (start, code) => {
        const steps = retroPlanning(start, code, {}, '2022-01-01');
        expect(steps.map((one) => one.on)).toEqual(steps.map((one) => one.on).toSorted());
        for (const one of steps) expect(isWorkingDay(one.on, code)).toBe(true);
        expect(steps.at(-1)?.on.localeCompare(start)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('le rétroplanning du Bas-Rhin évite Noël, la Saint-Étienne et le Vendredi saint', () => {
    const steps = retroPlanning('2024-01-02', '67', { commission: '2023-07-13' }, '2023-10-30');
    expect(steps.find((one) => one.label === 'Marché notifié')?.on).toBe('2023-12-14');
    expect(retroPlanning('2024-01-02', '75', {}, '2023-10-30').find((one) => one.label === 'Marché notifié')?.on).toBe('2023-12-15');
    expect(steps[0]).toMatchObject({ label: 'Diagnostic commandé', state: 'done' });
    expect(steps.filter((one) => one.state === 'late').length).toBeGreaterThan(0);
  });
  it('le rétroplanning suit les durées que l’accord-cadre écrit, et garde les autres', () => {
    expect(durationsOf(null)).toEqual(DEFAULT_DURATIONS);
    expect(readDurations(DEFAULT_DURATIONS.map(durationTyped))).toEqual(DEFAULT_DURATIONS);
    expect(readDurations([])).toBeNull();
    const own = durationsOf(readDurations(['marché notifié : 1 jour ouvré', 'Candidats informés de l\'attribution : 16 jours']));
    const dates = (given = DEFAULT_DURATIONS) => Object.fromEntries(retroPlanning('2024-01-02', '67', {}, '2023-10-30', given).map((one) => [one.label, one.on]));
    expect(dates(own)['Marché notifié']).toBe('2023-12-29');
    expect(dates(own)['Marché signé']).toBe('2023-12-22'); // three working days by default, Christmas and Saint Stephen's Day off
    expect(dates(own)['Candidats informés de l’attribution']).toBe('2023-12-06');
    expect(dates()['Candidats informés de l’attribution']).not.toBe('2023-12-06');
    for (const [line, words] of [['Marché signé', 'par exemple « Marché signé'], ['Marché perdu : 3 jours', 'n’est pas une étape'], ['Marché signé : 366 jours', '365 jours au plus']] as const) {
      expect(() => readDurations([line])).toThrow(expect.objectContaining({ message: expect.stringContaining(words) }));
    }
    expect(() => readDurations(['Marché signé : 3 jours', 'Marché signé : 4 jours'])).toThrow(expect.objectContaining({ message: expect.stringContaining('deux fois') }));
  });
});
