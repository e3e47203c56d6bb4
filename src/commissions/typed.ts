import type { Consultation } from '../consultations/consultation.js';
import { frenchNumber } from '../platform/templates.js';
import type { Commission, CommissionTerms } from './commission.js';

/** A commission as it was typed, to fill its form again. */
export function typedOf(commission: Commission, consultation: Consultation) {
  return {
    ...typedTerms(commission.terms),
    title: commission.title,
    ceiling: frenchNumber(commission.ceilingCents / 100).replace('.', ','),
    deadline: consultation.localDeadline,
  };
}

export function typedTerms(terms: CommissionTerms) {
  return {
    subject: terms.subject,
    purpose: terms.purpose,
    context: terms.paragraphs.join('\n\n'),
    phasesIntro: terms.phasesIntro,
    phases: terms.phases.join('\n'),
    object: terms.object.join('\n\n'),
    deliverables: terms.deliverables.join('\n'),
    deliverableDue: terms.deliverableDue,
    criteria: terms.criteria.map(({ label, weight }) => `${label} : ${weight}`).join('\n'),
  };
}
