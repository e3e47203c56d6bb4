import { dayInFrench } from '../platform/working-days.js';
import { type Consultation, CHANNEL_NAMES } from './consultation.js';

/** What the launch announces, as its form takes it and as its page says it. */
export function showSettings(consultation: Consultation) {
  const { questionsBefore, expected, channel, externalReference, externalLink, outageRule } = consultation;
  return {
    questionsBefore: questionsBefore ?? '',
    expected: expected.map((one) => one.label).join('\n'),
    channel,
    externalReference: externalReference ?? '',
    externalLink: externalLink ?? '',
    outageMinutes: outageRule?.minutes ?? '',
    outageHours: outageRule?.hours ?? '',
  };
}

/** For whoever reads the call: where it is held, until when to ask, what to bring, what happens after an outage. */
export function showAnnounced(consultation: Consultation) {
  const { id, questionsBefore, expected, channel, externalReference, externalLink, outageRule } = consultation;
  return {
    until: questionsBefore ? dayInFrench(questionsBefore) : null,
    expected: expected.map((one, index) => ({ label: one.label, formName: one.fileName, href: one.fileId ? `/consultations/${id}/attendus/${index}` : null })),
    elsewhere: consultation.elsewhere ? { name: CHANNEL_NAMES[channel], reference: externalReference ?? '', href: externalLink ?? '' } : null,
    outageRule,
  };
}
