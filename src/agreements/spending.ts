import type { Act } from '../platform/acts.js';
import type { Lot } from './lot.js';

/** What contracts have used of a lot. */
export interface Spent {
  cents: number;
  quantity: number;
}
export const NOTHING_SPENT: Spent = { cents: 0, quantity: 0 };

/** Share of the maximum that contracts have used, in value or in quantity, whichever is nearer: alerts at 80 and 100 %. */
export function consumption(lot: Pick<Lot, 'maxCents' | 'maxQuantity'>, spent: Spent): { percent: number | null; alert: '' | '80' | '100' } {
  // Integer arithmetic: a share is never rounded up to an alert that is not there.
  const shares = ([[spent.cents, lot.maxCents], [spent.quantity, lot.maxQuantity]] as const).flatMap(([used, max]) => (max ? [Math.floor((used * 100) / max)] : []));
  if (shares.length === 0) return { percent: null, alert: '' };
  const percent = Math.max(...shares);
  return { percent, alert: percent >= 100 ? '100' : percent >= 80 ? '80' : '' };
}

/** Whether this much passes a maximum, in value or in quantity. */
export const exceeds = (lot: Pick<Lot, 'maxCents' | 'maxQuantity'>, spent: Spent) => (lot.maxCents !== null && spent.cents > lot.maxCents) || (lot.maxQuantity !== null && spent.quantity > lot.maxQuantity);

/** What contracts have used of each lot. Provided by the later folder that knows contracts. */
export abstract class Spending {
  /** By lot id: one query. */
  abstract byLot(act: Act, frameworkId: string): Promise<Map<string, Spent>>;

  /** Departments that a living contract, whatever its step, keeps in their lot. */
  abstract livingIn(act: Act, frameworkId: string): Promise<ReadonlySet<string>>;
}
