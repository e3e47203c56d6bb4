/** Acts that the journal of a call shows before the opening: nothing about bids, their number included (decisions.md 15). */
const TOLD_BEFORE = [
  'commission.',
  'contract.',
  'visa.',
  'consultation.settings',
  'consultation.expected-form',
  'consultation.extend',
  'consultation.outage',
  'consultation.document',
  'consultation.rectify',
  'incident.',
  'attestation.',
  'question.',
  'invitation.opened',
  'opening.plan',
  'opening.convened',
  'opening.confirm',
  'opening.recuse',
  'opening.replace',
];

export const toldBefore = (act: string) => TOLD_BEFORE.some((prefix) => act.startsWith(prefix));

/** The same rule for the database, so that a page of the journal is as long with bids as without. @param column quoted by the caller */
export const toldBeforeSql = (column: string) => `(${TOLD_BEFORE.map((prefix) => `${column} like '${prefix}%'`).join(' or ')})`;
