/**
 * So many at a time for one holder; the others wait their turn, in order, and are never refused. By holder, so that whoever sends a
 * hundred files at once waits behind themselves and behind nobody else: a slow sender holds no place that another one needs.
 */
export class Turns {
  private readonly holders = new Map<string, { busy: number; waiting: (() => void)[] }>();

  constructor(private readonly most: number) {}

  /** @param gone resolves when whoever waits has left: their place in the line is free */
  async pass<T>(holder: string, gone: Promise<void>, work: () => Promise<T>): Promise<T | undefined> {
    const line = this.holders.get(holder) ?? { busy: 0, waiting: [] };
    this.holders.set(holder, line);
    if (line.busy < this.most) line.busy += 1;
    else if (!(await this.wait(line, gone))) return undefined;
    try {
      return await work();
    } finally {
      const next = line.waiting.shift();
      if (next) next(); // the place is handed over, not freed
      else line.busy -= 1;
      if (line.busy === 0) this.holders.delete(holder);
    }
  }

  /** How many work, and how many wait: for tests and for the curious. */
  state(holder: string) {
    const line = this.holders.get(holder);
    return { busy: line?.busy ?? 0, waiting: line?.waiting.length ?? 0 };
  }

  private wait(line: { waiting: (() => void)[] }, gone: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      const go = () => resolve(true);
      line.waiting.push(go);
      const leave = async () => {
        await gone;
        const place = line.waiting.indexOf(go);
        if (place < 0) return;
        line.waiting.splice(place, 1);
        resolve(false);
      };
      void leave();
    });
  }
}
