import type { Consultation } from '../consultations/consultation.js';
import { maySeeBids, worksOn } from '../consultations/consultation.policy.js';
import type { Actor } from '../platform/actor.js';

/** Territories whose problems this person reads; `*` for all of them. */
export const problemTerritories = (who: Actor) => [...new Set(who.mandates.map((mandate) => mandate.territory))].filter((territory) => worksOn(who, territory));

export const mayListProblems = (who: Actor) => who.has('sysadmin') || problemTerritories(who).length > 0;

export const mayReadProblem = (who: Actor, consultation: Consultation | null) => consultation !== null && worksOn(who, consultation.territory);

/** Who writes that the deposit fails is bidding: the author is hidden until the opening (decisions.md 15). */
export const maySeeAuthor = (who: Actor, consultation: Consultation | null) => consultation !== null && maySeeBids(who, consultation);

/** Numbers, instants and technical facts: never the text. */
export const maySeeTechnical = (who: Actor) => who.has('sysadmin');
