import type { OpeningGate } from './opening-gate.js';

export interface OpeningState {
  confirmed: number;
  quorum: number;
  /** Person ids. */
  confirmedBy: string[];
  /** Distinct persons with the instant of their confirmation, for the minutes. */
  confirmations: { personId: string; at: Date }[];
  notBefore: Date;
  releasedAt: Date | null;
}

/** What others may know of a gate: who confirmed, since when. */
export function stateOf(gate: OpeningGate): OpeningState {
  const confirmedBy = gate.confirmedBy();
  const confirmations = confirmedBy.map((personId) => ({ personId, at: new Date(gate.confirmations.find((one) => one.personId === personId && one.at >= gate.notBefore.toISOString())?.at ?? gate.notBefore) }));
  return { confirmed: confirmedBy.length, quorum: gate.quorum, confirmedBy, confirmations, notBefore: gate.notBefore, releasedAt: gate.releasedAt };
}
