/** Acts that the journal of a call shows before the opening: nothing about bids, their number included (decisions.md 15). */
const TOLD_BEFORE = ['commission.', 'consultation.extend', 'consultation.outage', 'incident.', 'attestation.', 'consultation.document', 'consultation.rectify', 'question.', 'invitation.opened'];

export const toldBefore = (act: string) => TOLD_BEFORE.some((prefix) => act.startsWith(prefix));
