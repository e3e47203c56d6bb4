import type { Moves } from '../platform/moves.js';

export type ConsultationStatus = 'draft' | 'launched' | 'opened' | 'awarded' | 'abandoned';

/** « Close » is not a state: it is launched and the deadline has passed, which depends on the clock. */
export const CONSULTATION_MOVES = {
  launch: { from: ['draft'], to: 'launched' },
  open: { from: ['launched'], to: 'opened' },
  award: { from: ['opened'], to: 'awarded' },
  /** The award is reversed, by the signatory or by a judge's order: the analysis or the award is done again. */
  reopen: { from: ['awarded'], to: 'opened' },
  abandon: { from: ['draft', 'launched', 'opened'], to: 'abandoned' },
} satisfies Moves<ConsultationStatus>;

export const WRONG_STATE: Record<keyof typeof CONSULTATION_MOVES, string> = {
  launch: 'Cette consultation est déjà lancée.',
  open: 'Les plis de cette consultation ne peuvent pas être ouverts : elle n’est pas en cours, ou ils l’ont déjà été.',
  award: 'L’attribution suit l’ouverture des plis.',
  reopen: 'Seule une attribution prononcée se rapporte.',
  abandon: 'Cette consultation est déjà terminée, ou attribuée : rapportez d’abord l’attribution.',
};
