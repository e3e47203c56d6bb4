import { addDays, type Day, dayOf } from '../platform/working-days.js';

/** Diagnostic commission, or subsequent contract of a framework: domain.md 2.1. */
export type Procedure = 'commission' | 'subsequent-contract';

/** Délai de suspension: how many days, on what ground; `waived` says why the signatory does without. */
export interface Standstill {
  days: number;
  electronic: boolean;
  ground: string;
  waived: string | null;
}

const ELECTRONIC_DAYS = 11;
const OTHER_DAYS = 16;

/**
 * What is observed unless the signatory decides otherwise. The law asks for none of it here (R2182-2; CE 17 Dec 2014, 385033 for
 * adapted procedures): for a subsequent contract it is chosen, since it closes the référé contractuel (L551-15 CJA).
 * @param participants organisations whose offer was opened
 */
export function defaultStandstill(procedure: Procedure, participants: number, electronic: boolean): Standstill {
  const none = (ground: string) => ({ days: 0, electronic, ground, waived: null });
  if (procedure === 'commission') return none('Petit achat (art. R. 2122-8) : aucun délai de suspension n’est requis.');
  if (participants <= 1) return none('Un seul participant : aucun délai de suspension n’est requis (art. R. 2182-2, 1°).');
  return electronic
    ? { days: ELECTRONIC_DAYS, electronic, ground: 'Délai observé volontairement : onze jours, toutes les lettres partant par voie électronique (art. R. 2182-1 et R. 2182-2).', waived: null }
    : { days: OTHER_DAYS, electronic, ground: 'Délai observé volontairement : seize jours, une lettre au moins ne partant pas par voie électronique (art. R. 2182-1 et R. 2182-2).', waived: null };
}

/** R2182-2, 2°: not required for a subsequent contract, so the signatory may do without, saying why. */
export const waivedStandstill = (standstill: Standstill, reason: string): Standstill => (standstill.days === 0 ? standstill : { ...standstill, days: 0, ground: 'Le signataire renonce au délai de suspension, que l’art. R. 2182-2, 2° n’impose pas à un marché subséquent.', waived: reason });

/**
 * First day on which one may sign: the day of dispatch and the last day both count, each in full (CE 2 Aug 2011, 347526: sent on
 * 28 December for sixteen days, it ends on 12 January at night).
 * @param sentAt dispatch of the last letter
 * @param timeZone the buyer's
 */
export const signableFrom = (sentAt: Date, days: number, timeZone: string): Day => addDays(dayOf(sentAt, timeZone), days);

/** Last day of the standstill, in full; null without one. */
export const lastDay = (sentAt: Date, days: number, timeZone: string): Day | null => (days === 0 ? null : addDays(dayOf(sentAt, timeZone), days - 1));
