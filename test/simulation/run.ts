// One seed, from its world to its verdict; and the shortest list of steps that still goes wrong.
import type { Setup } from './cast.js';
import { seedCast } from './cast.js';
import { end } from './ending.js';
import { Play } from './play.js';
import { type Kind, Template } from './stage.js';
import { type Step, setupOf, stepsOf } from './steps.js';

export const STEPS = 40;
/** A seed is played on PostgreSQL once in this many. */
const POSTGRES_EVERY = 4;

export interface Scenario {
  kind: Kind;
  setup: Setup;
  steps: Step[];
}

export interface Result {
  violations: string[];
  /** Steps done when the first one was found. */
  after: number;
  /** How many receipts were checked at the end. */
  receipts: number;
  strikes: { fail: number; kill: number; power: number };
}

export const scenarioOf = (seed: number, kinds: readonly Kind[]): Scenario => ({
  kind: kinds.length > 1 ? (seed % POSTGRES_EVERY === 0 ? 'postgres' : 'sqlite') : kinds[0],
  setup: setupOf(seed),
  steps: stepsOf(seed, STEPS),
});

export class Theatre {
  private readonly templates = new Map<Kind, Promise<Template>>();

  /** @param postgres address of a maintenance database; without it, SQLite alone */
  constructor(readonly postgres: string) {}

  get kinds(): Kind[] {
    return this.postgres ? ['sqlite', 'postgres'] : ['sqlite'];
  }

  /** Stops at the first violation: what follows one is not worth reading. */
  async play({ kind, setup, steps }: Scenario): Promise<Result> {
    const play = await Play.begin(await this.template(kind), setup);
    try {
      for (const [index, step] of steps.entries()) {
        await play.step(step);
        if (play.violations.length > 0) return { violations: play.violations, after: index + 1, receipts: 0, strikes: play.strikes };
      }
      await end(play);
      return { violations: play.violations, after: steps.length, receipts: play.acknowledged.all.length, strikes: play.strikes };
    } catch (error) {
      return { violations: [...play.violations, `the play itself broke: ${error instanceof Error ? error.stack : String(error)}`], after: steps.length, receipts: 0, strikes: play.strikes };
    } finally {
      await play.stage.close().catch(() => undefined);
    }
  }

  /** Fewer and fewer steps, as long as something still goes wrong. */
  async shorten(scenario: Scenario, result: Result): Promise<Scenario> {
    let steps = scenario.steps.slice(0, result.after);
    for (let size = Math.ceil(steps.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
      for (let from = 0; from < steps.length; ) {
        const fewer = [...steps.slice(0, from), ...steps.slice(from + size)];
        const { violations } = await this.play({ ...scenario, steps: fewer });
        if (violations.length > 0) steps = fewer;
        else from += size;
      }
    }
    return { ...scenario, steps };
  }

  async close() {
    for (const template of this.templates.values()) await (await template).remove();
  }

  private template(kind: Kind): Promise<Template> {
    const made = this.templates.get(kind) ?? Template.make(kind, this.postgres, seedCast);
    this.templates.set(kind, made);
    return made;
  }
}
