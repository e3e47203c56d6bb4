import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import { addYears, type Day, dayInFrench, daysBetween } from '../platform/working-days.js';
import type { StepDuration } from './retro-durations.js';

/** Fiche programme: what letters, specifications and public pages quote. One programme, several frameworks over the years. */
@Entity('programme')
@Index('programme_code', ['code'], { unique: true })
export class Programme {
  @Id() id!: string;
  @Text() code!: string;
  @Text() name!: string;
  @Text() objective!: string;
  @Text() audience!: string;
  /** How people enter it: orientation by the OFII at the signature of the CIR. */
  @Text() orientation!: string;
  @Json() services: string[] = [];
  @Json() fundedItems: string[] = [];
  /** Two durations live together in the sources: the path and, within it, the support. */
  @Int(true) pathMaxMonths: number | null = null;
  @Int(true) supportMaxMonths: number | null = null;
}

export type FrameworkStatus = 'draft' | 'call-open' | 'evaluation' | 'awarded' | 'in-force' | 'abandoned' | 'terminated';

/** domain.md 5.3. « Expiré » is not a state: it is in force and its end has passed. */
export const FRAMEWORK_MOVES = {
  openCall: { from: ['draft'], to: 'call-open' },
  evaluate: { from: ['call-open'], to: 'evaluation' },
  award: { from: ['evaluation'], to: 'awarded' },
  enterIntoForce: { from: ['awarded'], to: 'in-force' },
  /** A region records what is already in force: its call was never here. */
  recordInForce: { from: ['draft'], to: 'in-force' },
  abandon: { from: ['draft', 'call-open', 'evaluation', 'awarded'], to: 'abandoned' },
  terminate: { from: ['in-force'], to: 'terminated' },
} satisfies Moves<FrameworkStatus>;
export type FrameworkMove = keyof typeof FRAMEWORK_MOVES;

/** Announced weight of a criterion: fixed when min = max (case law on ranges: domain.md 2.2). */
export interface CriterionRange {
  label: string;
  min: number;
  max: number;
}

/** Who wrote it here: the ministry itself, or a regional platform that records what it received. */
export type Source = 'ministry' | 'recorded-by-region';

const LONGEST_YEARS = 4;
/** Calls engaged from this day have a maximum, in value or in quantity (R2162-4, decree 2021-1111). */
const MAXIMUM_SINCE: Day = '2022-01-01';
/** Days before the end at which open calls raise an alarm (domain.md 5.3). */
const ALARMS = [30, 60, 90] as const;

/** Accord-cadre: a list of holders per lot, chosen once, put back in competition for each subsequent contract. */
@Entity('framework_agreement')
@Index('framework_reference', ['reference'], { unique: true })
export class FrameworkAgreement {
  @Id() id!: string;
  @Ref() programmeId!: string;
  @Text() reference!: string;
  @Text() title!: string;
  @Text() status: FrameworkStatus = 'draft';
  @Text() buyerName!: string;
  @Text() buyerSiret!: string;
  /** Never inferred: social services follow an adapted procedure whatever their amount, but what was really used is data. */
  @Text() procedure!: string;
  @Text() legalBasis!: string;
  @Text() method: 'withReopeningCompetition' | 'withoutReopeningCompetition' = 'withReopeningCompetition';
  @Text() cpv!: string;
  @Text() ccag!: string;
  /** Day its own call was published: the law of that day applies to it. */
  @Text(true) callPublishedOn: Day | null = null;
  /** In words: « deux fois un an, sur décision expresse ». */
  @Text() renewals: string = '';
  /** The last day that renewals can reach; none: it is not renewed. */
  @Text(true) renewableUntil: Day | null = null;
  @Json() criteria: CriterionRange[] = [];
  @Json() services: string[] = [];
  @Json() priceForms: string[] = [];
  /** Time that each step of the retro-planning leaves to the next; null: by default. */
  @Json(true) durations: StepDuration[] | null = null;
  /** Validity: first and last days, Europe/Paris. */
  @Text() startsOn!: Day;
  @Text() endsOn!: Day;
  @Text(true) durationJustification: string | null = null;
  /** The one it follows: same lots, other holders. */
  @Ref(true) previousId: string | null = null;
  @Text() source: Source = 'ministry';
  /** Region that recorded it, `R44`; it may go on keeping it, the ministry may correct it. */
  @Text(true) recordedIn: string | null = null;
  /** Document and reference of what a region recorded. */
  @Text(true) sourceReference: string | null = null;
  @Ref(true) sourceFileId: string | null = null;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;
  @Instant(true) inForceAt: Date | null = null;
  /** Last time the ministry corrected what a region had recorded. */
  @Instant(true) correctedAt: Date | null = null;

  move(move: FrameworkMove, now: Date) {
    this.status = next<FrameworkStatus>(FRAMEWORK_MOVES, move, this.status, 'L’accord-cadre n’est pas dans un état qui le permet : rechargez la page pour voir où il en est.');
    if (this.status === 'in-force') this.inForceAt = now;
  }

  /** R2162-5: subsequent contracts are concluded during its validity only. */
  isInForce(day: Day) {
    return this.status === 'in-force' && this.startsOn <= day && day <= this.endsOn;
  }

  /** Unknown day of publication: nothing can be required, a warning stands on each lot. */
  get needsMaximum() {
    return this.callPublishedOn !== null && this.callPublishedOn >= MAXIMUM_SINCE;
  }

