import { Temporal } from 'temporal-polyfill';

/** A day without hour or zone, `YYYY-MM-DD`. */
export type Day = string;

const plain = (day: Day) => Temporal.PlainDate.from(day);

/** Whether this is a day of the calendar, written `YYYY-MM-DD`. */
export function isDay(typed: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed)) return false;
  try {
    Temporal.PlainDate.from(typed, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

export const addDays = (day: Day, days: number): Day => plain(day).add({ days }).toString();
export const addMonths = (day: Day, months: number): Day => plain(day).add({ months }).toString();
export const addYears = (day: Day, years: number): Day => plain(day).add({ years }).toString();
/** Calendar days from `from` to `to`; negative when `to` comes before. */
export const daysBetween = (from: Day, to: Day): number => dayNumber(to) - dayNumber(from);

const DAY_MS = 86_400_000;
/** Days since 1970, in the calendar and nothing else: a list of departments asks for hundreds of them. */
const dayNumber = (day: Day) => Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / DAY_MS;
const dayAt = (number: number): Day => new Date(number * DAY_MS).toISOString().slice(0, 10);
/** 1970 began on a Thursday: Monday is 0. */
const weekday = (number: number) => (((number + 3) % 7) + 7) % 7;

/** Day on the clocks of a zone. */
export function dayOf(instant: Date, timeZone: string): Day {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

const MONTHS = ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre'];

/** « 1er août 2023 » */
export function dayInFrench(day: Day): string {
  const [year, month, number] = day.split('-').map(Number);
  return `${number === 1 ? '1er' : number}\u00a0${MONTHS[(month ?? 0) - 1] ?? ''} ${year}`;
}

/** Sunday of Easter (Meeus, Gregorian calendar). */
export function easter(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return new Temporal.PlainDate(year, month, ((h + l - 7 * m + 114) % 31) + 1).toString();
}

const easters = new Map<number, number>();
/** Day number of Easter, reckoned once a year: the cockpit asks whether thousands of days are worked. */
function easterOf(year: number): number {
  const known = easters.get(year) ?? dayNumber(easter(year));
  easters.set(year, known);
  return known;
}

/** L3133-1 of the labour code; months and days of each year. */
const FIXED: Record<string, string> = {
  '01-01': 'jour de l’An', '05-01': 'fête du Travail', '05-08': '8 mai', '07-14': 'fête nationale',
  '08-15': 'Assomption', '11-01': 'Toussaint', '11-11': '11 novembre', '12-25': 'Noël',
};
/** L3134-13: Alsace and Moselle. Good Friday only where there is a Protestant church; counted everywhere, to be safe. */
const ALSACE_MOSELLE = new Set(['57', '67', '68']);
/** Abolition of slavery, decree 83-1003. */
const ABOLITION: Record<string, string> = { '971': '05-27', '972': '05-22', '973': '06-10', '974': '12-20', '976': '04-27' };

/** Name of the holiday in this department, or null. */
export function holiday(day: Day, departmentCode: string): string | null {
  const monthDay = day.slice(5);
  const fixed = FIXED[monthDay];
  if (fixed) return fixed;
  const fromEaster = dayNumber(day) - easterOf(Number(day.slice(0, 4)));
  if (fromEaster === 1) return 'lundi de Pâques';
  if (fromEaster === 39) return 'Ascension';
  if (fromEaster === 50) return 'lundi de Pentecôte';
  if (ABOLITION[departmentCode] === monthDay) return 'abolition de l’esclavage';
  if (ALSACE_MOSELLE.has(departmentCode) && fromEaster === -2) return 'Vendredi saint';
  if (ALSACE_MOSELLE.has(departmentCode) && monthDay === '12-26') return 'Saint-Étienne';
  return null;
}

/** Monday to Friday, holidays of the department out. */
export const isWorkingDay = (day: Day, departmentCode: string) => weekday(dayNumber(day)) < 5 && holiday(day, departmentCode) === null;

/** The last working day that leaves `count` working days before `day`: 0 is `day` itself, or the working day before it. */
export function workingDaysBefore(day: Day, count: number, departmentCode: string): Day {
  let number = dayNumber(day);
  let at = day;
  let left = count;
  for (let works = isWorkingDay(at, departmentCode); left > 0 || !works; works = isWorkingDay(at, departmentCode)) {
    if (works) left -= 1;
    number -= 1;
    at = dayAt(number);
  }
  return at;
}

/** Working days after `from`, `to` included. */
export function workingDaysBetween(from: Day, to: Day, departmentCode: string): number {
  let count = 0;
  for (let number = dayNumber(from) + 1; number <= dayNumber(to); number += 1) if (isWorkingDay(dayAt(number), departmentCode)) count += 1;
  return count;
}
