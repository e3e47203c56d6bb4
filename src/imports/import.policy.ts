import { buyerRegions, isNational } from '../agreements/agreement.policy.js';
import type { Actor } from '../platform/actor.js';

const WORKS_ON_IT = ['dept-officer', 'dept-signatory', 'regional-buyer', 'regional-signatory'] as const;

/** Those who buy under the framework know that its imports exist; bidders, openers alone and the technical administrator do not. */
export const mayKnowImports = (who: Actor) => isNational(who) || WORKS_ON_IT.some((role) => who.has(role));

export const mayImport = (who: Actor) => isNational(who) || buyerRegions(who).length > 0;

/** Regions an import of this person may touch; none in the list means all of them. */
export const regionsOf = (who: Actor): string[] => (isNational(who) ? [] : buyerRegions(who));

/** An import shows addresses of holders: the ministry reads all of them, a region those of its own platform. */
export const mayViewImport = (who: Actor, one: { regions: readonly string[] }) => {
  if (isNational(who)) return true;
  const mine = buyerRegions(who);
  return one.regions.length > 0 && one.regions.every((code) => mine.includes(code));
};

/** Whether a line about a lot of this region belongs in the import. */
export const mayTouch = (regions: readonly string[], regionCode: string) => regions.length === 0 || regions.includes(regionCode);
