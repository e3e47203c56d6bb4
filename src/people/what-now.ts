import type { Role } from './people.js';

/** Whom one may enter as in one click, and what each can do now. Provided by the demonstration, absent everywhere else. */
export abstract class WhatNow {
  abstract mayEnter(organisation: string): boolean;
  /** One sentence for a person in a role. */
  abstract sentences(): Promise<(role: Role, personId: string) => string>;
}
