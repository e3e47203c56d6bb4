import type { NextFunction, Request, Response } from 'express';
import type { HttpFault } from './minute-record.js';

/** More addresses than calls in progress could have: beyond, failures are counted together. */
const MOST = 500;

export interface CountedFailure {
  minute: Date;
  consultationId: string | null;
  kind: HttpFault;
  times: number;
}

/** Answers 5xx and 429, counted in memory by the minute until the record of the next minute takes them. */
export class HttpFailures {
  private counts = new Map<string, CountedFailure>();

  constructor(private readonly now: () => Date) {}

  /** Seen as they leave, whoever made them: the body parsers' and the guard's refusals pass here too. */
  readonly watch = (request: Request, response: Response, next: NextFunction) => {
    const path = request.path; // routers change it on their way
    response.once('finish', () => this.seen(path, response.statusCode));
    next();
  };

  seen(path: string, status: number) {
    const kind: HttpFault | undefined = status >= 500 ? '5xx' : status === 429 ? '429' : undefined;
    if (!kind) return;
    const minute = new Date(Math.floor(this.now().getTime() / 60_000) * 60_000);
    const named = consultationIn(path);
    const consultationId = this.counts.size < MOST ? named : null;
    const key = `${minute.getTime()}/${kind}/${consultationId}`;
    const counted = this.counts.get(key) ?? { minute, consultationId, kind, times: 0 };
    counted.times += 1;
    this.counts.set(key, counted);
  }

  take(): CountedFailure[] {
    const taken = [...this.counts.values()];
    this.counts = new Map();
    return taken;
  }

  /** What could not be written is counted with the next minute's. */
  giveBack(taken: readonly CountedFailure[]) {
    for (const one of taken) {
      const key = `${one.minute.getTime()}/${one.kind}/${one.consultationId}`;
      const counted = this.counts.get(key);
      if (counted) counted.times += one.times;
      else this.counts.set(key, { ...one });
    }
  }
}

const consultationIn = (path: string) => /^\/(?:api\/)?consultations\/([\w-]{8,64})(?:\/|$)/.exec(path)?.[1] ?? null;
