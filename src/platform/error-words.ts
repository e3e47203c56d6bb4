/** Title of an error page, and what to do next: the message itself says what happened. */
export interface ErrorWords {
  title: string;
  advice: string[];
}

const WORDS: Record<string, ErrorWords> = {
  400: {
    title: 'Demande illisible',
    advice: ['Revenez à la page, rechargez-la, puis recommencez.', 'Si vous avez suivi un lien d’un courriel, vérifiez qu’il n’est pas coupé sur deux lignes.'],
  },
  403: {
    title: 'Action réservée',
    advice: ['Vérifiez en haut de la page avec quel compte vous êtes identifié.', 'Si ce rôle devrait être le vôtre, demandez-le à l’administrateur technique de votre service.'],
  },
  404: {
    title: 'Page introuvable',
    advice: ['Vérifiez l’adresse, ou repartez de l’accueil.', 'Vous attendiez une consultation ? Elle n’apparaît qu’aux organisations invitées, avec l’adresse électronique qui a reçu l’invitation.'],
  },
  409: { title: 'Action refusée', advice: ['Revenez à la page : elle montre l’état actuel et ce qui reste possible.'] },
  413: {
    title: 'Envoi trop volumineux',
    advice: ['Réduisez le fichier : une image numérisée à 200 points par pouce suffit.', 'Pour un pli, séparez le document en plusieurs fichiers : les limites sont écrites sur la page du dépôt.'],
  },
  429: {
    title: 'Trop de demandes',
    advice: ['Attendez une minute, puis recommencez : rien n’est bloqué durablement.', 'Si la date limite approche, téléphonez sans attendre.'],
  },
  500: {
    title: 'Erreur de notre côté',
    advice: ['Revenez à la page et recommencez dans un instant.', 'Si l’erreur se répète, appelez en donnant la référence ci-dessus : elle permet de retrouver ce qui s’est passé.', 'Un dépôt dont vous avez reçu l’accusé existe : son numéro en est la preuve.'],
  },
  503: {
    title: 'Maintenance en cours',
    advice: ['Laissez cette page ouverte et rechargez-la dans quelques minutes : ce que vous aviez saisi est encore dans la page précédente.', 'Si une date limite tombe pendant cette maintenance, téléphonez : l’interruption est consignée et la préfecture en tient compte.'],
  },
  'try-again': {
    title: 'Enregistrement impossible pour le moment',
    advice: [
      'Revenez à la page et recommencez : ce que vous aviez saisi ou envoyé y est encore.',
      'Un dépôt demandé deux fois depuis la même page n’en fait qu’un.',
      'Si une date limite approche, téléphonez sans attendre : l’interruption est consignée et la préfecture en tient compte.',
    ],
  },
};

const OTHERWISE: ErrorWords = { title: 'Action refusée', advice: ['Revenez à la page, puis recommencez.'] };

/** @param status of HTTP, or a code that has words of its own */
export const errorWords = (status: number | string): ErrorWords => WORDS[status] ?? OTHERWISE;
