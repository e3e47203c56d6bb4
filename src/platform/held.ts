import type { CurrentSession } from './session-reader.js';

/** What was typed when a session had ended: given back once, on the same page, to the same person. */
export interface Held {
  path: string;
  owner: string;
  typed: Record<string, unknown>;
}

export function heldIn(session: CurrentSession | undefined): Held | null {
  return (session?.flash?.held as Held | undefined) ?? null;
}

/** What this page shows of the session's flash, and what stays for another page. */
export function flashFor(session: CurrentSession | undefined, path: string): { shown: Record<string, unknown> | null; kept: Record<string, unknown> | null } {
  if (!session?.flash) return { shown: null, kept: null };
  const { held: _, ...rest } = session.flash;
  const held = heldIn(session);
  if (!held) return { shown: rest, kept: null };
  if (held.path === path && held.owner === session.actor.id) return { shown: { ...rest, typed: held.typed, restored: true }, kept: null };
  return { shown: rest, kept: { held } };
}

/** A stranger's wrong form must not fill the database; a long letter of a signed-in person must come back whole. */
const MAX_TYPED = { stranger: 4_000, person: 400_000 };

/** Everything typed in a form but its token and passwords, as far as it is of a reasonable size. */
export function typedIn(body: unknown, by: keyof typeof MAX_TYPED = 'person'): Record<string, unknown> {
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  let left = MAX_TYPED[by];
  return Object.fromEntries(
    fields.filter(([name, value]) => {
      if (name === '_csrf' || name.startsWith('password')) return false;
      const size = name.length + JSON.stringify(value ?? '').length;
      if (size > left) return false;
      left -= size;
      return true;
    }),
  );
}
