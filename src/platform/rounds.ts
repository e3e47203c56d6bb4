import type { OnApplicationShutdown } from '@nestjs/common';
import type { Log } from './log.js';

/** What the server does by itself, again and again: the next round begins a while after the last one ended, failed or not. */
export abstract class Rounds implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  /** @param what for the log, when a round fails */
  constructor(
    protected readonly log: Log,
    private readonly what: string,
    private readonly everyMs: number,
  ) {}

  /** One round: what is due now. @returns how many mails left, or were queued */
  abstract tick(): Promise<number>;

  start() {
    const turn = async () => {
      await this.tick().catch((error: unknown) => this.log.error(this.what, error));
      this.timer = setTimeout(() => void turn(), this.everyMs).unref();
    };
    void turn();
  }

  onApplicationShutdown() {
    clearTimeout(this.timer);
  }
}
