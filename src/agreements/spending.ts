import type { Act } from '../platform/acts.js';

/** What contracts have used of each lot. Provided by the later folder that knows contracts. */
export abstract class Spending {
  /** Cents, excluding VAT, by lot id: one query. */
  abstract byLot(act: Act, frameworkId: string): Promise<Map<string, number>>;

  /** Departments that a living contract, whatever its step, keeps in their lot. */
  abstract livingIn(act: Act, frameworkId: string): Promise<ReadonlySet<string>>;
}
