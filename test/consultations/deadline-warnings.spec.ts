import { expect, it } from '@jest/globals';
import { deadlineWarnings } from '../../src/consultations/deadline-warnings.js';

const codes = (day: string, hour: string, department = '67', today = '2023-07-13') => deadlineWarnings({ day, hour }, department, today).map((one) => one.code);

it('avertit d’un délai court, d’un jour chômé, d’une heure sans assistance', () => {
  expect(codes('2023-07-26', '23:59')).toEqual(['short-deadline', 'deadline-hour']); // the Bas-Rhin’s own: 7 working days, no help desk
  expect(codes('2023-08-15', '12:00')).toEqual(['deadline-off-day']);
  expect(codes('2023-08-19', '12:00')).toEqual(['deadline-off-day']);
  expect(codes('2023-12-26', '12:00', '67')).toEqual(['deadline-off-day']);
  expect(codes('2023-12-26', '12:00', '75')).toEqual([]);
  expect(codes('2023-08-16', '08:59')).toEqual(['deadline-hour']);
  expect(codes('2023-08-16', '17:59')).toEqual([]);
});

it('compte les jours ouvrés du département', () => {
  expect(deadlineWarnings({ day: '2023-07-26', hour: '12:00' }, '67', '2023-07-13')[0]?.sentence).toContain('13 jours, dont 7 ouvrés');
});
