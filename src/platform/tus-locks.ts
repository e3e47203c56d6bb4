import type { Lock } from '@tus/server';
import { DomainError } from './errors.js';

/** Requests that may wait for one upload; a browser asks once. */
const MOST_WAITING = 8;
/** Longer than an upload takes to put away what it received. */
const PATIENCE_MS = 20_000;

/** 423: clients of the tus protocol wait, then ask again. */
export class Locked extends DomainError {
  readonly status = 423;

  constructor() {
    super('upload-locked', 'Cet envoi est déjà en cours, peut-être dans une autre fenêtre. Attendez un instant, puis recommencez.');
  }
}

interface Waiting {
  stop: () => void;
  go: () => void;
}

/**
 * One request at a time on one upload, in the order of arrival. Whoever comes asks the one before to stop: after a cut
 * line, the former request of the same person still hangs there. (The package's own lock turns the event loop while it waits.)
 */
export class UploadLocks {
  private readonly lines = new Map<string, Waiting[]>();

  constructor(private readonly patienceMs = PATIENCE_MS) {}

  newLock(id: string, stop: () => void): Lock {
    const me: Waiting = { stop, go: () => undefined };
    return {
      lock: async () => {
        const line = this.lines.get(id);
        if (!line) this.lines.set(id, [me]);
        else await this.queue(line, me);
      },
      unlock: async () => {
        const line = this.lines.get(id) ?? [];
        line.shift();
        if (line.length === 0) this.lines.delete(id);
        line[0]?.go();
      },
    };
  }

  private queue(line: Waiting[], me: Waiting): Promise<void> {
    if (line.length > MOST_WAITING) throw new Locked();
    line.push(me);
    line[0]?.stop();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        line.splice(line.indexOf(me), 1);
        reject(new Locked());
      }, this.patienceMs).unref();
      me.go = () => {
        clearTimeout(timer);
        if (line.length > 1) me.stop();
        resolve();
      };
    });
  }
}
