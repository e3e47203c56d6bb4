import type { Words } from './words.js';

/** Sentences of the journal, one per act: the life of a contract after its award. */
export const EXECUTION_WORDS: Words = {
  'execution.record': 'La fiche du marché est remplie.',
  'execution.holder-signature': 'La signature du titulaire est enregistrée.',
  'execution.conclude': 'Le marché est signé par l’acheteur : il est conclu.',
  'execution.notify': 'La réception de la notification est enregistrée : le marché a effet.',
  'execution.sub-contractor': 'Une demande de sous-traitance est reçue.',
  'execution.sub-contractor-decision': ({ outcome }) => (outcome === 'refuse' ? 'Un sous-traitant est refusé.' : 'Un sous-traitant est accepté.'),
  'execution.order': 'Un bon de commande est émis.',
  'execution.order-cancel': 'Un bon de commande est annulé.',
  'execution.deliverable': 'Un livrable est attendu.',
  'execution.deliverable-move': ({ move }) => (move === 'admit' ? 'Un livrable est admis.' : move === 'adjourn' ? 'Un livrable est ajourné.' : move === 'reject' ? 'Un livrable est rejeté.' : 'Un livrable est reçu.'),
  'execution.service-done': 'Un service fait est constaté.',
  'execution.amendment': 'Un avenant est préparé.',
  'execution.amendment-sign': 'Un avenant est signé.',
  'execution.amendment-notify': 'La réception d’un avenant est enregistrée.',
  'execution.amendment-cancel': 'Un avenant préparé est annulé.',
  'execution.formal-notice': 'Le titulaire est mis en demeure.',
  'execution.penalty': 'Une pénalité est appliquée.',
  'execution.penalty-waive': 'Une pénalité est remise.',
  'execution.renewal': 'La reconduction du marché est décidée, ou écartée.',
  'execution.terminate': 'Le marché est résilié.',
  'execution.complete': 'Le marché est achevé.',
};
