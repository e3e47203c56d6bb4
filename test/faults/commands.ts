import type { When } from '../support/points.js';

/** What falls on a step of the server. */
export type Disaster =
  | { kind: 'kill' }
  /** The step fails as the system would say it: full disk, failing fsync, database in trouble. */
  | { kind: 'fail'; database: 'sqlite' | 'postgres' }
  /** The answer of the request never leaves. */
  | { kind: 'cut' }
  | { kind: 'legal'; ms: number }
  | { kind: 'machine'; ms: number }
  /** The parent strikes: it cuts the database's connections. */
  | { kind: 'outside' };

/** From the parent to the server. */
export type Command =
  | { do: 'record' | 'trace' | 'disarm' | 'resume' | 'work' }
  | { do: 'arm'; nth: number; on: string; when: When; disaster: Disaster }
  | { do: 'machine'; ms: number };
