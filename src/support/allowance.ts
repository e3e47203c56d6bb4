import { machineNow } from '../platform/clock.js';

/** So much per key and per window of time; kept in memory, on machine time. What it refuses is said in a sentence by its owner. */
export class Allowance {
  private windowStart = 0;
  private spent = new Map<string, number>();

  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    private readonly now: () => Date = machineNow,
  ) {}

  /** Takes nothing when it does not fit. */
  take(key: string, amount = 1): boolean {
    const at = this.now().getTime();
    if (at - this.windowStart >= this.windowMs) {
      this.windowStart = at;
      this.spent = new Map();
    }
    const total = (this.spent.get(key) ?? 0) + amount;
    if (total > this.most) return false;
    this.spent.set(key, total);
    return true;
  }
}
