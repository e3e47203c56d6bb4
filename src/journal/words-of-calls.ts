import type { Words } from './words.js';

// Sentences of the journal, one per act: the call, its files, its opening.

/** A commission and its letters. */
const COMMISSIONS: Words = {
  'commission.draft': 'La commande est préparée : son brouillon est créé.',
  'commission.copy': 'La commande est préparée à partir d’une commande précédente.',
  'commission.edit': 'Le contenu de la commande est modifié.',
  'commission.addressees': ({ addressees }) => `La liste des destinataires est enregistrée${counted(addressees, ' : une organisation', ' : {n} organisations')}.`,
  'commission.add-addressees': 'Des organisations sont ajoutées aux destinataires.',
  'commission.openers': ({ openers }) => `Les ouvreurs des plis sont désignés${counted(openers, ' : une personne', ' : {n} personnes')}.`,
  'commission.specifications': 'Le cahier des charges est joint.',
  'commission.document-add': 'Un document est joint au dossier.',
  'commission.document-remove': 'Un document est retiré du dossier.',
  'commission.submit': 'Le dossier est soumis à la signature.',
  'commission.take-back': 'Le dossier est repris pour être modifié.',
  'commission.sign': 'Les lettres sont signées.',
  'commission.send': 'Les lettres signées sont envoyées aux organisations invitées.',
  'commission.abandon': 'La commande est déclarée sans suite ou infructueuse.',
};

/** A subsequent contract, until its call is launched, and how it ends. */
const CONTRACTS: Words = {
  'contract.prepare': 'Le marché est préparé.',
  'contract.relaunch': 'Le marché est relancé, à la suite d’un précédent.',
  'contract.edit': 'Le contenu du marché est modifié.',
  'contract.invitees': 'La liste des titulaires invités est enregistrée.',
  'contract.openers': ({ openers }) => `Les ouvreurs des plis sont désignés${counted(openers, ' : une personne', ' : {n} personnes')}.`,
  'contract.document-add': 'Un document est joint au dossier.',
  'contract.document-remove': 'Un document est retiré du dossier.',
  'contract.submit': 'Le dossier est soumis à la signature.',
  'contract.take-back': 'Le dossier est repris pour être modifié.',
  'contract.override': 'Le signataire passe outre un point de contrôle, par une décision motivée.',
  'contract.sign': 'Les lettres de consultation sont signées.',
  'contract.launch': 'La consultation des titulaires est lancée.',
  'contract.fail': 'La consultation est déclarée infructueuse.',
  'contract.abandon': 'La consultation est déclarée sans suite.',
  'contract.terminate': 'Le marché est résilié.',
  'contract.complete': 'Le marché est achevé.',
  'visa.ask': 'Des visas sont demandés avant la signature.',
  'visa.give': 'Un visa est donné.',
  'visa.return': 'Le dossier est renvoyé avec des observations.',
  'writing.save': 'Un document du dossier est rédigé.',
};

/** The call while it runs. */
const CALLS: Words = {
  'consultation.settings': 'Ce que le lancement annonce est réglé.',
  'consultation.expected-form': 'Un formulaire est joint à un document attendu.',
  'means.announce': 'Les moyens de remise des plis sont annoncés.',
  'consultation.extend': ({ deadlineVersion }) => `La date limite est reportée${version(deadlineVersion)}.`,
  'consultation.outage': ({ deadlineVersion }) => `La date limite est reportée par la règle annoncée, après une panne${version(deadlineVersion)}.`,
  'consultation.document': 'Un document est publié.',
  'consultation.rectify': 'Un avis rectificatif est publié.',
  'incident.notice': 'Un incident de la plateforme est constaté.',
  'attestation.ask': 'Une attestation de fonctionnement est demandée.',
  'attestation.made': 'L’attestation de fonctionnement est établie.',
  'question.ask': 'Une question est reçue.',
  'question.record': 'Une question reçue par une autre voie est enregistrée.',
  'question.draft': 'Une réponse est rédigée.',
  'question.publish': 'Les réponses sont publiées à tous les invités.',
  'question.withdraw': 'Une question est retirée.',
  'invitation.opened': 'Une invitation est consultée.',
  'invitation.intent': 'Une organisation invitée déclare son intention.',
  'invitation.colleague': 'Une organisation invitée donne accès à un collègue.',
  'invitation.repair': 'Une adresse est corrigée, l’invitation est renvoyée.',
  'invitation.bounced': 'Un courriel d’invitation n’est pas arrivé.',
  'document.withdraw': 'Un document est retiré par une organisation invitée.',
  'reminder.send': 'Un rappel est envoyé à tous les invités.',
};

