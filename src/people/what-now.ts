import type { Role } from './people.js';

/** One sentence per role beside the one-click accounts. Provided by the demonstration, absent everywhere else. */
export abstract class WhatNow {
  abstract sentences(): Promise<Record<Role, string>>;
}
