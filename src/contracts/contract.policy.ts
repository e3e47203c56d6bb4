import { maySeeDepartment } from '../agreements/agreement.policy.js';
import type { Actor } from '../platform/actor.js';

/** Agents of the department and of its region, and the ministry. */
export const maySeeContract = maySeeDepartment;
/** The buyer prepares: the regional platform, or the department when it buys itself (the buyer is an attribute). */
export const mayPrepare = (who: Actor, territory: string) => who.holdsOn('regional-buyer', territory) || who.holdsOn('dept-officer', territory);
export const maySignContract = (who: Actor, territory: string) => who.holdsOn('regional-signatory', territory) || who.holdsOn('dept-signatory', territory);
/** The signature is the second pair of eyes: the author may launch what another person signed. */
export const mayLaunch = (who: Actor, territory: string) => mayPrepare(who, territory) || maySignContract(who, territory);
