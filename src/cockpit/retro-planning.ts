import { addDays, type Day, workingDaysBefore } from '../platform/working-days.js';
import type { Reached, StageId } from './stage.js';

/** One date to meet, counted back from the wanted start. */
export interface PlanStep {
  label: string;
  on: Day;
  /** The stage that proves it was met; none for inner steps. */
  stage?: StageId;
  state: 'done' | 'late' | 'soon' | 'ahead';
}

/** Durations suggested by default, in working days unless said otherwise (design choices: no text fixes them). */
const BACK: { label: string; stage?: StageId; workingDays?: number; calendarDays?: number }[] = [
  { label: 'Accompagnement démarré', stage: 'start', workingDays: 0 },
  { label: 'Marché notifié', workingDays: 10 },
  { label: 'Marché signé', workingDays: 3 },
  { label: 'Candidats informés de l’attribution', stage: 'award', calendarDays: 11 }, // voluntary standstill (L551-15 CJA)
  { label: 'Analyse des offres terminée', workingDays: 5 },
  { label: 'Date limite de remise des offres', workingDays: 15 },
  { label: 'Consultation lancée', stage: 'launch', calendarDays: 30 },
  { label: 'Feu vert obtenu', stage: 'green-light', workingDays: 5 },
  { label: 'Diagnostic partagé avec les titulaires', stage: 'diagnostic', workingDays: 2 },
  { label: 'Diagnostic remis', workingDays: 20 },
  { label: 'Diagnostic commandé', stage: 'commission', calendarDays: 90 },
];

const SOON_WORKING_DAYS = 10;

/** From the wanted start back to the commission; each date falls on a working day of the department. Earliest first. */
export function retroPlanning(wantedStart: Day, departmentCode: string, reached: Reached, today: Day): PlanStep[] {
  let on = wantedStart;
  const steps = BACK.map(({ label, stage, workingDays = 0, calendarDays = 0 }) => {
    on = workingDaysBefore(addDays(on, -calendarDays), workingDays, departmentCode);
    return { label, stage, on };
  });
  // What a later stage proves is done, even when its own day was never recorded.
  let proved = false;
  return steps
    .map((step) => {
      proved ||= step.stage !== undefined && reached[step.stage] !== undefined;
      const state: PlanStep['state'] = proved ? 'done' : step.on < today ? 'late' : workingDaysBefore(step.on, SOON_WORKING_DAYS, departmentCode) <= today ? 'soon' : 'ahead';
      return { ...step, state };
    })
    .toReversed();
}
