import { department } from '../people/departments.js';
import type { Actor } from '../platform/actor.js';
import type { FrameworkAgreement, Source } from './framework-agreement.js';

const DEPARTMENTAL = ['dept-officer', 'dept-signatory', 'opener'] as const;
const REGIONAL = ['regional-buyer', 'regional-signatory'] as const;

export const isNational = (who: Actor) => who.holdsOn('ministry', '*');
const worksInRegion = (who: Actor, regionCode: string) => REGIONAL.some((role) => who.holdsOn(role, `R${regionCode}`));

/** Every agent of the State reads what the ministry bought and who holds each lot; bidders and the technical administrator do not. */
export const maySeeFrameworks = (who: Actor) => isNational(who) || [...DEPARTMENTAL, ...REGIONAL].some((role) => who.has(role));

/** The ministry writes; a region keeps what it recorded itself. */
export const mayKeepFramework = (who: Actor, framework: Pick<FrameworkAgreement, 'recordedIn'>) =>
  isNational(who) || (framework.recordedIn !== null && who.holdsOn('regional-buyer', framework.recordedIn));

/** Regions whose platform this person buys for, as INSEE codes: what a region may record. */
export const buyerRegions = (who: Actor) => who.mandates.filter((one) => one.role === 'regional-buyer' && one.territory.startsWith('R')).map((one) => one.territory.slice(1));

export const mayDraftFramework = (who: Actor) => isNational(who) || buyerRegions(who).length > 0;

/** What the ministry wrote stays the ministry's; what a region recorded, both may correct. */
export const mayCorrect = (who: Actor, lot: { regionCode: string }, record: { source: Source }) => isNational(who) || (record.source === 'recorded-by-region' && buyerRegions(who).includes(lot.regionCode));

/** Holders, targets and green lights of a lot: the ministry, or the region that buys (« enregistré par la PFRA »). */
export const mayKeepLot = (who: Actor, lot: { regionCode: string }) => isNational(who) || buyerRegions(who).includes(lot.regionCode);

/** What happens in a department: its own agents, those of its region, the ministry. Nobody of the next department. */
export const maySeeDepartment = (who: Actor, code: string) => {
  if (isNational(who)) return true;
  if (DEPARTMENTAL.some((role) => who.holdsOn(role, code))) return true;
  return worksInRegion(who, regionOf(code));
};

export const maySeeRegion = (who: Actor, regionCode: string) => isNational(who) || worksInRegion(who, regionCode);

export const regionOf = (code: string): string => department(code).regionCode;
