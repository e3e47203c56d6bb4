import type { Config } from '../config.js';
import { deadlineInFrench, meansOf } from '../consultations/call-words.js';
import type { Consultation, Invitation } from '../consultations/consultation.js';
import { announcedRules } from '../consultations/means.js';
import { type AddresseeChoice, frameOf, type Signed } from '../letters/frame.js';
import type { ConsultationLetterData } from '../letters/letter-data.js';
import { typeset, typesetAll } from '../letters/typography.js';
import { canonical } from '../platform/canonical.js';
import { department } from '../people/departments.js';
import type { Authority } from '../people/people.js';
import { frenchNumber } from '../platform/templates.js';
import { addDays, type Day, dayInFrench, workingDaysBefore } from '../platform/working-days.js';
import type { Diagnostic } from '../commissions/diagnostic.js';
import type { FoundContract } from './contract-facts.js';

export interface ContractLetterFacts {
  contract: FoundContract;
  consultation: Consultation;
  authority: Authority;
  config: Config;
  diagnostic: Diagnostic | null;
  /** Holders consulted: one alone completes its offer (R2162-9). */
  invitations: Invitation[];
  signed: Signed | null;
}

/** Questions end six days before the offers, unless the buyer says otherwise: time to answer everybody. */
const QUESTION_DAYS = 6;

/** As the letter says, and as the launch then holds it. */
export const questionsUntil = (consultation: Consultation, departmentCode: string): Day => consultation.questionsBefore ?? workingDaysBefore(addDays(consultation.localDeadline.slice(0, 10), -QUESTION_DAYS), 0, departmentCode);

/** D24: all the holders of the lot, in writing, with the criteria of the framework (R2162-9 with one holder, R2162-10 with several). */
export function consultationLetter(facts: ContractLetterFacts, addressee: AddresseeChoice): ConsultationLetterData {
  const { contract, consultation, authority, config, diagnostic, signed } = facts;
  const { framework, lot } = contract;
  const attachments = [...contract.documents.map((one) => one.title), ...(diagnostic?.fileId ? ['diagnostic du département'] : [])];
  return {
    frame: frameOf({ authority, contact: consultation.contact, demo: config.demo, signed, subject: `consultation pour le ${lower(contract.title)}`, attachments, addressee }),
    reference: consultation.reference,
    framework: `l’accord-cadre «\u00a0${framework.title}\u00a0» (${framework.reference}), lot ${lot.number}, ${lot.name}`,
    ...(facts.invitations.length === 1 ? { single: true } : {}),
    object: consultation.object,
    programme: programmeSentences(contract),
    place: `département ${department(contract.departmentCode).complement}`,
    volumes: volumesOf(contract),
    diagnostic: diagnosticSentence(diagnostic, contract.overridden('diagnostic')),
    criteria: contract.weights.map(({ label, weight }) => ({ label, weight: `${weight}\u00a0%` })),
    deadline: deadlineInFrench(consultation, authority),
    validity: `${contract.validityDays} jours à compter de la date limite`,
    questionsBefore: dayInFrench(questionsUntil(consultation, contract.departmentCode)),
    expected: consultation.expected.map((one) => one.label),
    means: meansOf(consultation, authority, config, facts.invitations.map((one) => one.address)),
    rules: announcedRules(consultation),
  };
}

/** « Consultation pour le marché subséquent AGIR du Bas-Rhin »: the title starts with a capital of its own. */
const lower = (title: string) => title.charAt(0).toLocaleLowerCase('fr-FR') + title.slice(1);

function programmeSentences({ framework: { programme } }: FoundContract): string[] {
  const durations = [programme.pathMaxMonths && `un parcours de ${programme.pathMaxMonths} mois au plus`, programme.supportMaxMonths && `un accompagnement de ${programme.supportMaxMonths} mois au plus`].filter(Boolean).join(', ');
  const audience = programme.audience && `Public\u00a0: ${lower(programme.audience)}`;
  return [programme.objective, audience, [programme.orientation, durations && `Le programme prévoit ${durations}.`].filter(Boolean).join(' ')].filter(Boolean);
}

function volumesOf(contract: FoundContract): string[] {
  const people = (n: number | null, what: string) => (n === null ? '' : `${what}\u00a0: ${frenchNumber(n)} personnes`);
  return [people(contract.minQuantity, 'minimum'), people(contract.estimatedQuantity, 'estimation'), people(contract.maxQuantity, 'maximum')].filter(Boolean);
}

/** Said when the letter is signed before the study is shared: true at the launch, or the launch is refused. */
const PROMISE = 'Le diagnostic du département est communiqué à tous les titulaires du lot, au plus tard avec cette consultation.';

/**
 * What a signed letter says that is no longer true: holders, content, deadline or study changed after the signature.
 * @param frozen the data frozen at the signature
 * @param current what the same letter would say today
 */
export function outdated(frozen: ConsultationLetterData, current: ConsultationLetterData, studyShared: boolean): string[] {
  // Set alike: the composition of a text is no change of it.
  const [signed, now] = [typesetAll(frozen), typesetAll(current)];
  const said = (data: ConsultationLetterData) => ({ single: data.single ?? false, object: data.object, deadline: data.deadline, criteria: data.criteria, volumes: data.volumes, validity: data.validity, questions: data.questionsBefore, framework: data.framework });
  const found: string[] = [];
  if (canonical(said(signed)) !== canonical(said(now))) found.push('l’objet, la date limite, les critères ou les volumes');
  if (canonical(signed.frame.inFine ?? []) !== canonical(now.frame.inFine ?? [])) found.push('la liste des titulaires');
  if (signed.diagnostic !== now.diagnostic && !(signed.diagnostic === typeset(PROMISE) && studyShared)) found.push('le diagnostic');
  return found;
}

/** Equality of information between the study's author and the others (R2111-2). */
function diagnosticSentence(diagnostic: Diagnostic | null, overridden: boolean): string {
  if (!diagnostic || diagnostic.status !== 'published') return overridden ? 'Aucun diagnostic du département n’est joint à cette consultation.' : PROMISE;
  const where = diagnostic.publicAddress ? ` Il est publié à l’adresse ${diagnostic.publicAddress}.` : '';
  return `Le diagnostic du département, établi par ${diagnostic.authorName || 'un prestataire'}, a été communiqué à tous les titulaires du lot.${where}`;
}

export const addresseeOf = (invitation: Invitation): AddresseeChoice => ({ mode: 'single', lines: [invitation.name, ...invitation.address] });
