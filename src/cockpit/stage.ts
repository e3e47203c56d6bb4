import { type Day, daysBetween } from '../platform/working-days.js';

/** Steps of a department, in the order of its timeline; each is reached on a day, or not yet. */
export const STAGES = [
  { id: 'commission', label: 'Diagnostic commandé', tone: 'todo' },
  { id: 'diagnostic', label: 'Diagnostic publié', tone: 'todo' },
  { id: 'green-light', label: 'Feu vert donné', tone: 'current' },
  { id: 'launch', label: 'Consultation lancée', tone: 'current' },
  { id: 'award', label: 'Marché attribué', tone: 'current' },
  { id: 'start', label: 'Accompagnement démarré', tone: 'done' },
] as const;
export type StageId = (typeof STAGES)[number]['id'];
export type Tone = 'none' | 'todo' | 'current' | 'attention' | 'danger' | 'done';

export type Reached = Partial<Record<StageId, Day>>;

export interface Place {
  departmentCode: string;
  wave: number | null;
  targetLatest: Day | null;
  reached: Reached;
}

export const NOT_STARTED = { id: 'planned', label: 'Rien n’est commencé', tone: 'none' } as const;

/** The furthest step reached: a department may skip one (a diagnostic that predates the tool, a green light for all). */
export function stageOf(reached: Reached): { id: StageId | 'planned'; label: string; tone: Tone } {
  return STAGES.findLast((stage) => reached[stage.id] !== undefined) ?? NOT_STARTED;
}

/** Days after the latest day of the target, until the start, or until today; 0 when in time or without a target. */
export function daysLate(place: Place, today: Day): number {
  if (!place.targetLatest) return 0;
  return Math.max(0, daysBetween(place.targetLatest, place.reached.start ?? today));
}

const LATE_DAYS = 60;

/** Colour of the map: done wins, then lateness, then the stage. Never colour alone: each tone has its hatching and its words. */
export function toneOf(place: Place, today: Day): Tone {
  if (place.reached.start) return 'done';
  const late = daysLate(place, today);
  if (late > LATE_DAYS) return 'danger';
  return late > 0 ? 'attention' : stageOf(place.reached).tone;
}

export function labelOf(place: Place, today: Day): string {
  const late = daysLate(place, today);
  return `${stageOf(place.reached).label}${late > 0 ? `, ${late} jour${late > 1 ? 's' : ''} de retard` : ''}`;
}

export const LEGEND: { tone: Tone; label: string }[] = [
  { tone: 'none', label: 'rien n’est commencé' },
  { tone: 'todo', label: 'diagnostic en cours ou publié' },
  { tone: 'current', label: 'feu vert, consultation ou attribution' },
  { tone: 'attention', label: `en retard de ${LATE_DAYS} jours au plus` },
  { tone: 'danger', label: `en retard de plus de ${LATE_DAYS} jours` },
  { tone: 'done', label: 'accompagnement démarré' },
];
