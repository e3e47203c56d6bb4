import type { Actor } from '../platform/actor.js';
import { worksOn } from '../consultations/consultation.policy.js';
import type { Commission } from './commission.js';

type Rule = (who: Actor, commission: Commission) => boolean;

/** Agents of the department, and of no other. */
export const mayView: Rule = (who, c) => worksOn(who, c.departmentCode);
export const mayDraft = (who: Actor, departmentCode: string) => who.holdsOn('dept-officer', departmentCode);
export const mayChange: Rule = (who, c) => mayDraft(who, c.departmentCode);
/** The signature is the second pair of eyes: the officer prepares and sends, the signatory signs (domain.md 5.2). */
export const maySign: Rule = (who, c) => who.holdsOn('dept-signatory', c.departmentCode);
export const maySend: Rule = (who, c) => mayDraft(who, c.departmentCode);
