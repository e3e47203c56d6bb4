/** Two of the clock's milestones, and the deadline between them. */
export const LAST_SECONDS = '2023-07-26T21:58:50.000Z';
const DEADLINE = '2023-07-26T21:59:00.000Z';
export const OPENING_MORNING = '2023-07-27T07:00:00.000Z';

export interface GuidePerson {
  id: string;
  name: string;
}

/** What the guided path reads. Own deposit only: the path must not tell others that a bid exists. */
export interface GuideFacts {
  now: Date;
  commissionId: string | null;
  consultationId: string | null;
  lettersSigned: boolean;
  lettersSent: boolean;
  /** Letters of organisations added later, not signed yet. */
  addedUnsigned: boolean;
  added: number;
  addedInvited: boolean;
  /** Persons of the organisations added, whose letter has left. */
  invited: string[];
  linkUsed: boolean;
  ownFiles: boolean;
  ownReceipt: boolean;
  /** Who has confirmed to be present. */
  confirmedBy: string[];
  opened: boolean;
  /** Who plays: agents of the story by their key, and the first organisation added. */
  people: Partial<Record<'officer' | 'signatory' | 'opener1' | 'opener2' | 'added' | 'ministry' | 'buyer', GuidePerson>>;
}

export interface GuideStep {
  label: string;
  who: string;
  hint: string;
  href?: string;
  /** Text to copy into the form of this step. */
  sample?: string;
  /** Whose act it is, to enter in one click. */
  as?: GuidePerson;
  /** Where the clock may go for this step. */
  jump?: string;
  /** After this instant the path goes on without the step. */
  until?: string;
  done: boolean;
}

export const SAMPLE_GUEST = 'Passerelle Rhénane (association fictive) ; offres@passerelle-rhenane.example';

/** The ten steps of the demonstration: each ticks itself from what really happened, so that leaving loses nothing. */
export function guideSteps(facts: GuideFacts): GuideStep[] {
  const { people } = facts;
  const letters = facts.commissionId ? `/commandes/${facts.commissionId}/lettres` : '/commandes';
  const call = (page: string) => (facts.consultationId ? `/consultations/${facts.consultationId}/${page}` : '/consultations');
  const signatory = 'Myriam Leheilleix, signataire';
  const officer = 'Sébastien Bouché, agent instructeur';
  const added = people.added?.name ?? 'l’organisation ajoutée';
  const nextOpener = [people.opener1, people.opener2].find((one) => one && !facts.confirmedBy.includes(one.id)) ?? people.opener1;
  const secret = facts.opened ? '' : ' Cette étape ne se coche que pour cette organisation : personne d’autre ne doit savoir qu’un pli existe.';
  return [
    { label: 'Relisez, puis signez les 20 lettres', who: signatory, hint: 'C’est la lettre réelle du 13 juillet 2023, prête au parapheur : une par organisation, une autre avec leur liste, et la lettre de commande.', href: letters, as: people.signatory, until: DEADLINE, done: facts.lettersSigned },
    { label: 'Envoyez les lettres', who: officer, hint: 'La remise des offres s’ouvre, et la clé qui scellera les plis est créée.', href: letters, as: people.officer, until: DEADLINE, done: facts.lettersSent },
    { label: 'Ajoutez une organisation inventée', who: officer, hint: 'Les 18 organisations de la lettre sont réelles : personne n’entre à leur place. En bas de la page des lettres, inventez-en une ou recopiez celle-ci :', sample: SAMPLE_GUEST, href: `${letters}#ajouter`, as: people.officer, until: DEADLINE, done: facts.added > 0 },
    { label: 'Faites signer sa lettre, puis envoyez-la', who: `${signatory}, puis ${officer}`, hint: facts.addedUnsigned ? 'Chaque organisation ajoutée reçoit sa propre lettre. Elle attend d’abord la signature.' : 'La lettre est signée : il reste à l’envoyer.', href: letters, as: facts.addedUnsigned ? people.signatory : people.officer, until: DEADLINE, done: facts.addedInvited },
    { label: 'Lisez l’invitation et entrez par le lien', who: added, hint: 'Aucun courriel ne part de la démonstration : la messagerie montre ce que l’organisation a reçu, lettre jointe.', href: '/messagerie', as: people.added, until: DEADLINE, done: facts.linkUsed },
    { label: 'Envoyez des fichiers dans le brouillon', who: added, hint: `Ils sont chiffrés à leur arrivée, mais rien n’est encore déposé.${secret}`, href: call('pli'), as: people.added, until: OPENING_MORNING, done: facts.ownFiles || facts.opened },
    { label: 'Déposez votre pli, pourquoi pas à 23:58:50', who: added, hint: `Avancez l’horloge à dix secondes de la limite, puis appuyez sur « Déposer mon pli ».${secret}`, href: call('pli'), as: people.added, jump: LAST_SECONDS, until: OPENING_MORNING, done: facts.ownReceipt || facts.opened },
    { label: 'Passez au lendemain matin', who: 'vous, avec l’horloge', hint: 'Avant la date limite et son délai, l’ouverture est refusée à tout le monde.', jump: OPENING_MORNING, done: facts.now >= new Date(OPENING_MORNING) },
    { label: 'Faites confirmer deux ouvreurs', who: 'Camille Fictif et Dominique Exemple', hint: 'Chacun déclare n’avoir aucun conflit d’intérêts.', href: call('ouverture'), as: nextOpener, done: facts.confirmedBy.length >= 2 },
    { label: 'Ouvrez les plis et lisez le procès-verbal', who: 'un des deux ouvreurs', hint: 'Tous les plis reçus à temps deviennent lisibles au même instant.', href: call('ouverture'), as: people.opener2, done: facts.opened },
  ];
}

/** What to do next; nothing once the story is told, or when its deadline passed before the letters left. */
export function nextStep(steps: readonly GuideStep[], now: Date): GuideStep | undefined {
  if (steps[1] && isPast(steps[1], now) && !steps[1].done) return undefined;
  return steps.find((step) => !step.done && !isPast(step, now));
}

export const isPast = (step: GuideStep, now: Date) => step.until !== undefined && now >= new Date(step.until);
