import type { Consultation } from '../consultations/consultation.js';
import type { Actor } from '../platform/actor.js';

/** A late bid, and the opening of a backup copy, are decided by whoever signs for the buyer (sealing.md 1.4). */
export const mayDecide = (who: Actor, { territory }: Pick<Consultation, 'territory'>) => who.holdsOn('dept-signatory', territory) || who.holdsOn('regional-signatory', territory);
