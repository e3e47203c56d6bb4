import type { Consultation } from '../consultations/consultation.js';
import { frenchNumber } from '../platform/templates.js';
import { centsOf, linesOf, paragraphsOf } from '../platform/typed.js';
import { type CommissionForm, criterionOf } from './commission.forms.js';
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

/** The form's words, into the records. @throws Invalid on `deadline` */
export function fill(commission: Commission, consultation: Consultation, form: CommissionForm, now: Date) {
  consultation.plan(form.deadline, now);
  consultation.title = form.title;
  consultation.object = paragraphsOf(form.object)[0] ?? form.title;
  commission.title = form.title;
  commission.ceilingCents = centsOf(form.ceiling);
  commission.terms = {
    subject: form.subject,
    purpose: form.purpose,
    paragraphs: paragraphsOf(form.context),
    phasesIntro: form.phasesIntro,
    phases: linesOf(form.phases),
    object: paragraphsOf(form.object),
    deliverables: linesOf(form.deliverables),
    deliverableDue: form.deliverableDue,
    criteria: linesOf(form.criteria).map(criterionOf),
  } satisfies CommissionTerms;
}
