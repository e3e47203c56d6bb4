/** Details of lines, as acts write them; none, old ones without a field, counts of none, one and several. */
export const FRENCH_SAMPLES: Record<string, unknown>[] = [
  {},
  ...[0, 1, 3].map((n) => ({ addressees: n, openers: n, opened: n, files: n, intact: n, told: n, bids: n, version: n, deadlineVersion: n + 1, to: n + 1 })),
  { late: true, role: 'substitute', afterDeadline: true, declaration: 'recused' },
  { late: false, role: 'secretary', afterDeadline: false, declaration: 'none' },
];
