import { Config } from '../config.js';
import type { Consultation, Invitation } from '../consultations/consultation.js';
import type { CommissionLetterData, InvitationData, LetterFrame, Means, Signature } from '../letters/letter-data.js';
import type { Delegation } from '../letters/letter.js';
import type { Authority, Person } from '../people/people.js';
import { frenchDate, frenchHour, stampDate, zoneInFrench } from '../platform/dates.js';
import { frenchBytes, frenchNumber } from '../platform/templates.js';
import type { Commission } from './commission.js';

const NBSP = '\u00a0';
export const LETTER_ATTACHMENTS = ['lettre de commande', 'cahier des charges'] as const;

/** All that the letters of one commission quote. */
export interface LetterFacts {
  commission: Commission;
  consultation: Consultation;
  authority: Authority;
  config: Config;
  /** Null while nobody has signed: the letter then says « Projet ». */
  signed: { person: Person; delegation: Delegation; at: Date } | null;
}

export type AddresseeChoice = { mode: 'in-fine'; names: string[] } | { mode: 'single'; invitation: Invitation };

/** « 26 juillet 2023 à 23h59 », hours as the authority writes them. */
export function deadlineInFrench(consultation: Consultation, authority: Authority): string {
  const { deadline, timeZone } = consultation;
  return `${frenchDate(deadline, timeZone)} à ${frenchHour(deadline, timeZone, authority.hourStyle)}`;
}

/** The limits announced on the page are those announced in the letter. */
export function meansOf({ consultation, authority, config }: LetterFacts): Means {
  const hour = frenchHour(consultation.deadline, consultation.timeZone, authority.hourStyle);
  return {
    platformUrl: config.baseUrl,
    fileLimit: frenchBytes(config.maxFileBytes),
    totalLimit: frenchBytes(config.maxBidBytes),
    zoneSentence: `L’heure qui fait foi est l’heure légale du siège de la préfecture (${zoneInFrench(consultation.timeZone)})${NBSP}: un pli reçu à ${hour} précises est hors délai.`,
  };
}

function signatureOf({ authority, signed }: LetterFacts): Signature | null {
  if (!signed) return null;
  return {
    qualityLines: [authority.letterhead.delegationLine, signed.delegation.quality],
    name: `${signed.person.givenName} ${signed.person.familyName.toLocaleUpperCase('fr-FR')}`,
  };
}

export function frameOf(facts: LetterFacts, choice: AddresseeChoice, attachments: readonly string[]): LetterFrame {
  const { authority, consultation, commission, config, signed } = facts;
  return {
    brandLabel: authority.letterhead.brandLines,
    motto: authority.letterhead.motto,
    service: authority.letterhead.serviceLines,
    // At the foot rather than in a band: the letter keeps to one page, like the real one.
    footer: [...(config.demo ? ['Démonstration : document sans valeur'] : []), ...authority.letterhead.footerLines],
    caseOfficer: consultation.contact,
    place: authority.place,
    date: signed ? stampDate(signed.at, authority.timeZone) : null,
    authorTitles: authority.letterhead.authorTitles,
    addressee: choice.mode === 'single' ? { mode: 'single', lines: [choice.invitation.name, ...choice.invitation.address] } : { mode: 'in-fine' },
    subject: commission.terms.subject,
    attachments: [...attachments],
    closing: 'Mes services restent à votre disposition pour toute information complémentaire.',
    signature: signatureOf(facts),
    inFine: choice.mode === 'in-fine' ? choice.names : undefined,
  };
}

/** D1: the covering letter, in its two forms. */
export function invitationLetter(facts: LetterFacts, choice: AddresseeChoice): InvitationData {
  const { terms } = facts.commission;
  const { purpose } = terms;
  return {
    frame: frameOf(facts, choice, [
      `lettre de commande de ${withoutArticle(purpose)}`,
      `cahier des charges du ${studyOf(purpose)}`,
    ]),
    paragraphs: terms.paragraphs,
    phases: terms.phases.length > 0 ? { intro: terms.phasesIntro, items: terms.phases } : undefined,
    purpose,
    deadline: deadlineInFrench(facts.consultation, facts.authority),
    means: meansOf(facts),
  };
}

/** « la réalisation du diagnostic » → « réalisation d’un diagnostic », as the Bas-Rhin writes it. */
const withoutArticle = (purpose: string) => purpose.replace(/^(la |le |l’)/, '').replace(' du ', ' d’un ');
const studyOf = (purpose: string) => purpose.replace(/^.*? (du |de la |de l’)/, '');

/** D2: the terms of the small purchase. */
export function commissionLetter(facts: LetterFacts): CommissionLetterData {
  const { commission, consultation, authority } = facts;
  const { terms } = commission;
  const frame = frameOf(facts, { mode: 'in-fine', names: ['Organisations invitées à remettre une offre'] }, ['cahier des charges']);
  return {
    frame: { ...frame, subject: `lettre de commande – ${commission.title}` },
    reference: consultation.reference,
    object: terms.object,
    legalBasis: 'l’article R. 2122-8 du code de la commande publique',
    deliverables: terms.deliverables,
    schedule: [
      { label: 'Remise des offres', date: `avant le ${deadlineInFrench(consultation, authority)}` },
      { label: 'Remise du livrable', date: terms.deliverableDue },
    ],
    priceCeiling: `${frenchNumber(Math.floor(commission.ceilingCents / 100))}${cents(commission.ceilingCents)}${NBSP}€${facts.config.demo ? ' (montant fictif)' : ''}`,
    acceptanceDelay: `trente jours à compter de la remise`,
    paymentDelay: `trente jours à compter de la réception de la facture`,
    criteria: terms.criteria,
    deadline: deadlineInFrench(consultation, authority),
    means: meansOf(facts),
    contact: consultation.contact,
  };
}

function cents(amount: number): string {
  const rest = amount % 100;
  return rest === 0 ? '' : `,${String(rest).padStart(2, '0')}`;
}
