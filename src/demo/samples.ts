/** Invented data for the pages that show every mail and every component (demonstration only). */
export const MAIL_SAMPLES: Record<string, { subject: string; data: object }> = {
  invitation: {
    subject: 'Vous êtes invité à déposer une offre',
    data: {
      title: 'Diagnostic pré-opérationnel AGIR',
      organisation: 'Passerelle Rhénane (association fictive)',
      buyer: 'Préfecture du Bas-Rhin',
      reference: 'DDETS67-exemple',
      deadline: 'mercredi 26 juillet 2023 à 23 h 59',
      zone: 'heure de Paris',
      contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' },
      url: 'http://localhost:3000/lien/exemple',
      askUrl: 'http://localhost:3000/demander-un-lien',
    },
  },
  'sign-in-link': { subject: 'Votre lien de connexion à Souspli', data: { url: 'http://localhost:3000/lien/exemple' } },
  receipt: { subject: 'Accusé de réception de votre pli', data: { late: false, url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
  'receipt-late': { subject: 'Accusé de réception de votre pli, hors délai', data: { late: true, url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
  withdrawal: { subject: 'Accusé de retrait de votre pli', data: { url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
};

function receiptSample() {
  return {
    operator: { name: 'Passerelle Rhénane (association fictive)' },
    buyer: 'Préfecture du Bas-Rhin',
    consultation: { title: 'Diagnostic pré-opérationnel AGIR', object: 'Réaliser le diagnostic départemental pré-opérationnel.' },
    receivedAtLocal: '25 juillet 2023 à 17 h 02 min 14,345 s',
    files: [{ name: 'Mémoire technique.pdf', size: 3_000_000 }],
    sealHash: 'f7334469404e7087fb98400a14785e5240f9f4e6dc6bec56bf09b37c5c0c2b21',
  };
}

/** One of each component, every state. */
export function componentSamples(now: Date) {
  return {
    sampleNow: now,
    far: new Date(now.getTime() + 13 * 86_400_000),
    soon: new Date(now.getTime() + 40 * 60_000),
    tabs: [{ href: '#1', label: 'Présentation' }, { href: '#2', label: 'Documents', state: '4' }, { href: '#3', label: 'Mon dépôt', current: true }],
    files: [
      { name: 'memoire-technique.pdf', size: 8_400_000, href: '#f', note: 'reçu dans le brouillon' },
      { name: 'acte-d-engagement-avec-un-nom-de-fichier-vraiment-tres-long-qui-deborde-des-colonnes.pdf', size: 120_000, href: '#g' },
    ],
    zones: [{ value: 'a', label: 'Heure de Paris' }, { value: 'b', label: 'Heure de La Réunion' }],
    kinds: [{ value: 'p', label: 'La préfète', hint: 'Sans délégation.' }, { value: 's', label: 'Le secrétaire général', hint: 'Par délégation du 3 mars 2023.' }],
    sampleSteps: [
      { label: 'Préparer', state: 'done', date: '3 juillet 2023', href: '#' },
      { label: 'Répondre aux questions', state: 'current', date: 'jusqu’au 21 juillet 2023', href: '#' },
      { label: 'Ouvrir les plis', state: 'blocked', date: '27 juillet 2023', blocks: ['Il manque un second ouvreur.', { label: 'Déclarer l’absence de conflit d’intérêts', href: '#' }] },
      { label: 'Attribuer', state: 'todo' },
    ],
    facts: [{ label: 'Acheteur', value: 'Préfecture du Bas-Rhin' }, { label: 'Montant maximal', value: '24 000,00 € HT', note: 'montant fictif' }],
    effects: ['Les plis sont déchiffrés et deviennent lisibles.', 'Le procès-verbal est dressé.'],
    letters: [
      { to: 'Passerelle Rhénane', label: 'Signée', tone: 'done', date: '5 juillet 2023', amount: '24 000,00 €' },
      { to: 'Lignes Claires', label: 'À signer', tone: 'attention', date: '–', amount: '18 500,00 €' },
    ],
    events: [
      { date: '24 juillet 2023 à 17 h 02', label: 'Pli déposé', author: 'Aline Exemple', tone: 'done' },
      { date: '12 juillet 2023', label: 'Document complété', detail: 'Annexe 2.', tone: 'attention' },
      { date: '5 juillet 2023', label: 'Invitation envoyée' },
    ],
  };
}
