import type { Bid } from './bid.js';
import type { LateDecision } from './late-decision.js';

export type OwnState = 'deposited' | 'late' | 'eliminated' | 'admitted' | 'withdrawn' | 'draft' | 'missed';

/** What one organisation has with one call, the last word first: the bid that counts, a late one and its decision, a withdrawn one, nothing. */
export function ownState<B extends Bid & { decision: LateDecision | null }>(bids: readonly B[], inTime: boolean): { state: OwnState; bid: B | undefined; effective: B | undefined } {
  const effective = bids.find((bid) => ['sealed', 'opened', 'unreadable'].includes(bid.status) && !(bid.late && bid.decision));
  // Of a late bid, what was decided; its opening, once admitted, is the buyer's business.
  const late = bids.find((bid) => bid.status === 'late' || bid.decision !== null);
  const withdrawn = bids.find((bid) => bid.status === 'withdrawn');
  const state = effective ? 'deposited' : late ? (late.decision?.outcome ?? 'late') : withdrawn ? 'withdrawn' : inTime ? 'draft' : 'missed';
  return { state, bid: effective ?? late ?? withdrawn, effective };
}
