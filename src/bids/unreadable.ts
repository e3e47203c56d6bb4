import type { Bid } from './bid.js';

/** Pli illisible : a state with its reason. The first one is found by the check of the hashes, the others by whoever opens the files. */
export const UNREADABLE = {
  corrupted: 'endommagé : ses octets ne sont pas ceux qui ont été scellés',
  password: 'protégé par un mot de passe que le candidat n’a pas donné',
  'unknown-format': 'dans un format que l’acheteur ne sait pas ouvrir',
  virus: 'porteur d’un programme malveillant',
} as const;
export type UnreadableReason = keyof typeof UNREADABLE;

/** « Illisible : protégé par un mot de passe que le candidat n’a pas donné. » For the page, the minutes, the register, the class of the offer. */
export function unreadableInFrench({ status, unreadableReason, unreadableNote }: Pick<Bid, 'status' | 'unreadableReason' | 'unreadableNote'>): string | null {
  if (status !== 'unreadable') return null;
  return [`Illisible : ${UNREADABLE[unreadableReason ?? 'corrupted']}.`, unreadableNote].filter(Boolean).join(' ');
}
