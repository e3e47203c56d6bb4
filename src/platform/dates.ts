import { Temporal } from 'temporal-polyfill';

/** How an authority writes hours: `23 h 59` (typographic rule) or `23h59` (administrative use, Bas-Rhin). */
export type HourStyle = 'spaced' | 'tight';

const MONTHS = ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre'];
const DAYS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];
const NBSP = '\u00a0';

export class UnknownLocalTime extends Error {
  constructor(
    readonly kind: 'malformed' | 'missing' | 'doubled',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Instant of a time read on the clocks of a zone.
 * @param local `YYYY-MM-DDTHH:mm`, seconds are 00 (domain.md 3.3)
 * @param timeZone IANA name of the buyer's zone
 * @throws UnknownLocalTime when the hour does not exist (start of summer time) or exists twice (end): no choice is offered (decisions.md 2)
 */
export function instantOf(local: string, timeZone: string): Date {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local)) {
    throw new UnknownLocalTime('malformed', 'Indiquez une date et une heure, par exemple 26/07/2023 à 23:59.');
  }
  let plain: Temporal.PlainDateTime;
  try {
    plain = Temporal.PlainDateTime.from(local, { overflow: 'reject' });
  } catch {
    throw new UnknownLocalTime('malformed', 'Cette date n’existe pas dans le calendrier.');
  }
  const earlier = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const later = plain.toZonedDateTime(timeZone, { disambiguation: 'later' });
  if (earlier.epochMilliseconds !== later.epochMilliseconds) {
    if (earlier.toPlainDateTime().equals(later.toPlainDateTime())) {
      throw new UnknownLocalTime('doubled', 'Cette heure existe deux fois ce jour-là (passage à l’heure d’hiver) : choisissez-en une autre.');
    }
    throw new UnknownLocalTime('missing', 'Cette heure n’existe pas ce jour-là (passage à l’heure d’été) : choisissez-en une autre.');
  }
  return new Date(earlier.epochMilliseconds);
}

function zoned(instant: Date, timeZone: string) {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
}

const two = (n: number) => String(n).padStart(2, '0');

/** `2023-07-26T23:59` on the clocks of the zone. */
export function localOf(instant: Date, timeZone: string): string {
  return zoned(instant, timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' });
}

/** `13 juillet 2023`, `1er août 2023`; no-break space after the day (domain.md 4.6). */
export function frenchDate(instant: Date, timeZone: string): string {
  const at = zoned(instant, timeZone);
  const day = at.day === 1 ? '1er' : String(at.day);
  return `${day}${NBSP}${MONTHS[at.month - 1]} ${at.year}`;
}

/** `mercredi 26 juillet 2023`. */
export function frenchDay(instant: Date, timeZone: string): string {
  return `${DAYS[zoned(instant, timeZone).dayOfWeek - 1]} ${frenchDate(instant, timeZone)}`;
}

/** `23 h 59` or `23h59`. */
export function frenchHour(instant: Date, timeZone: string, style: HourStyle = 'spaced'): string {
  const at = zoned(instant, timeZone);
  return style === 'tight' ? `${at.hour}h${two(at.minute)}` : `${at.hour}${NBSP}h${NBSP}${two(at.minute)}`;
}

/** `mercredi 26 juillet 2023 à 23 h 59`. */
export function inFrench(instant: Date, timeZone: string): string {
  return `${frenchDay(instant, timeZone)} à ${frenchHour(instant, timeZone)}`;
}

/** `26 juillet 2023 à 21 h 04 min 12,345 s`: for receipts and minutes, to the millisecond. */
export function preciseFrench(instant: Date, timeZone: string): string {
  const at = zoned(instant, timeZone);
  const seconds = `${two(at.second)},${String(at.millisecond).padStart(3, '0')}`;
  return `${frenchDate(instant, timeZone)} à ${at.hour}${NBSP}h${NBSP}${two(at.minute)}${NBSP}min${NBSP}${seconds}${NBSP}s`;
}

/** `13.07.2023`, as the Bas-Rhin stamps its letters. */
export function stampDate(instant: Date, timeZone: string): string {
  const at = zoned(instant, timeZone);
  return `${two(at.day)}.${two(at.month)}.${at.year}`;
}

const ZONES: Record<string, string> = {
  'Europe/Paris': 'heure de Paris',
  'America/Guadeloupe': 'heure de la Guadeloupe',
  'America/Martinique': 'heure de la Martinique',
  'America/Cayenne': 'heure de la Guyane',
  'Indian/Reunion': 'heure de La Réunion',
  'Indian/Mayotte': 'heure de Mayotte',
};

/** The legal time of a territory in words (decree 2017-292). */
export function zoneInFrench(timeZone: string): string {
  return ZONES[timeZone] ?? timeZone;
}

export const LEGAL_ZONES = Object.keys(ZONES);

/** `mercredi 26 juillet 2023 à 23 h 59, heure de Paris`: a deadline outside its component. */
export const dueInFrench = (instant: Date, timeZone: string): string => `${inFrench(instant, timeZone)}, ${zoneInFrench(timeZone)}`;

/** The same instant for a reader on other clocks, with their zone; null when they read the same hour (domain.md 3.3). */
export function onOtherClocks(instant: Date, timeZone: string, readerZone: string | null | undefined): string | null {
  if (!readerZone || localOf(instant, timeZone) === localOf(instant, readerZone)) return null;
  return dueInFrench(instant, readerZone);
}

/** Year on the clocks of the zone: for numbers given per year. */
export function yearOf(instant: Date, timeZone: string): number {
  return zoned(instant, timeZone).year;
}
