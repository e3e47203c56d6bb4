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

/** Everything typed in a form but its token and passwords. */
export function typedIn(body: unknown): Record<string, unknown> {
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(fields.filter(([name]) => name !== '_csrf' && !name.startsWith('password')));
}
