import type { NextFunction, Request, Response } from 'express';
import { machineNow } from './clock.js';
import { TooMany } from './errors.js';

const WINDOW_MS = 60_000;

/** At most `limit` unsafe requests a minute per address: passwords and links cannot be tried by thousands. */
export function limitRate(limit: number) {
  let windowStart = 0;
  let counts = new Map<string, number>();
  return (request: Request, _: Response, next: NextFunction) => {
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    const at = machineNow().getTime();
    if (at - windowStart > WINDOW_MS) {
      windowStart = at;
      counts = new Map();
    }
    const key = request.ip ?? '';
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > limit) next(new TooMany('too-many', 'Trop d’essais en une minute. Attendez une minute, puis recommencez.'));
    else next();
  };
}
