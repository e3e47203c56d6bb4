import type { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { DEPARTMENTS } from '../people/departments.js';
import { groupBy } from '../platform/group.js';
import type { Cell } from '../platform/spreadsheet.js';
import { addDays, type Day, dayInFrench, daysBetween } from '../platform/working-days.js';
import type { CockpitPlace } from './cockpit.service.js';
import { retroPlanning } from './retro-planning.js';
import { daysLate, labelOf, NOT_STARTED, STAGES, stageOf, toneOf } from './stage.js';

export interface CockpitQuery {
  lot: string;
  wave: string;
  stage: string;
}

const name = (code: string) => DEPARTMENTS.get(code)?.name ?? code;

export function matches(place: CockpitPlace, { lot, wave, stage }: CockpitQuery): boolean {
  return (!lot || String(place.lot.number) === lot) && (!wave || String(place.wave) === wave) && (!stage || stageOf(place.reached).id === stage);
}

export function showPlaceRow(place: CockpitPlace, today: Day, frameworkId: string) {
  const stage = stageOf(place.reached);
  const late = daysLate(place, today);
  return {
    code: place.departmentCode,
    name: name(place.departmentCode),
    region: DEPARTMENTS.get(place.departmentCode)?.regionName ?? '',
    lot: place.lot.number,
    wave: place.wave,
    target: place.place.targetWording ?? (place.targetLatest ? dayInFrench(place.targetLatest) : ''),
    targetDate: place.targetLatest,
    stage: { id: stage.id, label: stage.label, tone: badgeTone(toneOf(place, today)) },
    since: stage.id === 'planned' ? null : dayInFrench(place.reached[stage.id] ?? today),
    late,
    href: `/deploiement/${place.departmentCode}?accord=${frameworkId}`,
  };
}

/** Tones of the map, in the words of the badges. */
function badgeTone(tone: ReturnType<typeof toneOf>): string {
  if (tone === 'none') return 'neutral';
  return tone === 'todo' ? 'draft' : tone;
}

export const mapPlaces = (places: readonly CockpitPlace[], today: Day, frameworkId: string) =>
  places.map((place) => ({ departmentCode: place.departmentCode, label: labelOf(place, today), tone: toneOf(place, today), href: `/deploiement/${place.departmentCode}?accord=${frameworkId}` }));

/** One line per region: how many departments, started, late, and by how much at most. */
export function totalsByRegion(places: readonly CockpitPlace[], today: Day) {
  const groups = groupBy(places, (place) => DEPARTMENTS.get(place.departmentCode)?.regionCode ?? '');
  return [...groups].map(([regionCode, group]) => {
    const late = group.map((place) => daysLate(place, today)).filter((days) => days > 0);
    return {
      regionCode,
      region: DEPARTMENTS.get(group[0]?.departmentCode ?? '')?.regionName ?? '',
      departments: group.length,
      launched: group.filter((place) => place.reached.launch || place.reached.award || place.reached.start).length,
      started: group.filter((place) => place.reached.start).length,
      late: late.length,
      worst: Math.max(0, ...late),
    };
  }).toSorted((a, b) => a.region.localeCompare(b.region, 'fr'));
}

const DUE_DAYS = 7;

/** What falls in the next seven days, the nearest first. */
export function dueSoon(places: readonly CockpitPlace[], today: Day, frameworkId: string) {
  const until = addDays(today, DUE_DAYS);
  const soon = (on: Day | null | undefined): on is Day => typeof on === 'string' && on >= today && on <= until;
  return places
    .flatMap((place) => {
      const where = { department: `${name(place.departmentCode)} (${place.departmentCode})` };
      const href = `/deploiement/${place.departmentCode}?accord=${frameworkId}`;
      const facts = place.events.filter((event) => event.due && soon(event.on)).map((event) => ({ ...where, on: event.on, what: event.due === 'bids' ? 'Date limite de remise des offres' : 'Diagnostic attendu', href: event.href ?? href }));
      const target = soon(place.targetLatest) && !place.reached.start ? [{ ...where, on: place.targetLatest, what: 'Cible au plus tard', href }] : [];
      const plan = place.place.wantedStart
        ? retroPlanning(place.place.wantedStart, place.departmentCode, place.reached, today, place.durations).filter((step) => step.state !== 'done' && soon(step.on)).map((step) => ({ ...where, on: step.on, what: `Rétro-planning : ${step.label.toLocaleLowerCase('fr-FR')}`, href }))
        : [];
      return [...facts, ...target, ...plan];
    })
    .toSorted((a, b) => a.on.localeCompare(b.on) || a.department.localeCompare(b.department, 'fr'))
    .map((one) => ({ ...one, date: dayInFrench(one.on) }));
}

/** Steps of the retro-planning whose day has passed: one line per department, its oldest first. */
export function behindPlan(places: readonly CockpitPlace[], today: Day, frameworkId: string) {
  return places
    .flatMap((place) => {
      const late = place.place.wantedStart ? retroPlanning(place.place.wantedStart, place.departmentCode, place.reached, today, place.durations).filter((step) => step.state === 'late') : [];
      const [first] = late;
      if (!first) return [];
      return [{ department: `${name(place.departmentCode)} (${place.departmentCode})`, href: `/deploiement/${place.departmentCode}?accord=${frameworkId}#retro`, what: first.label, more: late.length - 1, on: first.on, date: dayInFrench(first.on), days: daysBetween(first.on, today) }];
    })
    .toSorted((a, b) => a.on.localeCompare(b.on) || a.department.localeCompare(b.department, 'fr'));
}

/** Ninety, sixty, thirty days before the end of the framework, and after it: what is open must be signed by then (R2162-5). */
export function endingOf(framework: FrameworkAgreement, places: readonly CockpitPlace[], today: Day) {
  const alarm = framework.alarm(today);
  if (alarm === null) return null;
  const calls = places.flatMap((place) => place.events.filter((event) => event.due === 'bids').map((event) => ({ name: `${name(place.departmentCode)} (${place.departmentCode})`, href: event.href })));
  return { ended: alarm === 0, tone: alarm === 0 || alarm === 30 ? 'danger' : 'attention', days: Math.max(0, daysBetween(today, framework.endsOn)), endsOn: dayInFrench(framework.endsOn), calls };
}

export const EXPORT_HEADER = ['Département', 'Nom', 'Région', 'Lot', 'Vague', 'Cible', 'Cible au plus tard', 'Étape', 'Jours de retard', ...STAGES.map((stage) => stage.label)];

export const exportRow = (place: CockpitPlace, today: Day): Cell[] => [
  place.departmentCode,
  name(place.departmentCode),
  DEPARTMENTS.get(place.departmentCode)?.regionName ?? '',
  place.lot.number,
  place.wave,
  place.place.targetWording,
  place.targetLatest,
  stageOf(place.reached).label,
  daysLate(place, today),
  ...STAGES.map((stage) => place.reached[stage.id] ?? null),
];

/** For scripts: one object per department. */
export const placeJson = (place: CockpitPlace, today: Day) => ({
  department: place.departmentCode,
  lot: place.lot.number,
  stage: stageOf(place.reached).id,
  targetDate: place.targetLatest,
  daysLate: daysLate(place, today),
});

export function filterOptions(places: readonly CockpitPlace[], chosen: CockpitQuery) {
  const option = (value: string, label: string, selected: string) => ({ value, label, selected: value === selected });
  return {
    lots: [...new Map(places.map((place) => [place.lot.number, place.lot.name]))].toSorted(([a], [b]) => a - b).map(([number, label]) => option(String(number), `Lot ${number}, ${label}`, chosen.lot)),
    waves: [...new Set(places.map((place) => place.wave).filter((wave) => wave !== null))].toSorted((a, b) => a - b).map((wave) => option(String(wave), `Vague ${wave}`, chosen.wave)),
    stages: [NOT_STARTED, ...STAGES].map((stage) => option(stage.id, stage.label, chosen.stage)),
  };
}

/** The line of a department, from the order of the study to the start of the support. */
export function timelineOf(place: CockpitPlace, today: Day) {
  const plan = place.place.wantedStart ? retroPlanning(place.place.wantedStart, place.departmentCode, place.reached, today, place.durations) : [];
  const current = STAGES.findIndex((stage) => !place.reached[stage.id]);
  return STAGES.map((stage, index) => {
    const on = place.reached[stage.id];
    const wanted = plan.find((step) => step.stage === stage.id)?.on;
    const later = STAGES.slice(index + 1).some((next) => place.reached[next.id]);
    const late = !on && !later && wanted !== undefined && wanted < today;
    return {
      label: stage.label,
      href: place.events.find((event) => event.stage === stage.id && event.on === on)?.href ?? undefined,
      state: on || later ? 'done' : late ? 'blocked' : index === current ? 'current' : 'todo',
      stateLabel: on ? 'Fait' : later ? 'Dépassé, sans date connue' : late ? 'En retard sur le rétro-planning' : index === current ? 'Prochaine étape' : 'À venir',
      date: on ? dayInFrench(on) : wanted && !later ? `à faire avant le ${dayInFrench(wanted)}` : undefined,
    };
  });
}

const PLAN_WORDS = { done: { label: 'fait', tone: 'done' }, late: { label: 'en retard', tone: 'danger' }, soon: { label: 'bientôt', tone: 'attention' }, ahead: { label: 'à venir', tone: 'neutral' } } as const;

export const planOf = (place: CockpitPlace, today: Day) =>
  place.place.wantedStart ? retroPlanning(place.place.wantedStart, place.departmentCode, place.reached, today, place.durations).map((step) => ({ label: step.label, date: dayInFrench(step.on), state: PLAN_WORDS[step.state] })) : [];
