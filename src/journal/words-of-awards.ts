import type { Words } from './words.js';

// Sentences of the journal, one per act: the award and its remedies, then the contract's life.

const AWARDS: Words = {
  'award.propose': 'L’attribution est proposée.',
  'award.withdraw': 'La proposition d’attribution est retirée.',
  'award.ask': 'Les attestations sont demandées à l’attributaire pressenti.',
  'award.piece': 'L’attributaire pressenti remet une attestation.',
  'award.check': 'Une attestation est vérifiée.',
  'award.remind': 'L’attributaire pressenti est relancé.',
  'award.pass': 'L’attributaire pressenti est écarté, par une décision motivée ; le suivant est proposé.',
  'award.decide': 'L’attribution est décidée.',
  'award.inform': 'Les lettres d’attribution et de rejet partent toutes ensemble.',
  'award.reverse': 'La décision d’attribution est rapportée, par une décision motivée.',
  'award.ask-reasons': 'Un candidat demande les motifs du rejet de son offre.',
  'reasons.record': 'Une demande de motifs est enregistrée.',
  'reasons.answer': 'Les motifs du rejet sont communiqués.',
  'remedy.record': 'Un recours est enregistré.',
  'remedy.close': 'L’issue d’un recours est enregistrée.',
};

const EXECUTION: Words = {
  'execution.record': 'Les données du marché sont enregistrées.',
  'execution.holder-signature': 'L’exemplaire signé par le titulaire est joint.',
  'execution.conclude': 'Le marché est signé par l’acheteur.',
  'execution.notify': 'Le marché est notifié.',
  'execution.order': 'Une commande est passée.',
  'execution.order-cancel': 'Une commande est annulée.',
  'execution.deliverable': 'Une prestation est attendue, ou remise.',
  'execution.deliverable-move': 'Une prestation est admise, ajournée, réfactionnée ou rejetée.',
  'execution.service-done': 'Le service fait est constaté.',
  'execution.formal-notice': 'Le titulaire est mis en demeure.',
  'execution.penalty': 'Une pénalité est appliquée.',
  'execution.penalty-waive': 'Une pénalité est remise, par une décision motivée.',
  'execution.sub-contractor': 'Un sous-traitant est présenté.',
  'execution.sub-contractor-decision': 'Un sous-traitant est accepté ou refusé.',
  'execution.amendment': 'Une modification du marché est préparée.',
  'execution.amendment-sign': 'Une modification du marché est signée.',
  'execution.amendment-notify': 'Une modification du marché est notifiée.',
  'execution.amendment-cancel': 'Une modification du marché est abandonnée.',
  'execution.renewal': 'Le marché est reconduit, ou ne l’est pas.',
  'execution.terminate': 'Le marché est résilié.',
  'execution.complete': 'Le marché est achevé.',
};

const SCHEDULES: Words = {
  'schedule.blank': 'Le bordereau de prix de la consultation est enregistré.',
  'schedule.fill': 'Le bordereau de prix d’une offre est enregistré.',
  'visa.ask-again': 'Les visas sont demandés de nouveau.',
};

export const AWARD_WORDS: Words = { ...AWARDS, ...EXECUTION, ...SCHEDULES };
