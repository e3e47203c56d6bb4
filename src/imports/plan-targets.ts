import { LotDepartment } from '../agreements/lot.js';
import { department } from '../people/departments.js';
import type { LineReader } from './cells.js';
import { mayTouch } from './import.policy.js';
import { dayShown, numberShown, outcomeOf, type Shown } from './plan.js';
import { once } from './plan-lots.js';
import type { Facts, Planner } from './planner.js';

/** The place of a line in the framework. @returns null, and the fault is kept, when it has none or is another region's */
export function placeReader(facts: Facts) {
  const places = new Map(facts.lots.flatMap((lot) => lot.places.map((place) => [place.departmentCode, { lot, place }] as const)));
  return (reader: LineReader) => {
    const code = reader.department('Département');
    if (code === null) return null;
    const found = places.get(code);
    if (!found) return reader.fail('Département', `Le département ${code} n’est dans aucun lot de cet accord-cadre\u00a0: importez d’abord les lots.`);
    if (!mayTouch(facts.regions, found.lot.regionCode)) return reader.fail('Département', `Le département ${code} est dans le lot ${found.lot.number}, d’une autre région que la vôtre.`);
    return found;
  };
}

/** « 67, Bas-Rhin » */
export const labelOfPlace = (code: string) => `${code}, ${department(code).name}`;

/** Waves and targets of departments. */
export const planTargets: Planner = (facts, _, writes) => {
  const placeOf = placeReader(facts);
  const seen = new Map<string, number>();

  const read = (reader: LineReader) => {
    const found = placeOf(reader);
    const wave = reader.integer('Vague', 1990, 2099, `«\u00a0${reader.text('Vague')}\u00a0» n’est pas une vague\u00a0: une année, par exemple 2023.`);
    const wording = reader.text('Cible') || null;
    const earliest = reader.day('Au plus tôt');
    const latest = reader.day('Au plus tard');
    const wantedStart = reader.day('Début souhaité');
    const label = found ? labelOfPlace(found.place.departmentCode) : reader.text('Département');
    if (!found) return { label, outcome: null };

    once(reader, seen, found.place.departmentCode, 'Département', `Le département ${found.place.departmentCode}`);
    const target = Object.assign(new LotDepartment(), found.place, { wantedStart });
    if (wave !== null && target.wave !== null && wave < target.wave) {
      reader.fail('Vague', `Le département serait avancé de la vague ${target.wave} à la vague ${wave}\u00a0: cela se fait sur sa page, qui en demande le motif.`);
    }
    if (reader.faultless) reader.obey('Au plus tard', () => target.retarget({ wave, wording, earliest, latest }));
    if (!reader.faultless) return { label, outcome: null };

    const outcome = outcomeOf(isBlank(found.place) ? null : shown(found.place), shown(target));
    if (isBlank(target) && isBlank(found.place)) return { label, outcome: { effect: 'same' as const, differences: [] } };
    if (outcome.effect !== 'same') writes.change.push(target);
    return { label, outcome };
  };
  return { read };
};

const isBlank = (place: LotDepartment) => Object.values(shown(place)).every((value) => value === '');

function shown(place: LotDepartment): Shown {
  return {
    Vague: numberShown(place.wave),
    Cible: place.targetWording ?? '',
    'Au plus tôt': dayShown(place.targetEarliest),
    'Au plus tard': dayShown(place.targetLatest),
    'Début souhaité': dayShown(place.wantedStart),
  };
}
