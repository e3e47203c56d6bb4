import { MILESTONES } from './milestones.js';

/** What the guided path reads. Own deposit only: the path must not tell others that a bid exists. */
export interface GuideFacts {
  now: Date;
  commissionId: string | null;
  consultationId: string | null;
  lettersSigned: boolean;
  lettersSent: boolean;
  added: number;
  addedInvited: boolean;
  linkUsed: boolean;
  ownFiles: boolean;
  ownReceipt: boolean;
  confirmations: number;
  opened: boolean;
}

export interface GuideStep {
  label: string;
  who: string;
  hint: string;
  href?: string;
  done: boolean;
}

/** The ten steps of the demonstration: each ticks itself from what really happened, so that leaving loses nothing. */
export function guideSteps(facts: GuideFacts): GuideStep[] {
  const commission = facts.commissionId ? `/commandes/${facts.commissionId}` : '/commandes';
  const call = (page: string) => (facts.consultationId ? `/consultations/${facts.consultationId}/${page}` : '/consultations');
  const lastMilestone = MILESTONES.at(-1)?.at ?? '';
  const secret = facts.opened ? '' : ' Cette étape ne se coche que pour vous : personne ne doit savoir qu’un pli existe.';
  return [
    { label: 'Relisez, puis signez les 20 lettres', who: 'Myriam Leheilleix, signataire', hint: 'La lettre réelle du 13 juillet 2023, prête au parapheur.', href: `${commission}/lettres`, done: facts.lettersSigned },
    { label: 'Envoyez les lettres', who: 'Sébastien Bouché, agent instructeur', hint: 'La remise des offres s’ouvre, la clé de la consultation est créée.', href: `${commission}/lettres`, done: facts.lettersSent },
    { label: 'Ajoutez une organisation inventée', who: 'Sébastien Bouché, agent instructeur', hint: 'Par exemple : Passerelle Rhénane (association fictive) ; offres@passerelle-rhenane.example', href: `${commission}/lettres`, done: facts.added > 0 },
    { label: 'Faites signer sa lettre, puis envoyez-la', who: 'Myriam Leheilleix, puis Sébastien Bouché', hint: 'Chaque organisation ajoutée a sa propre lettre.', href: `${commission}/lettres`, done: facts.addedInvited },
    { label: 'Lisez l’invitation et entrez par le lien', who: 'l’organisation ajoutée', hint: 'La messagerie montre ce que l’organisation a reçu.', href: '/messagerie', done: facts.linkUsed },
    { label: 'Envoyez des fichiers dans le brouillon', who: 'l’organisation ajoutée', hint: `Chiffrés à leur arrivée.${secret}`, href: call('pli'), done: facts.ownFiles || facts.opened },
    { label: 'Déposez votre pli, pourquoi pas à 23:58:50', who: 'l’organisation ajoutée', hint: `Avancez l’horloge : dix secondes avant la limite.${secret}`, href: call('pli'), done: facts.ownReceipt || facts.opened },
    { label: 'Passez au lendemain matin', who: 'vous, avec l’horloge', hint: 'L’ouverture est refusée avant la date limite et son délai.', done: facts.now >= new Date(lastMilestone) },
    { label: 'Faites confirmer deux ouvreurs', who: 'Camille Fictif et Dominique Exemple', hint: 'Chacun déclare n’avoir aucun conflit d’intérêts.', href: call('ouverture'), done: facts.confirmations >= 2 },
    { label: 'Ouvrez les plis et lisez le procès-verbal', who: 'un des deux ouvreurs', hint: 'Tous les plis en temps utile deviennent lisibles ensemble.', href: call('ouverture'), done: facts.opened },
  ];
}
