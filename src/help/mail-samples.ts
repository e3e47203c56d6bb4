/** Invented data for the pages that show every mail. */
export const MAIL_SAMPLES: Record<string, { subject: string; when: string; data: object }> = {
  invitation: {
    subject: 'Vous êtes invité à déposer une offre',
    when: 'À chaque organisation, quand l’agent envoie les lettres signées.',
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
  'sign-in-link': { subject: 'Votre lien de connexion à Souspli', when: 'À qui demande un lien depuis la page de connexion, et dont l’adresse est connue.', data: { url: 'http://localhost:3000/lien/exemple' } },
  receipt: { subject: 'Accusé de réception de votre pli', when: 'À l’organisation, à chaque dépôt reçu à temps.', data: { late: false, url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
  'receipt-late': { subject: 'Accusé de réception de votre pli, hors délai', when: 'À l’organisation, quand son dépôt est arrivé après la date limite.', data: { late: true, url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
  'green-light': { subject: 'Feu vert : de la vague 2023', when: 'Aux acheteurs régionaux concernés, quand le ministère donne un feu vert.', data: greenLightSample() },
  'green-light-revoked': { subject: 'Feu vert retiré', when: 'Aux mêmes, quand il est retiré.', data: { ...greenLightSample(), revokedOn: '20 juillet 2023', reason: 'Crédits suspendus (fictif).' } },
  'framework-ending': {
    subject: 'L’accord-cadre prend fin dans moins de 60 jours',
    when: 'Aux acheteurs de la région et aux agents du département dont un marché n’est pas signé, 90, 60 et 30 jours avant la fin de l’accord-cadre, et une fois qu’elle est passée.',
    data: { ended: false, left: ', dans 58 jours', framework: 'Accord-cadre AGIR', reference: 'AGIR-2022', endsOn: '31 mai 2026', contracts: [{ name: 'Bas-Rhin (67)', status: 'lancé, à signer', url: 'http://localhost:3000/marches/exemple' }, { name: 'Haut-Rhin (68)', status: 'en préparation', url: 'http://localhost:3000/marches/exemple' }] },
  },
  'consultation-ended': {
    subject: 'Consultation sans suite',
    when: 'À chaque organisation invitée, quand la consultation finit sans attribution.',
    data: { organisation: 'Passerelle Rhénane (association fictive)', title: 'Marché subséquent AGIR du Bas-Rhin', buyer: 'Plateforme régionale des achats du Grand Est', reference: 'PFRA44-exemple', paragraphs: ['La consultation est déclarée sans suite. Motif : besoin redéfini (fictif).'], contact: { name: 'Claude FICTIF', phone: '03 00 00 00 00', email: 'achats@pfra44.example' }, url: 'http://localhost:3000/consultations/exemple' },
  },
  notice: {
    subject: 'Date limite reportée',
    when: 'À tous les invités à la fois, quand quelque chose change avant la date limite.',
    data: { heading: 'Date limite reportée', organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', buyer: 'Préfecture du Bas-Rhin', reference: 'DDETS67-exemple', paragraphs: ['Un document est complété (fictif).'], oldDeadline: 'mercredi 26 juillet 2023 à 23 h 59', newDeadline: 'vendredi 28 juillet 2023 à 12 h 00', zone: 'heure de Paris', significant: true, contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' }, url: 'http://localhost:3000/consultations/exemple' },
  },
  work: { subject: 'Donnez votre visa', when: 'À l’agent dont le visa est demandé avant la signature.', data: { heading: 'Donnez votre visa', text: 'Lisez le dossier, puis donnez votre visa ou renvoyez-le avec vos observations.', title: 'Diagnostic pré-opérationnel AGIR', reference: 'DDETS67-exemple', url: 'http://localhost:3000/consultations/exemple/visas' } },
  digest: { subject: 'Traitez vos dossiers', when: 'À l’agent qui a choisi un seul courriel par jour, à 8 h, quand quelque chose l’attend.', data: { things: '2 choses à faire', items: [{ heading: 'Donnez votre visa', title: 'Diagnostic pré-opérationnel AGIR', reference: 'DDETS67-exemple', at: 'mardi 18 juillet 2023 à 15 h 02', text: 'Lisez le dossier, puis donnez votre visa ou renvoyez-le avec vos observations.', url: 'http://localhost:3000/consultations/exemple/visas' }, { heading: 'Répondez à une question', title: 'Diagnostic pré-opérationnel AGIR', reference: 'DDETS67-exemple', at: 'mardi 18 juillet 2023 à 17 h 40', text: 'Une organisation invitée a posé la question 3.', url: 'http://localhost:3000/consultations/exemple/questions' }], url: 'http://localhost:3000/a-faire', preferencesUrl: 'http://localhost:3000/mes-preferences' } },
  reminder: { subject: 'Rappel', when: 'À tous les invités, avant la date limite ; chacun n’y lit que l’état de son propre pli.', data: { organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', reference: 'DDETS67-exemple', deadline: 'mercredi 26 juillet 2023 à 23 h 59', zone: 'heure de Paris', own: 'Votre brouillon contient 2 fichiers, mais rien n’est déposé.', contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' }, help: { telephone: '01 99 00 12 34', email: 'assistance@souspli.example', hours: 'du lundi au vendredi de 9 h à 18 h' }, url: 'http://localhost:3000/consultations/exemple/pli', askUrl: 'http://localhost:3000/demander-un-lien' } },
  colleague: { subject: 'Accès à une consultation', when: 'Au collègue à qui l’organisation donne accès.', data: { by: 'Aline Exemple', organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', buyer: 'Préfecture du Bas-Rhin', url: 'http://localhost:3000/lien/exemple', askUrl: 'http://localhost:3000/demander-un-lien' } },
  'invitation-again': { subject: 'Votre invitation, renvoyée à la bonne adresse', when: 'À une organisation dont le premier courriel n’est pas arrivé, à sa bonne adresse.', data: { organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', buyer: 'Préfecture du Bas-Rhin', reference: 'DDETS67-exemple', contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' }, url: 'http://localhost:3000/lien/exemple', askUrl: 'http://localhost:3000/demander-un-lien' } },
  'diagnostic-shared': {
    subject: 'Diagnostic mis à votre disposition',
    when: 'À chaque titulaire du lot, quand le diagnostic est remis à tous.',
    data: { organisation: 'Passerelle Rhénane (association fictive)', title: 'Diagnostic pré-opérationnel du Bas-Rhin', author: 'Études et Territoires (cabinet fictif)', version: '1', publishedOn: '12 juillet 2023', publicAddress: 'https://exemple.example/diagnostic', attached: true },
  },
  convocation: {
    subject: 'Convocation à l’ouverture des plis',
    when: 'À chaque membre de la séance d’ouverture, quand l’agent la fixe ou la déplace, avec la lettre et un fichier pour l’agenda.',
    data: { moved: false, title: 'Diagnostic pré-opérationnel AGIR', reference: 'DDETS67-exemple', startsAt: 'jeudi 27 juillet 2023 à 10 h 00, heure de Paris', where: 'salle 204, 6 rue du Maire (fictif)', role: 'ouvreuse désignée', quorum: 'Deux personnes désignées doivent être présentes pour ouvrir les plis.', contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' }, url: 'http://localhost:3000/consultations/exemple/ouverture' },
  },
  problem: { subject: 'Votre signalement P-2023-0007-K3F9 est enregistré', when: 'À qui a signalé un problème en laissant son adresse.', data: { number: 'P-2023-0007-K3F9', at: '26 juillet 2023 à 23 h 58 min 12,345 s', zone: 'heure de Paris' } },
  replacement: { subject: 'Votre pli est remplacé', when: 'À l’établissement dont le pli cède la place à celui d’un autre établissement du même organisme.', data: { url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
  withdrawal: { subject: 'Accusé de retrait de votre pli', when: 'À l’organisation, quand elle retire son pli.', data: { url: 'http://localhost:3000/recus/exemple', receipt: receiptSample() } },
  delivery: { subject: 'Récépissé de votre pli', when: 'À l’organisation dont un pli sur support physique est enregistré par l’agent.', data: { url: 'http://localhost:3000/recus/exemple', late: false, copy: false, receipt: { ...receiptSample(), delivery: { broughtBy: 'Aline Exemple (fictive)' } } } },
  'late-bid': { subject: 'Votre pli est arrivé hors délai', when: 'Au candidat dont le pli arrivé hors délai est éliminé, avec sa lettre.', data: lateSample() },
  certificates: { subject: 'Pièces à fournir', when: 'À l’attributaire pressenti, et à lui seul, quand l’acheteur lui demande ses attestations, ou refuse l’une d’elles.', data: { ...lateSample(), heading: 'Pièces à fournir', again: false, items: ['Attestation de régularité fiscale'], due: '5 août 2023', url: 'http://localhost:3000/consultations/exemple/courriers' } },
  'certificates-reminder': { subject: 'Rappel : pièces à fournir', when: 'À l’attributaire pressenti dont des pièces manquent, trois jours avant la date limite.', data: { ...lateSample(), heading: 'Rappel : pièces à fournir', items: ['Attestation de régularité fiscale'], due: '5 août 2023', url: 'http://localhost:3000/consultations/exemple/courriers' } },
  award: { subject: 'Votre offre est retenue', when: 'À l’attributaire, avec sa lettre, à la seconde où toutes les lettres partent.', data: { ...lateSample(), url: 'http://localhost:3000/consultations/exemple/courriers' } },
  rejection: { subject: 'Suite donnée à votre offre', when: 'À chaque autre candidat, avec sa lettre, à la même seconde.', data: { ...lateSample(), url: 'http://localhost:3000/consultations/exemple/courriers' } },
  reasons: { subject: 'Réponse à votre demande de motifs', when: 'Au candidat qui a demandé les motifs du rejet, avec la lettre de réponse.', data: { ...lateSample(), url: 'http://localhost:3000/consultations/exemple/courriers' } },
  'bid-request': { subject: 'Demande de précisions', when: 'Au candidat à qui l’acheteur demande une pièce, une régularisation, une précision ou la justification de son prix, avec sa lettre.', data: { ...lateSample(), heading: 'Demande de précisions', deadline: 'vendredi 4 août 2023 à 12 h 00, heure de Paris', url: 'http://localhost:3000/consultations/exemple/demandes/exemple' } },
  'late-admitted': { subject: 'Votre pli est admis', when: 'Au candidat dont le pli arrivé hors délai est admis par le signataire.', data: lateSample() },
  incident: { subject: 'Incident de la plateforme', when: 'À l’agent, quand la plateforme s’est arrêtée avant une date limite.', data: { title: 'Diagnostic pré-opérationnel AGIR', reference: 'DDETS67-exemple', minutes: 14, from: 'mercredi 26 juillet 2023 à 16 h 02', to: 'mercredi 26 juillet 2023 à 16 h 16', deadline: 'mercredi 26 juillet 2023 à 23 h 59', url: 'http://localhost:3000/consultations/exemple/incident' } },
};

function lateSample() {
  return { organisation: 'Lignes Claires (association fictive)', title: 'Diagnostic pré-opérationnel AGIR', buyer: 'Préfecture du Bas-Rhin', reference: 'DDETS67-exemple', contact: { name: 'Sébastien BOUCHÉ', phone: '07 84 38 11 24', email: 'sebastien.bouche@bas-rhin.gouv.fr' }, url: 'http://localhost:3000/consultations/exemple/pli' };
}

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
