import { Lot, LotDepartment } from '../agreements/lot.js';
import { DEPARTMENTS } from '../people/departments.js';
import { folded, type LineReader } from './cells.js';
import { mayTouch } from './import.policy.js';
import { codesShown, type LotWithPlaces, moneyShown, numberShown, outcomeOf, type Shown } from './plan.js';
import type { Planner } from './planner.js';

const REGIONS = new Map([...DEPARTMENTS.values()].map((one) => [one.regionCode, one.regionName]));
const wordsOf = (name: string) => folded(name).replaceAll('-', ' ');
const BY_NAME = new Map([...REGIONS].map(([code, name]) => [wordsOf(name), code]));
/** Where the rules of a lot find fault, in the words of the file. */
const COLUMN_OF: Record<string, string> = { min: 'Minimum HT', minQuantity: 'Quantité minimum', max: 'Maximum HT', regionCode: 'Région' };
const LARGEST_QUANTITY = 9_999_999;

export const readLotNumber = (reader: LineReader) =>
  reader.required('Lot', 'Indiquez le numéro du lot.') === '' ? null : reader.integer('Lot', 1, 999, `«\u00a0${reader.text('Lot')}\u00a0» n’est pas un numéro de lot\u00a0: un nombre entier, de 1 à 999.`);

/** Lots and the departments in them. The list of a line replaces the one of its lot. */
export const planLots: Planner = (facts, readers, writes) => {
  const byNumber = new Map(facts.lots.map((lot) => [lot.number, lot]));
  const placeOf = new Map(facts.lots.flatMap((lot) => lot.places.map((place) => [place.departmentCode, { place, number: lot.number }] as const)));
  const withContract = new Set(facts.contracts.map((one) => one.departmentCode));
  // A department may go from one lot to another when both lines say so, in any order.
  const numbersInFile = new Set(readers.map((reader) => Number(reader.text('Lot'))));
  const claimedInFile = new Set(readers.flatMap((reader) => reader.text('Départements').toUpperCase().split(/[\s,]+/)));
  const lineOfNumber = new Map<number, number>();
  const lineOfDepartment = new Map<string, number>();

  const read = (reader: LineReader) => {
    const number = readLotNumber(reader);
    const name = reader.required('Nom', 'Nommez le lot.');
    const regionCode = readRegion(reader);
    const codes = readDepartments(reader);
    const maxCents = reader.money('Maximum HT');
    const minCents = reader.money('Minimum HT');
    const quantity = (column: string) => reader.integer(column, 0, LARGEST_QUANTITY, `«\u00a0${reader.text(column)}\u00a0» n’est pas une quantité\u00a0: un nombre entier.`);
    const [maxQuantity, minQuantity] = [quantity('Quantité maximum'), quantity('Quantité minimum')];
    const label = `Lot ${reader.text('Lot')}${name ? `, ${name}` : ''}`;
    const existing = number === null ? undefined : byNumber.get(number);

    if (number !== null) once(reader, lineOfNumber, number, 'Lot', `Le lot ${number}`);
    for (const code of codes) {
      once(reader, lineOfDepartment, code, 'Départements', `Le département ${code}`);
      const held = placeOf.get(code);
      if (held && held.number !== number && !numbersInFile.has(held.number)) reader.fail('Départements', `Le département ${code} est déjà dans le lot ${held.number} de cet accord-cadre.`);
    }
    for (const code of [regionCode, existing?.regionCode]) if (code && !mayTouch(facts.regions, code)) reader.fail('Région', `Ce lot est celui de la région ${REGIONS.get(code) ?? code}\u00a0: vous importez ceux de la vôtre.`);
    const foreign = codes.find((code) => !existing?.places.some((place) => place.departmentCode === code) && !mayTouch(facts.regions, DEPARTMENTS.get(code)?.regionCode ?? ''));
    if (foreign) reader.fail('Départements', `Le département ${foreign} n’est pas de votre région.`);
    const gone = (existing?.places ?? []).filter((place) => !codes.includes(place.departmentCode));
    const kept = gone.find((place) => withContract.has(place.departmentCode));
    if (kept && codes.length > 0) reader.fail('Départements', `Le département ${kept.departmentCode} a déjà un marché\u00a0: il ne quitte pas son lot.`);

    const lot = Object.assign(new Lot(), plainLot(existing), { number, name, regionCode, maxCents, minCents, maxQuantity, minQuantity });
    if (reader.faultless) reader.obey(COLUMN_OF, () => lot.check(facts));
    if (!reader.faultless) return { label, outcome: null };

    const outcome = outcomeOf(existing ? shown(existing, existing.places.map((one) => one.departmentCode)) : null, shown(lot, codes));
    if (outcome.effect !== 'same') {
      if (existing) writes.change.push(lot);
      else writes.add.push(Object.assign(lot, { id: facts.newId(), frameworkId: facts.frameworkId }));
      for (const code of codes) {
        const held = placeOf.get(code)?.place;
        if (!held) writes.add.push(Object.assign(new LotDepartment(), { id: facts.newId(), frameworkId: facts.frameworkId, lotId: lot.id, departmentCode: code }));
        else if (held.lotId !== lot.id) writes.change.push(Object.assign(new LotDepartment(), held, { lotId: lot.id }));
      }
      writes.remove.push(...gone.filter((place) => !claimedInFile.has(place.departmentCode)));
    }
    return { label, outcome };
  };
  return { read };
};

function readRegion(reader: LineReader): string | null {
  const typed = reader.required('Région', 'Indiquez la région qui achète, par son code INSEE ou par son nom.');
  if (typed === '') return null;
  const code = REGIONS.has(typed) ? typed : BY_NAME.get(wordsOf(typed));
  return code ?? reader.fail('Région', `«\u00a0${typed}\u00a0» n’est ni le nom ni le code INSEE d’une région (deux chiffres, par exemple 44 ou 01).`);
}

function readDepartments(reader: LineReader): string[] {
  if (reader.required('Départements', 'Indiquez au moins un département.') === '') return [];
  return reader.departments('Départements');
}

/** @param what begins the sentence, « Le lot 6 » */
export function once<Key>(reader: LineReader, seen: Map<Key, number>, key: Key, column: string, what: string) {
  const before = seen.get(key);
  if (before === undefined) seen.set(key, reader.line);
  else if (before !== reader.line) reader.fail(column, `${what} est déjà à la ligne ${before} de ce fichier.`);
}

/** A lot without the departments that were read with it. */
function plainLot(lot: LotWithPlaces | undefined): Partial<Lot> {
  if (!lot) return {};
  const { places: _, ...rest } = lot;
  return rest;
}

function shown(lot: Lot, codes: readonly string[]): Shown {
  return {
    Nom: lot.name,
    Région: `${lot.regionCode} ${REGIONS.get(lot.regionCode) ?? ''}`.trim(),
    Départements: codesShown(codes),
    'Maximum HT': moneyShown(lot.maxCents),
    'Minimum HT': moneyShown(lot.minCents),
    'Quantité maximum': numberShown(lot.maxQuantity),
    'Quantité minimum': numberShown(lot.minQuantity),
  };
}
