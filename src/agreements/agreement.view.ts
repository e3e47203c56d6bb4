import { DEPARTMENTS } from '../people/departments.js';
import type { Actor } from '../platform/actor.js';
import { frenchNumber } from '../platform/templates.js';
import { eurosTyped, inEuros } from '../platform/typed.js';
import { type Day, dayInFrench, dayOf, daysBetween } from '../platform/working-days.js';
import { isNational, mayKeepFramework } from './agreement.policy.js';
import { type CriterionRange, FRAMEWORK_MOVES, type FrameworkAgreement, type FrameworkMove, type FrameworkStatus, type Programme, type Source } from './framework-agreement.js';
import { scopeInFrench } from './green-light-words.js';
import type { GreenLight } from './green-light.js';
import { competition, type Holder, type Lot, LOT_MOVES, type LotDepartment, type LotMove, type LotStatus } from './lot.js';
import { consumption, type Spent } from './spending.js';

const FRAMEWORK_WORDS: Record<FrameworkStatus, { label: string; tone: string }> = {
  draft: { label: 'Brouillon', tone: 'draft' },
  'call-open': { label: 'Consultation nationale en cours', tone: 'current' },
  evaluation: { label: 'Offres en cours d’examen', tone: 'current' },
  awarded: { label: 'Attribué, à notifier', tone: 'attention' },
  'in-force': { label: 'En vigueur', tone: 'done' },
  abandoned: { label: 'Sans suite', tone: 'neutral' },
  terminated: { label: 'Résilié', tone: 'danger' },
};
const FRAMEWORK_ACTS: Record<FrameworkMove, string> = {
  openCall: 'Ouvrir la consultation nationale',
  evaluate: 'Passer à l’examen des offres',
  award: 'Attribuer',
  enterIntoForce: 'Mettre en vigueur (tous les titulaires sont notifiés)',
  recordInForce: 'Enregistrer comme déjà en vigueur',
  abandon: 'Déclarer sans suite',
  terminate: 'Résilier',
};
const LOT_WORDS: Record<LotStatus, { label: string; tone: string }> = {
  draft: { label: 'Brouillon', tone: 'draft' },
  awarded: { label: 'Attribué', tone: 'attention' },
  active: { label: 'Actif', tone: 'done' },
  closed: { label: 'Clos', tone: 'neutral' },
  unsuccessful: { label: 'Infructueux', tone: 'danger' },
};
const LOT_ACTS: Record<LotMove, string> = { award: 'Attribuer le lot', activate: 'Activer le lot', close: 'Clore le lot', reopen: 'Rouvrir le lot', fail: 'Déclarer infructueux' };
const COMPETITION = {
  blocked: { label: 'aucun titulaire actif : rien ne peut être lancé', tone: 'danger' },
  single: { label: 'un seul titulaire : marchés conclus avec lui (art. R. 2162-9)', tone: 'attention' },
  reopening: { label: 'remise en concurrence (art. R. 2162-10)', tone: 'done' },
} as const;
const SOURCES = { ministry: '', 'recorded-by-region': 'enregistré par la PFRA' } as const;
/** « enregistré par la PFRA, corrigé par le ministère le 3 mars 2023 », or nothing. */
export const sourceOf = ({ source, correctedAt }: { source: Source; correctedAt: Date | null }) =>
  correctedAt ? `${SOURCES[source]}, corrigé par le ministère le ${dayInFrench(dayOf(correctedAt, 'Europe/Paris'))}` : SOURCES[source];

export const departmentName = (code: string) => DEPARTMENTS.get(code)?.name ?? code;
const regionName = (code: string) => [...DEPARTMENTS.values()].find((one) => one.regionCode === code)?.regionName ?? code;
/** Regions as options of a list, in alphabetical order. */
export const regionOptions = () => [...new Map([...DEPARTMENTS.values()].map((one) => [one.regionCode, one.regionName]))].map(([value, label]) => ({ value, label })).toSorted((a, b) => a.label.localeCompare(b.label, 'fr'));

const rangeInFrench = ({ min, max }: CriterionRange) => (min === max ? `${min}\u00a0%` : `de ${min} à ${max}\u00a0%`);

/** In force, but past its last day: expired, which the clock says and nothing stores. */
function frameworkStage(framework: FrameworkAgreement, day: Day) {
  if (framework.status !== 'in-force') return FRAMEWORK_WORDS[framework.status];
  if (day > framework.endsOn) return { label: 'Expiré', tone: 'neutral' };
  return framework.alarm(day) ? { label: `En vigueur, fin dans ${daysBetween(day, framework.endsOn)} jours`, tone: 'attention' } : FRAMEWORK_WORDS['in-force'];
}

export function showFrameworkRow(framework: FrameworkAgreement & { programme: Programme }, day: Day) {
  return {
    id: framework.id,
    reference: framework.reference,
    title: framework.title,
    programme: framework.programme.code,
    stage: frameworkStage(framework, day),
    inForce: framework.isInForce(day),
    startsOn: framework.startsOn,
    endsOn: framework.endsOn,
    validity: `du ${dayInFrench(framework.startsOn)} au ${dayInFrench(framework.endsOn)}`,
    source: sourceOf(framework),
  };
}

