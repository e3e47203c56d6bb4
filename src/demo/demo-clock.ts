import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { machineNow, OffsetClock } from '../platform/clock.js';
import { DEMO_START } from './demo-data.js';

/** The demonstration's clock: forward only, its offset kept across restarts (decisions.md 3). */
export class DemoClock extends OffsetClock {
  private constructor(
    private readonly file: string,
    offsetMs: number,
  ) {
    super(offsetMs);
  }

  static open(dataDir: string): DemoClock {
    const file = join(dataDir, 'demo-clock.json');
    if (existsSync(file)) return new DemoClock(file, (JSON.parse(readFileSync(file, 'utf8')) as { offsetMs: number }).offsetMs);
    const clock = new DemoClock(file, Date.parse(DEMO_START) - machineNow().getTime());
    clock.keep();
    return clock;
  }

  override jumpTo(instant: Date) {
    super.jumpTo(instant);
    this.keep();
  }

  private keep() {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, JSON.stringify({ offsetMs: this.offset }));
  }
}
