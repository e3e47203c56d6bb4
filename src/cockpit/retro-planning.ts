import { DEFAULT_DURATIONS, type StepDuration, type StepId, stepLabel } from '../agreements/retro-durations.js';
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

const STAGE_OF: Partial<Record<StepId, StageId>> = { informed: 'award', launched: 'launch', lit: 'green-light', shared: 'diagnostic', ordered: 'commission' };

const SOON_WORKING_DAYS = 10;

/** From the wanted start back to the commission; each date falls on a working day of the department. Earliest first. */
export function retroPlanning(wantedStart: Day, departmentCode: string, reached: Reached, today: Day, durations: readonly StepDuration[] = DEFAULT_DURATIONS): PlanStep[] {
  let on = workingDaysBefore(wantedStart, 0, departmentCode);
  const start: Omit<PlanStep, 'state'> = { label: 'Accompagnement démarré', stage: 'start', on };
  const before = durations.map(({ step, days, working }): Omit<PlanStep, 'state'> => {
    on = working ? workingDaysBefore(on, days, departmentCode) : workingDaysBefore(addDays(on, -days), 0, departmentCode);
    return { label: stepLabel(step), stage: STAGE_OF[step], on };
  });
  // What a later stage proves is done, even when its own day was never recorded.
  let proved = false;
  return [start, ...before]
    .map((step) => {
      proved ||= step.stage !== undefined && reached[step.stage] !== undefined;
      const state: PlanStep['state'] = proved ? 'done' : step.on < today ? 'late' : workingDaysBefore(step.on, SOON_WORKING_DAYS, departmentCode) <= today ? 'soon' : 'ahead';
      return { ...step, state };
    })
    .toReversed();
}
