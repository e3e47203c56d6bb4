import type { Config } from '../config.js';
import type { Means } from '../letters/letter-data.js';
import { zoneOfAddress } from '../people/departments.js';
import type { Authority } from '../people/people.js';
import { frenchDate, frenchHour, onOtherClocks, zoneInFrench } from '../platform/dates.js';
import { frenchBytes } from '../platform/templates.js';
import { CHANNEL_NAMES, type Consultation } from './consultation.js';

/** « 26 juillet 2023 à 23h59 », hours as the authority writes them. */
export function deadlineInFrench({ deadline, timeZone }: Pick<Consultation, 'deadline' | 'timeZone'>, authority: Authority): string {
  return `${frenchDate(deadline, timeZone)} à ${frenchHour(deadline, timeZone, authority.hourStyle)}`;
}

/** The limits announced on the page are those announced in the letter. */
export function meansOf(consultation: Consultation, authority: Authority, config: Config, addressees: readonly (readonly string[])[] = []): Means {
  return {
    depositSentence: depositSentence(consultation, config),
    here: !consultation.elsewhere,
    outageSentence: consultation.outageRule ? `Si la plateforme est arrêtée ${consultation.outageRule.minutes}\u00a0minutes ou plus dans les ${consultation.outageRule.hours}\u00a0heures qui précèdent la date limite, celle-ci est reportée au jour ouvré suivant à 12\u00a0h\u00a000, et chaque organisation invitée en est avertie.` : undefined,
    zoneSentence: zoneSentence(consultation, authority, addressees.map((lines) => zoneOfAddress(lines))),
  };
}

/**
 * The legal time zone stands in a sentence of its own (decisions.md 27), and the hour of readers on other clocks after it.
 * @param readers their zones, as far as they are known
 */
export function zoneSentence({ deadline, timeZone }: Consultation, authority: Authority, readers: readonly (string | null)[] = []): string {
  const elsewhere = [...new Set(readers.map((zone) => onOtherClocks(deadline, timeZone, zone)).filter((one) => one !== null))];
  const others = elsewhere.length > 0 ? ` Sur d’autres horloges\u00a0: ${elsewhere.join('\u00a0; ')}.` : '';
  return `L’heure qui fait foi est l’heure légale du siège de la préfecture (${zoneInFrench(timeZone)})\u00a0: un pli reçu à ${frenchHour(deadline, timeZone, authority.hourStyle)} précises est hors délai.${others}`;
}

function depositSentence({ elsewhere, channel, externalReference, externalLink }: Consultation, { baseUrl, maxFileBytes, maxBidBytes }: Config): string {
  if (elsewhere) return `Le dépôt se fait sur ${CHANNEL_NAMES[channel]}, à l’adresse ${externalLink ?? ''}, sous la référence ${externalReference ?? ''}.`;
  return `Le dépôt se fait à l’adresse ${baseUrl}, dans la limite de ${frenchBytes(maxFileBytes)} par fichier et de ${frenchBytes(maxBidBytes)} au total.`;
}
