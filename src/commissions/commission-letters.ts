import type { Config } from '../config.js';
import { deadlineInFrench, meansOf } from '../consultations/call-words.js';
import type { Consultation } from '../consultations/consultation.js';
import { announcedRules } from '../consultations/means.js';
import { type AddresseeChoice, frameOf, type Signed } from '../letters/frame.js';
import type { CommissionLetterData, InvitationData, LetterFrame } from '../letters/letter-data.js';
import type { Authority } from '../people/people.js';
import { frenchNumber } from '../platform/templates.js';
import { dayInFrench } from '../platform/working-days.js';
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
  signed: Signed | null;
}

function commissionFrame(facts: LetterFacts, addressee: AddresseeChoice, attachments: readonly string[], subject = facts.commission.terms.subject): LetterFrame {
  const { authority, consultation, config, signed } = facts;
  return frameOf({ authority, contact: consultation.contact, demo: config.demo, signed, subject, attachments, addressee });
}

/** D1: the covering letter, in its two forms. */
export function invitationLetter(facts: LetterFacts, choice: AddresseeChoice): InvitationData {
  const { terms } = facts.commission;
  const { purpose } = terms;
  return {
    frame: commissionFrame(facts, choice, [
      `lettre de commande de ${withoutArticle(purpose)}`,
      `cahier des charges du ${studyOf(purpose)}`,
      ...facts.commission.documents.map((one) => one.title),
    ]),
    paragraphs: terms.paragraphs,
    phases: terms.phases.length > 0 ? { intro: terms.phasesIntro, items: terms.phases } : undefined,
    purpose,
    deadline: deadlineInFrench(facts.consultation, facts.authority),
    means: meansOf(facts.consultation, facts.authority, facts.config, choice.mode === 'single' ? [choice.lines] : []),
  };
}

/** « la réalisation du diagnostic » → « réalisation d’un diagnostic », as the Bas-Rhin writes it. */
const withoutArticle = (purpose: string) => purpose.replace(/^(la |le |l’)/, '').replace(' du ', ' d’un ');
const studyOf = (purpose: string) => purpose.replace(/^.*? (du |de la |de l’)/, '');

/** D2: the terms of the small purchase. */
export function commissionLetter(facts: LetterFacts): CommissionLetterData {
  const { commission, consultation, authority } = facts;
  const { terms } = commission;
  return {
    frame: commissionFrame(facts, { mode: 'in-fine', names: ['Organisations invitées à remettre une offre'] }, ['cahier des charges', ...commission.documents.map((one) => one.title)], `lettre de commande – ${commission.title}`),
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
    expected: consultation.expected.map((one) => one.label),
    questionsBefore: consultation.questionsBefore ? dayInFrench(consultation.questionsBefore) : undefined,
    deadline: deadlineInFrench(consultation, authority),
    means: meansOf(facts.consultation, facts.authority, facts.config),
    rules: announcedRules(consultation),
    contact: consultation.contact,
  };
}

function cents(amount: number): string {
  const rest = amount % 100;
  return rest === 0 ? '' : `,${String(rest).padStart(2, '0')}`;
}