  /** 90, 60 or 30 days before its end, and after it 0; null before. What is not signed by then cannot be (R2162-5). */
  alarm(day: Day): 0 | 30 | 60 | 90 | null {
    if (this.status !== 'in-force') return null;
    const left = daysBetween(day, this.endsOn);
    return left < 0 ? 0 : (ALARMS.find((one) => left <= one) ?? null);
  }

  /** Reconduction: its end goes further, never past what was announced. */
  renew(until: Day, day: Day) {
    if (this.status !== 'in-force' || day > this.endsOn) throw new Refused('not-in-force', 'Seul un accord-cadre en vigueur se reconduit, avant son dernier jour.');
    if (until <= this.endsOn) throw Invalid.field('until', 'La reconduction mène après la fin actuelle.');
    if (this.renewableUntil === null || until > this.renewableUntil) {
      throw Invalid.field('until', this.renewableUntil ? `Les reconductions annoncées s’arrêtent au ${dayInFrench(this.renewableUntil)}.` : 'Aucune reconduction n’a été annoncée.');
    }
    this.endsOn = until;
  }

  mayChange() {
    if (this.status === 'abandoned' || this.status === 'terminated') throw new Refused('ended', 'Cet accord-cadre est terminé : il ne change plus.');
  }

  /**
   * @throws Invalid when the end comes first, when four years are passed without a justification (L2125-1, 1°),
   * or when no set of weights can reach 100
   */
  check() {
    if (this.endsOn <= this.startsOn) throw Invalid.field('endsOn', 'La fin de validité vient après le début.');
    if (this.callPublishedOn && this.callPublishedOn > this.startsOn) throw Invalid.field('callPublishedOn', 'La consultation a été publiée avant le premier jour de validité.');
    if (this.renewableUntil && this.renewableUntil < this.endsOn) throw Invalid.field('renewableUntil', 'Les reconductions mènent après le dernier jour de validité.');
    // Renewals count: four years are the longest a framework may last in all.
    if ((this.renewableUntil ?? this.endsOn) >= addYears(this.startsOn, LONGEST_YEARS) && !this.durationJustification) {
      throw Invalid.field('durationJustification', `Un accord-cadre dure ${LONGEST_YEARS} ans au plus (art. L. 2125-1, 1° du code de la commande publique) : écrivez ce qui justifie une durée plus longue.`);
    }
    checkRanges(this.criteria);
  }
}

/**
 * AWARDED → IN_FORCE (domain.md 5.3): signature and notification are dated for each holder, and each lot that did not fail has one.
 * @throws Refused naming what is missing
 */
export function mustBeNotified(lots: readonly { id: string; number: number; status: string }[], holders: readonly { lotId: string; name: string; leftOn: Day | null; signedOn: Day | null; notifiedOn: Day | null }[]) {
  const going = lots.filter((lot) => lot.status !== 'unsuccessful');
  const staying = holders.filter((one) => one.leftOn === null);
  const empty = going.filter((lot) => !staying.some((one) => one.lotId === lot.id)).map((lot) => lot.number);
  const waiting = staying.filter((one) => !one.signedOn || !one.notifiedOn).map((one) => one.name);
  if (going.length === 0) throw new Refused('no-lot', 'Cet accord-cadre n’a aucun lot attribué.');
  if (empty.length > 0) throw new Refused('no-holder', `Ces lots n’ont pas de titulaire : ${empty.join(', ')}. Enregistrez-les, ou déclarez le lot infructueux.`);
  if (waiting.length > 0) throw new Refused('not-notified', `La signature ou la notification n’est pas datée pour : ${[...new Set(waiting)].join(', ')}. Indiquez-les sur la page de chaque titulaire.`);
}

/** @throws Invalid on `criteria` */
export function checkRanges(criteria: readonly CriterionRange[]) {
  const wrong = criteria.find(({ min, max }) => min > max || min < 0 || max > 100);
  if (wrong) throw Invalid.field('criteria', `Critère « ${wrong.label} » : la fourchette va du plus petit au plus grand, entre 0 et 100.`);
  if (new Set(criteria.map((one) => one.label)).size < criteria.length) throw Invalid.field('criteria', 'Deux critères portent le même nom.');
  const [least, most] = [sum(criteria.map((one) => one.min)), sum(criteria.map((one) => one.max))];
  if (criteria.length === 0 || least > 100 || most < 100) {
    throw Invalid.field('criteria', `Ces fourchettes ne peuvent pas donner un total de 100 : elles vont de ${least} à ${most}.`);
  }
}

/** Weights of a subsequent contract against what the framework announced: R2162-10, 4°. Empty when all is well. */
export function weightFaults(ranges: readonly CriterionRange[], weights: readonly { label: string; weight: number }[]): string[] {
  const faults: string[] = [];
  for (const { label, weight } of weights) {
    const range = ranges.find((one) => one.label === label);
    if (!range) faults.push(`Le critère « ${label} » n’est pas dans l’accord-cadre.`);
    else if (weight < range.min || weight > range.max) faults.push(`« ${label} » pèse ${weight} : l’accord-cadre annonce ${range.min === range.max ? range.min : `de ${range.min} à ${range.max}`}.`);
  }
  for (const { label, min } of ranges) if (min > 0 && !weights.some((one) => one.label === label)) faults.push(`Il manque le critère « ${label} ».`);
  const labels = weights.map((one) => one.label);
  for (const label of new Set(labels.filter((one, index) => labels.indexOf(one) !== index))) faults.push(`Le critère « ${label} » est écrit deux fois.`);
  const total = sum(weights.map((one) => one.weight));
  if (total !== 100) faults.push(`Les poids totalisent ${total}, et non 100.`);
  return faults;
}

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
