import type { Config } from '../config.js';
import type { Means } from '../letters/letter-data.js';
import type { Authority } from '../people/people.js';
import { frenchDate, frenchHour, zoneInFrench } from '../platform/dates.js';
import { frenchBytes } from '../platform/templates.js';
import type { Consultation } from './consultation.js';

/** « 26 juillet 2023 à 23h59 », hours as the authority writes them. */
export function deadlineInFrench({ deadline, timeZone }: Consultation, authority: Authority): string {
  return `${frenchDate(deadline, timeZone)} à ${frenchHour(deadline, timeZone, authority.hourStyle)}`;
}

/** The limits announced on the page are those announced in the letter. */
export function meansOf(consultation: Consultation, authority: Authority, config: Config): Means {
  const hour = frenchHour(consultation.deadline, consultation.timeZone, authority.hourStyle);
  return {
    platformUrl: config.baseUrl,
    fileLimit: frenchBytes(config.maxFileBytes),
    totalLimit: frenchBytes(config.maxBidBytes),
    zoneSentence: `L’heure qui fait foi est l’heure légale du siège de la préfecture (${zoneInFrench(consultation.timeZone)})\u00a0: un pli reçu à ${hour} précises est hors délai.`,
  };
}
