import { Invalid } from '../platform/errors.js';

/** Steps of the retro-planning, from the wanted start back; each with the time that it leaves to the one after it. */
const STEPS = {
  notified: { label: 'Marché notifié', days: 10, working: true },
  signed: { label: 'Marché signé', days: 3, working: true },
  informed: { label: 'Candidats informés de l’attribution', days: 11, working: false }, // voluntary standstill (L551-15 CJA)
  analysed: { label: 'Analyse des offres terminée', days: 5, working: true },
  closed: { label: 'Date limite de remise des offres', days: 15, working: true },
  launched: { label: 'Consultation lancée', days: 30, working: false },
  lit: { label: 'Feu vert obtenu', days: 5, working: true },
  shared: { label: 'Diagnostic partagé avec les titulaires', days: 2, working: true },
  studied: { label: 'Diagnostic remis', days: 20, working: true },
  ordered: { label: 'Diagnostic commandé', days: 90, working: false },
} as const;
export type StepId = keyof typeof STEPS;

export interface StepDuration {
  step: StepId;
  days: number;
  /** Working days of the department, or calendar days. */
  working: boolean;
}

const IDS = Object.keys(STEPS) as StepId[];
const LONGEST = 365;
const LINE = /^(.+?)\s*:\s*(\d{1,3})\s*j(?:ours?)?(\s+ouvrés?)?$/u;

/** No text fixes them: they are the framework's, and these by default. */
export const DEFAULT_DURATIONS: readonly StepDuration[] = IDS.map((step) => ({ step, days: STEPS[step].days, working: STEPS[step].working }));

/** Those written, the others by default, from the start back. */
export const durationsOf = (written: readonly StepDuration[] | null): readonly StepDuration[] => (written ? DEFAULT_DURATIONS.map((one) => written.find(({ step }) => step === one.step) ?? one) : DEFAULT_DURATIONS);

export const stepLabel = (step: StepId): string => STEPS[step].label;

export const durationTyped = ({ step, days, working }: StepDuration) => `${STEPS[step].label} : ${days} jour${days > 1 ? 's' : ''}${working ? ` ouvré${days > 1 ? 's' : ''}` : ''}`;

/** « Marché notifié : 10 jours ouvrés », one per line. @throws Invalid on `durations`, naming the line */
export function readDurations(lines: readonly string[], form: object = {}): StepDuration[] | null {
  const read = lines.map((line): StepDuration => {
    const found = LINE.exec(line);
    const step = IDS.find((id) => STEPS[id].label.toLocaleLowerCase('fr-FR') === found?.[1]?.replaceAll("'", '’').toLocaleLowerCase('fr-FR'));
    if (!found) throw Invalid.field('durations', `« ${line} » : écrivez l’étape, deux-points, puis sa durée, par exemple « Marché signé : 3 jours ouvrés ».`, { ...form });
    if (!step) throw Invalid.field('durations', `« ${found[1]} » n’est pas une étape du rétro-planning : ${IDS.map(stepLabel).join(', ')}.`, { ...form });
    const days = Number(found[2]);
    if (days > LONGEST) throw Invalid.field('durations', `« ${line} » : une étape dure ${LONGEST} jours au plus.`, { ...form });
    return { step, days, working: found[3] !== undefined };
  });
  const twice = read.find(({ step }, index) => read.findIndex((one) => one.step === step) !== index);
  if (twice) throw Invalid.field('durations', `« ${stepLabel(twice.step)} » est écrit deux fois.`, { ...form });
  return read.length > 0 ? read : null;
}
