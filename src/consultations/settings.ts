import { Invalid } from '../platform/errors.js';
import { linesOf } from '../platform/typed.js';
import type { Consultation } from './consultation.js';
import type { SettingsForm } from './exchange.forms.js';
import { MOST_HOURS, type OutageRule } from './outage.js';

const MOST_EXPECTED = 40;

/**
 * What the launch announces: cut-off of the questions, documents expected, where the call is held, the automatic rule.
 * @throws Invalid beside the field, with what was typed
 */
export function settle(consultation: Consultation, form: SettingsForm, now: Date): void {
  const refuse = (field: string, sentence: string) => Invalid.field(field, sentence, { ...form });
  if (consultation.status !== 'draft') throw refuse('channel', 'Ces réglages s’annoncent au lancement : ils ne changent plus. Un avis rectificatif peut corriger ce qui doit l’être.');
  if (consultation.frozenAt !== null) throw refuse('channel', 'Ces réglages figurent dans les lettres soumises à la signature : reprenez le dossier avant de les changer.');
  if (form.questionsBefore && form.questionsBefore >= consultation.localDeadline.slice(0, 10)) throw refuse('questionsBefore', 'Les questions s’arrêtent avant la date limite de remise des offres.');
  if (form.questionsBefore && form.questionsBefore < consultation.localDay(now)) throw refuse('questionsBefore', 'Cette date est déjà passée.');
  if (form.channel !== 'souspli' && !form.externalReference) throw refuse('externalReference', 'Donnez la référence de la consultation sur cette plateforme.');
  if (form.channel !== 'souspli' && !form.externalLink) throw refuse('externalLink', 'Donnez l’adresse où les offres se déposent : la lettre l’annonce.');
  const expected = [...new Set(linesOf(form.expected))];
  if (expected.length > MOST_EXPECTED) throw refuse('expected', `Indiquez ${MOST_EXPECTED} documents au plus.`);
  if (expected.some((one) => one.length > 200)) throw refuse('expected', 'Un nom de document dépasse 200 caractères.');
  const kept = new Map(consultation.expected.map((one) => [one.label, one]));
  Object.assign(consultation, {
    questionsBefore: form.questionsBefore || null,
    expected: expected.map((label) => kept.get(label) ?? { label, fileId: null, fileName: null }),
    channel: form.channel,
    externalReference: form.channel === 'souspli' ? null : form.externalReference,
    externalLink: form.channel === 'souspli' ? null : form.externalLink,
    outageRule: ruleOf(form, refuse),
  });
}

function ruleOf(form: SettingsForm, refuse: (field: string, sentence: string) => Invalid): OutageRule | null {
  if (form.outageMinutes === '' && form.outageHours === '') return null;
  const [minutes, hours] = [Number(form.outageMinutes), Number(form.outageHours)];
  if (form.channel !== 'souspli') throw refuse('outageMinutes', 'Cette règle porte sur les pannes de Souspli : elle ne dit rien d’une consultation qui se tient ailleurs.');
  if (form.outageMinutes === '' || form.outageHours === '') throw refuse('outageMinutes', 'La règle a deux nombres : tant de minutes de panne, dans les tant dernières heures.');
  if (hours < 1 || hours > MOST_HOURS) throw refuse('outageHours', `Indiquez de 1 à ${MOST_HOURS} heures.`);
  if (minutes < 2 || minutes > hours * 60) throw refuse('outageMinutes', `Indiquez de 2 à ${hours * 60} minutes : moins ne se mesure pas, plus n’arriverait jamais.`);
  return { minutes, hours };
}