export function showFramework(framework: FrameworkAgreement & { programme: Programme; previous: FrameworkAgreement | null }, who: Actor, day: Day) {
  const may = mayKeepFramework(who, framework);
  const { programme } = framework;
  return {
    ...showFrameworkRow(framework, day),
    buyer: framework.buyerName,
    buyerSiret: framework.buyerSiret,
    procedure: framework.procedure,
    legalBasis: framework.legalBasis,
    method: framework.method === 'withReopeningCompetition' ? 'avec remise en concurrence des titulaires' : 'sans remise en concurrence',
    cpv: framework.cpv,
    ccag: framework.ccag,
    callPublishedOn: framework.callPublishedOn ? dayInFrench(framework.callPublishedOn) : null,
    renewals: framework.renewals,
    renewableUntil: framework.renewableUntil ? dayInFrench(framework.renewableUntil) : null,
    criteria: framework.criteria.map((one) => ({ label: one.label, weight: rangeInFrench(one) })),
    services: framework.services,
    priceForms: framework.priceForms,
    justification: framework.durationJustification,
    sourceReference: framework.sourceReference,
    previous: framework.previous ? { id: framework.previous.id, title: framework.previous.title, reference: framework.previous.reference } : null,
    sheet: {
      id: programme.id,
      may: isNational(who),
      code: programme.code,
      name: programme.name,
      objective: programme.objective,
      audience: programme.audience,
      orientation: programme.orientation,
      services: programme.services,
      fundedItems: programme.fundedItems,
      durations: [programme.pathMaxMonths ? `parcours de ${programme.pathMaxMonths} mois au plus` : '', programme.supportMaxMonths ? `accompagnement de ${programme.supportMaxMonths} mois au plus` : ''].filter(Boolean),
    },
    document: framework.sourceFileId ? `/accords-cadres/${framework.id}/document.pdf` : null,
    renewal: may && framework.isInForce(day) && framework.renewableUntil !== null && framework.renewableUntil > framework.endsOn ? { until: framework.renewableUntil } : null,
    moves: may ? movesFrom(FRAMEWORK_MOVES, framework.status).map((move) => ({ move, label: FRAMEWORK_ACTS[move] })) : [],
    may,
  };
}

export function showLot(lot: Lot, holders: readonly Holder[], places: readonly LotDepartment[], spent: Spent, day: Day) {
  const active = holders.filter((one) => one.isActive(day)).length;
  const { percent, alert } = consumption(lot, spent);
  return {
    id: lot.id,
    number: lot.number,
    name: lot.name,
    region: regionName(lot.regionCode),
    regionCode: lot.regionCode,
    stage: LOT_WORDS[lot.status],
    status: lot.status,
    departments: places.filter((place) => place.lotId === lot.id).map((place) => place.departmentCode),
    holders: holders.filter((one) => one.isActive(day)).map((one) => one.name),
    active,
    competition: COMPETITION[competition(active)],
    maximum: inEuros(lot.maxCents),
    minimum: inEuros(lot.minCents),
    maxQuantity: lot.maxQuantity === null ? null : frenchNumber(lot.maxQuantity),
    minQuantity: lot.minQuantity === null ? null : frenchNumber(lot.minQuantity),
    noMaximum: lot.noMaximum,
    spent: inEuros(spent.cents),
    spentQuantity: spent.quantity > 0 || lot.maxQuantity !== null ? frenchNumber(spent.quantity) : null,
    percent,
    alert,
    typed: { number: lot.number, name: lot.name, regionCode: lot.regionCode, max: eurosTyped(lot.maxCents), min: eurosTyped(lot.minCents), maxQuantity: lot.maxQuantity ?? '', minQuantity: lot.minQuantity ?? '' },
  };
}

export const lotMoves = (lot: Lot, framework: FrameworkAgreement, who: Actor) => (mayKeepFramework(who, framework) ? movesFrom(LOT_MOVES, lot.status).map((move) => ({ move, label: LOT_ACTS[move] })) : []);

export function showPlace(place: LotDepartment) {
  return {
    code: place.departmentCode,
    name: departmentName(place.departmentCode),
    wave: place.wave,
    target: place.targetWording ?? (place.targetLatest ? dayInFrench(place.targetLatest) : ''),
    latest: place.targetLatest,
    latestInFrench: place.targetLatest ? dayInFrench(place.targetLatest) : '',
    pulledForward: place.pulledForward,
  };
}

export function showGreenLight(light: GreenLight, lot: Pick<Lot, 'number' | 'name'> | null, day: Day) {
  return {
    id: light.id,
    scope: scopeInFrench(light, lot),
    givenOn: dayInFrench(light.givenOn),
    reference: light.reference,
    issuer: light.issuer,
    conditions: light.conditions,
    revokedOn: light.revokedOn ? dayInFrench(light.revokedOn) : null,
    revokedReason: light.revokedReason,
    valid: light.isValid(day),
    stage: light.revokedOn ? { label: 'Retiré', tone: 'danger' } : { label: 'Valable', tone: 'done' },
    source: sourceOf(light),
  };
}

function movesFrom<M extends string>(moves: Record<M, { from: readonly string[] }>, status: string): M[] {
  return (Object.keys(moves) as M[]).filter((move) => moves[move].from.includes(status));
}
