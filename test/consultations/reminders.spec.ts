import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { dueNow, planReminders } from '../../src/consultations/reminders.js';
import { DEPARTMENTS } from '../../src/people/departments.js';

const ZONES = [...new Set([...DEPARTMENTS.values()].map((one) => one.timeZone))];
const iso = (rows: { offset: string; at: Date }[]) => rows.map(({ offset, at }) => [offset, at.toISOString()]);

describe('les rappels', () => {
  it('partent à J-3, J-1, H-4 et H-1, même le dimanche, même quand l’heure change', () => {
    expect(iso(planReminders('2026-03-30T01:30', 'Europe/Paris'))).toEqual([
      ['J-3', '2026-03-27T00:30:00.000Z'],
      ['J-1', '2026-03-29T00:30:00.000Z'],
      ['H-4', '2026-03-29T19:30:00.000Z'],
      ['H-1', '2026-03-29T22:30:00.000Z'],
    ]);
    expect(iso(planReminders('2026-03-30T02:30', 'Europe/Paris', ['J-1']))).toEqual([['J-1', '2026-03-29T01:30:00.000Z']]); // 02:30 did not exist: 03:30
    expect(iso(planReminders('2026-10-26T02:30', 'Europe/Paris', ['J-1']))).toEqual([['J-1', '2026-10-25T00:30:00.000Z']]); // twice: the first
    // Hours are hours of real time, also in the night that has one fewer or one more.
    expect(iso(planReminders('2026-03-29T05:00', 'Europe/Paris', ['H-4', 'H-1']))).toEqual([['H-4', '2026-03-28T23:00:00.000Z'], ['H-1', '2026-03-29T02:00:00.000Z']]);
    expect(iso(planReminders('2026-10-25T05:00', 'Europe/Paris', ['H-4', 'H-1']))).toEqual([['H-4', '2026-10-25T00:00:00.000Z'], ['H-1', '2026-10-25T03:00:00.000Z']]);
    expect(() => planReminders('2026-03-29T02:30', 'Europe/Paris')).toThrow('n’existe pas');
    expect(() => planReminders('2026-10-25T02:30', 'Europe/Paris')).toThrow('deux fois');
  });

  it('sont justes pour toute date, dans chaque fuseau, aux deux changements d’heure', () => {
    const days = fc.oneof(
      fc.integer({ min: 0, max: 3650 }),
      fc.constantFrom(...[2024, 2025, 2026, 2027].flatMap((year) => [[3, 31], [3, 30], [3, 29], [3, 28], [10, 27], [10, 26], [10, 25], [10, 31]].flatMap(([month = 1, day = 1]) => [-1, 0, 1, 2, 3].map((shift) => Temporal.PlainDate.from('2023-01-01').until(Temporal.PlainDate.from({ year, month, day }).add({ days: shift })).total({ unit: 'days', relativeTo: '2023-01-01' }))))),
    );
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 1439 }), fc.constantFrom(...ZONES), (day, minute, zone) => {
        const plain = Temporal.PlainDate.from('2023-01-01').add({ days: day }).toPlainDateTime().add({ minutes: minute });
        const local = plain.toString().slice(0, 16);
        let planned: ReturnType<typeof planReminders>;
        try {
          planned = planReminders(local, zone);
        } catch {
          return; // an hour that no deadline can have
        }
        const deadline = plain.toZonedDateTime(zone).toInstant();
        expect(planned.map((one) => one.offset)).toHaveLength(4);
        for (const [index, { offset, at }] of planned.entries()) {
          expect(at.getTime()).toBeLessThan(deadline.epochMilliseconds);
          expect(at.getTime()).toBeGreaterThanOrEqual(planned[index - 1]?.at.getTime() ?? 0);
          const n = Number(offset.slice(2));
          if (offset.startsWith('H')) expect(deadline.epochMilliseconds - at.getTime()).toBe(n * 3_600_000);
          else expect(Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate().until(plain.toPlainDate()).days).toBe(n);
        }
      }),
      { numRuns: 800 },
    );
  });

  it('ne se manquent pas : après un arrêt, le dernier dû part, ceux d’avant sont passés, rien après la date limite', () => {
    const rows = planReminders('2023-07-26T23:59', 'Europe/Paris').map((one) => ({ ...one, state: 'planned' as const }));
    const deadline = new Date('2023-07-26T21:59:00Z');
    const at = (instant: string) => dueNow(rows, deadline, new Date(instant));
    expect(at('2023-07-20T00:00:00Z')).toEqual({ send: null, skip: [] });
    expect(at('2023-07-23T21:59:00Z').send?.offset).toBe('J-3');
    const late = at('2023-07-26T19:00:00Z');
    expect([late.send?.offset, late.skip.map((one) => one.offset)]).toEqual(['H-4', ['J-3', 'J-1']]);
    expect(at('2023-07-26T21:59:00Z')).toMatchObject({ send: null, skip: [{ offset: 'J-3' }, { offset: 'J-1' }, { offset: 'H-4' }, { offset: 'H-1' }] });
  });
});
