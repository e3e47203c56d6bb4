import type { Config } from '../config.js';
import { deadlineInFrench } from '../consultations/call-words.js';
import type { Consultation } from '../consultations/consultation.js';
import type { BidRequestData } from '../letters/bid-request-data.js';
import { frameOf, type Signed } from '../letters/frame.js';
import type { Authority } from '../people/people.js';
import { frenchHour, zoneInFrench } from '../platform/dates.js';
import { paragraphsOf } from '../platform/typed.js';
import type { BidRequest, RequestKind } from './bid-request.js';

interface Words {
  subject: string;
  intro: string;
  limits: string;
  consequence: string;
}

const CODE = 'du code de la commande publique';
const WORDS: Record<RequestKind, Words> = {
  'missing-documents': {
    subject: 'pièces à produire',
    intro: `En application de l’article R. 2144-2 ${CODE}, je vous demande de produire ou de compléter les pièces suivantes :`,
    limits: 'Le même délai est donné à tous les candidats concernés. Votre réponse complète votre candidature : elle ne modifie pas votre offre.',
    consequence: 'Sans réponse complète avant cette date, votre candidature sera déclarée irrecevable et éliminée (article R. 2144-7).',
  },
  regularisation: {
    subject: 'régularisation de votre offre',
    intro: `Votre offre ne respecte pas toutes les exigences des documents de la consultation. En application de l’article R. 2152-2 ${CODE}, vous êtes autorisé à la régulariser sur les points suivants :`,
    limits: 'Le même délai est donné à tous les candidats concernés. La régularisation ne modifie aucune caractéristique substantielle de votre offre : son prix, en particulier, ne change pas.',
    consequence: 'Sans régularisation complète avant cette date, votre offre reste irrégulière et sera éliminée (article R. 2152-1).',
  },
  clarification: {
    subject: 'précisions sur votre offre',
    intro: `En application de l’article R. 2161-5 ${CODE}, je vous demande de préciser la teneur de votre offre sur les points suivants :`,
    limits: 'Ces précisions ne peuvent ni compléter votre offre, ni la modifier.',
    consequence: 'Sans réponse avant cette date, votre offre sera examinée telle que vous l’avez remise.',
  },
  completion: {
    subject: 'compléments à votre offre',
    intro: `Vous êtes le seul titulaire du lot. En application de l’article R. 2162-9 ${CODE}, je vous demande de compléter votre offre sur les points suivants :`,
    limits: 'Les conditions fixées par l’accord-cadre ne changent pas.',
    consequence: 'Sans réponse avant cette date, votre offre sera examinée telle que vous l’avez remise.',
  },
  'abnormally-low': {
    subject: 'justification de votre prix',
    intro: `Le montant de votre offre paraît anormalement bas. En application des articles L. 2152-6 et R. 2152-3 ${CODE}, je vous demande toutes précisions et justifications de nature à expliquer votre prix, en particulier sur les points suivants :`,
    limits: 'Peuvent notamment être pris en compte les modalités de la prestation, les conditions exceptionnellement favorables dont vous disposez, l’originalité de votre offre, le respect des obligations sociales, environnementales et du droit du travail, et l’obtention d’une aide d’État. Votre réponse ne modifie ni votre prix, ni votre offre.',
    consequence: 'Sans réponse avant cette date, ou si vos justifications n’établissent pas que ce prix permet d’exécuter le marché, votre offre sera rejetée par une décision motivée (article R. 2152-4).',
  },
};

/** Points that are usual to ask of a price (R2152-3): proposed, then written over. */
export const LOW_PRICE_ITEMS = ['la décomposition de votre prix : temps de travail, salaires et charges, déplacements, frais généraux', 'les conditions particulières qui expliquent ce montant', 'le respect des obligations sociales et du droit du travail'];

export interface RequestLetterFacts {
  consultation: Consultation;
  authority: Authority;
  addressee: { name: string; address: string[] };
  request: Pick<BidRequest, 'kind' | 'reason' | 'items' | 'deadline' | 'timeZone'>;
  config: Config;
  /** Null while nobody has signed: the letter then says « Projet ». */
  signed: Signed | null;
}

/** D10 to D13: one letter per bidder, each of its own lines only. */
export function requestLetter({ consultation, authority, addressee, request, config, signed }: RequestLetterFacts): BidRequestData {
  const { subject, intro, limits, consequence } = WORDS[request.kind];
  return {
    frame: frameOf({ authority, contact: consultation.contact, demo: config.demo, signed, subject: `${subject} – ${consultation.title}`, attachments: [], addressee: { mode: 'single', lines: [addressee.name, ...addressee.address] } }),
    consultation: consultation.title,
    reference: consultation.reference,
    reasons: paragraphsOf(request.reason ?? ''),
    intro,
    items: request.items.map((item, index, all) => closed(item, index === all.length - 1)),
    deadline: deadlineInFrench(request, authority),
    zoneSentence: `L’heure qui fait foi est l’heure légale du siège de la préfecture (${zoneInFrench(request.timeZone)}) : une réponse reçue à ${frenchHour(request.deadline, request.timeZone, authority.hourStyle)} précises est tardive.`,
    limits,
    consequence,
    platformUrl: `${config.baseUrl}/consultations/${consultation.id}/demandes`,
  };
}

/** Items of a list end with a semicolon, the last one with a full stop (domain.md 4.1). */
const closed = (item: string, last: boolean) => `${item.replace(/[\s.;,]+$/, '')}${last ? '.' : ' ;'}`;
