/** Door to legal time. Everything a court may ask about reads this clock; sessions and timeouts read `machineNow`. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  now() {
    return new Date();
  }
}

/** Stands still until it is moved: tests, and the story played with --once. */
export class FrozenClock extends Clock {
  constructor(private instant: Date) {
    super();
  }

  now() {
    return new Date(this.instant);
  }

  /** Forward only, like time (decisions.md 3): a journal that went back would prove nothing. */
  moveTo(instant: Date | string) {
    const next = new Date(instant);
    if (next < this.instant) throw new Error(`The clock only goes forward: ${next.toISOString()} < ${this.instant.toISOString()}`);
    this.instant = next;
  }
}

/** The demonstration's clock: machine time plus an offset that may only grow. */
export class OffsetClock extends Clock {
  constructor(private offsetMs: number) {
    super();
  }

  now() {
    return new Date(Date.now() + this.offsetMs);
  }

  get offset() {
    return this.offsetMs;
  }

  jumpTo(instant: Date) {
    const offset = instant.getTime() - Date.now();
    if (offset < this.offsetMs) throw new Error('The clock only goes forward');
    this.offsetMs = offset;
  }
}

/** Machine time: sessions, cookies, rate limits, retries. A jump of the demonstration's clock must sign nobody out. */
export function machineNow(): Date {
  return new Date();
}

/** Milliseconds that no setting of the clock can move: what passed between two readings really passed. */
export function monotonicNow(): number {
  return performance.now();
}
