import { maySeeDepartment, regionOf } from '../agreements/agreement.policy.js';
import { DEPARTMENTS } from '../people/departments.js';
import type { Actor } from '../platform/actor.js';

/** Agents of the department and of its region, and the ministry. */
export const maySeeContract = maySeeDepartment;
/** The buyer prepares: the regional platform, or the department when it buys itself, « en lien avec la plateforme régionale ». */
export const mayPrepare = (who: Actor, territory: string) =>
  who.holdsOn('regional-buyer', territory) || who.holdsOn('dept-officer', territory) || (DEPARTMENTS.has(territory) && who.holdsOn('regional-buyer', `R${regionOf(territory)}`));
/** The signatory is an attribute too: when somebody is named, nobody else signs or overrides. */
export const maySignContract = (who: Actor, territory: string, signatoryId: string | null = null) =>
  (who.holdsOn('regional-signatory', territory) || who.holdsOn('dept-signatory', territory)) && (signatoryId === null || signatoryId === who.id);
/** The signature is the second pair of eyes: the author may launch what another person signed. */
export const mayLaunch = (who: Actor, territory: string) => mayPrepare(who, territory) || maySignContract(who, territory);
