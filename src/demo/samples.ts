/** Invented data for the pages that show every mail and every component (demonstration only). */
export const MAIL_SAMPLES: Record<string, { subject: string; data: object }> = {
  invitation: {
    subject: 'Vous êtes invité à déposer une offre',
    data: {
      title: 'Diagnostic pré-opérationnel AGIR',
      organisation: 'Passerelle Rhénane (association fictive)',
      buyer: 'Préfecture du Bas-Rhin',
      reference: 'DDETS67-exemple',
      enclosures: 'votre lettre, la lettre de commande et le cahier des charges',
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
  'green-light': { subject: 'Feu vert : de la vague 2023', data: greenLightSample() },
  'green-light-revoked': { subject: 'Feu vert retiré', data: { ...greenLightSample(), revokedOn: '20 juillet 2023', reason: 'Crédits suspendus (fictif).' } },
  'consultation-ended': {
    subject: 'Consultation sans suite',
    data: { organisation: 'Passerelle Rhénane (association fictive)', title: 'Marché subséquent AGIR du Bas-Rhin', buyer: 'Plateforme régionale des achats du Grand Est', reference: 'PFRA44-exemple', paragraphs: ['La consultation est déclarée sans suite. Motif : besoin redéfini (fictif).'], contact: { name: 'Claude FICTIF', phone: '03 00 00 00 00', email: 'achats@pfra44.example' }, url: 'http://localhost:3000/consultations/exemple' },
  },
  notice: {
    subject: 'Date limite reportée',
    data: { heading: 'Date limite reportée', organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', buyer: 'Préfecture du Bas-Rhin', reference: 'DDETS67-exemple', paragraphs: ['Un document est complété (fictif).'], oldDeadline: 'mercredi 26 juillet 2023 à 23 h 59', newDeadline: 'vendredi 28 juillet 2023 à 12 h 00', zone: 'heure de Paris', significant: true, contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' }, url: 'http://localhost:3000/consultations/exemple' },
  },
  work: { subject: 'Donnez votre visa', data: { heading: 'Donnez votre visa', text: 'Lisez le dossier, puis donnez votre visa ou renvoyez-le avec vos observations.', title: 'Diagnostic pré-opérationnel AGIR', reference: 'DDETS67-exemple', url: 'http://localhost:3000/consultations/exemple/visas' } },
  reminder: { subject: 'Rappel', data: { organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', reference: 'DDETS67-exemple', deadline: 'mercredi 26 juillet 2023 à 23 h 59', zone: 'heure de Paris', own: 'Votre brouillon contient 2 fichiers, mais rien n’est déposé.', contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' }, help: { telephone: '01 99 00 12 34', email: 'assistance@souspli.example', hours: 'du lundi au vendredi de 9 h à 18 h' }, url: 'http://localhost:3000/consultations/exemple/pli', askUrl: 'http://localhost:3000/demander-un-lien' } },
  colleague: { subject: 'Accès à une consultation', data: { by: 'Aline Exemple', organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', buyer: 'Préfecture du Bas-Rhin', url: 'http://localhost:3000/lien/exemple', askUrl: 'http://localhost:3000/demander-un-lien' } },
  'invitation-again': { subject: 'Votre invitation, renvoyée à la bonne adresse', data: { organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', buyer: 'Préfecture du Bas-Rhin', reference: 'DDETS67-exemple', contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' }, url: 'http://localhost:3000/lien/exemple', askUrl: 'http://localhost:3000/demander-un-lien' } },
  'diagnostic-shared': {
    subject: 'Diagnostic mis à votre disposition',
    data: { organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel du Bas-Rhin', author: 'Études et Territoires (cabinet fictif)', version: '1', publishedOn: '12 juillet 2023', publicAddress: 'https://exemple.example/diagnostic', attached: true },
  },
  problem: { subject: 'Votre signalement P-2023-0007-K3F9 est enregistré', data: { number: 'P-2023-0007-K3F9', at: '26 juillet 2023 à 23 h 58 min 12,345 s', zone: 'heure de Paris' } },
  replacement: { subject: 'Votre pli est remplacé', data: { url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
  withdrawal: { subject: 'Accusé de retrait de votre pli', data: { url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
};

function greenLightSample() {
  return { scope: 'de la vague 2023', framework: 'Accord-cadre AGIR', givenOn: '12 juillet 2023', reference: 'DGEF/exemple', conditions: '', url: 'http://localhost:3000/accords-cadres/exemple/feux-verts/exemple' };
}

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
