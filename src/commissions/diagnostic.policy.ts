import { maySeeDepartment, regionOf } from '../agreements/agreement.policy.js';
import type { Actor } from '../platform/actor.js';

/** Officers of the department and buyers of its region publish its diagnostic (domain.md 5.2). */
export const mayKeepDiagnostic = (who: Actor, departmentCode: string) =>
  who.holdsOn('dept-officer', departmentCode) || who.holdsOn('regional-buyer', `R${regionOf(departmentCode)}`);

export const maySeeDiagnostic = maySeeDepartment;
