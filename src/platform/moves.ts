import { Refused } from './errors.js';

/** A state table: move → states it may start from, state it leads to. What depends on the clock is never in it. */
export type Moves<State extends string> = Record<string, { from: readonly State[]; to: State }>;

/** The state after a move, or `Refused('wrong-state')`. */
export function next<State extends string>(moves: Moves<State>, move: string, state: State, sentence: string): State {
  const row = moves[move];
  if (!row?.from.includes(state)) throw new Refused('wrong-state', sentence, { move, state });
  return row.to;
}