/** Bids, and what is handed over: read after the opening only. */
const BIDS: Words = {
  'draft.checklist': 'Un candidat classe les documents de son brouillon.',
  'draft.consortium': 'Un candidat décrit son groupement.',
  'bid.deposit': ({ late }) => (late === true ? 'Un pli est déposé, hors délai.' : 'Un pli est déposé.'),
  'bid.confirm': 'Un candidat confirme son pli après un changement des documents.',
  'bid.withdraw': 'Un pli est retiré par son candidat.',
  'bid.unreadable': 'Un pli ouvert est déclaré illisible.',
  'bids.import': 'Les plis reçus sur une autre plateforme sont repris.',
  'delivery.record': 'Une enveloppe remise est enregistrée.',
  'delivery.destroy': 'Une copie de sauvegarde non ouverte est détruite.',
  'copy.admit': 'L’ouverture d’une copie de sauvegarde est décidée.',
  'scan.add': 'Un document d’une enveloppe est numérisé.',
  'scan.remove': 'Une numérisation est retirée.',
  'scan.end': 'La numérisation d’une enveloppe est terminée.',
  'late.eliminate': 'Un pli hors délai est éliminé.',
  'late.admit': 'Un pli hors délai est admis, par une décision motivée.',
  'late.letter-sent': 'La lettre « hors délai » est envoyée.',
  'receipt.printed': 'Un accusé de réception est imprimé.',
};

const OPENINGS: Words = {
  'opening.plan': ({ version: v }) => (Number(v) > 1 ? 'La séance d’ouverture est déplacée, ou ses membres changent.' : 'La séance d’ouverture est fixée.'),
  'opening.convened': ({ told }) => `La convocation part${counted(told, ' à un membre', ' à {n} membres')} de la séance.`,
  'opening.confirm': ({ role }) => `Un membre de la séance${role === 'substitute' ? ', suppléant,' : role === 'secretary' ? ', secrétaire,' : ''} confirme sa présence et déclare n’avoir aucun conflit d’intérêts.`,
  'opening.recuse': 'Un membre de la séance déclare un conflit d’intérêts et se récuse.',
  'opening.replace': ({ afterDeadline }) => `Un ouvreur est remplacé${afterDeadline === true ? ' après la date limite' : ''}, par une décision motivée.`,
  'opening.observe': 'Une observation est écrite au procès-verbal.',
  'opening.close': 'La séance d’ouverture est close.',
  'consultation.open': ({ opened }) => `Les plis sont ouverts${counted(opened, ' : un pli', ' : {n} plis')}.`,
  'opening.bid-checked': ({ files, intact }) => `Les empreintes d’un pli sont contrôlées${counted(files, ' : {i} fichier conforme sur 1', ' : {i} fichiers conformes sur {n}').replace('{i}', String(intact))}.`,
  'opening.checked': 'Le contrôle des empreintes est terminé.',
  'opening.minutes': 'Le procès-verbal et le registre sont établis.',
  'session.confirm': 'Un ouvreur confirme sa présence à une séance complémentaire.',
  'session.open': 'Les plis admis sont ouverts en séance complémentaire.',
  'rescue.open': 'Les plis sont lus avec la clé de secours.',
  'key.rewrap': 'La clé de la consultation est enveloppée pour de nouvelles clés.',
  'authority.quorum': ({ to }) => `La règle de l’acheteur pour ouvrir les plis change${counted(to, ' : une personne suffit', ' : {n} personnes sont requises')}.`,
};

function counted(n: unknown, one: string, many: string): string {
  if (typeof n !== 'number') return '';
  return n === 0 ? ' : aucun' : n === 1 ? one : many.replace('{n}', String(n));
}

const version = (n: unknown) => (typeof n === 'number' ? ` (version ${n})` : '');

export const CALL_WORDS: Words = { ...COMMISSIONS, ...CONTRACTS, ...CALLS, ...BIDS, ...OPENINGS };
