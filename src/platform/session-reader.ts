import type { Actor } from './actor.js';

export interface CurrentSession {
  id: string;
  csrf: string;
  actor: Actor;
  roleLabel: string;
  /** On whose clocks the person reads; null: nothing says. */
  timeZone: string | null;
  flash: Record<string, unknown> | null;
}

/** What the guard and the filter need from sessions; `people/` implements it, so that the platform knows no person. */
export abstract class SessionReader {
  abstract read(token: string): Promise<CurrentSession | null>;
  abstract open(personId: string | null): Promise<string>;
  abstract close(id: string): Promise<void>;
  /** Whose session this cookie opened, or made this form, even ended; null once forgotten. */
  abstract ownerOf(cookie: string | undefined, formToken: string): Promise<string | null>;
  abstract flash(id: string, flash: Record<string, unknown> | null): Promise<void>;
}
