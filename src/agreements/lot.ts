import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Day } from '../platform/working-days.js';
import type { Source } from './framework-agreement.js';

export type LotStatus = 'draft' | 'awarded' | 'active' | 'closed' | 'unsuccessful';

export const LOT_MOVES = {
  award: { from: ['draft'], to: 'awarded' },
  activate: { from: ['awarded'], to: 'active' },
  close: { from: ['active'], to: 'closed' },
  fail: { from: ['draft', 'awarded'], to: 'unsuccessful' },
} satisfies Moves<LotStatus>;
export type LotMove = keyof typeof LOT_MOVES;

/** Lot: a region, or any other set of departments. A framework cuts its territory as it likes: data, not code. */
@Entity('lot')
@Index('lot_number', ['frameworkId', 'number'], { unique: true })
export class Lot {
  @Id() id!: string;
  @Ref() frameworkId!: string;
  @Int() number!: number;
  @Text() name!: string;
  /** INSEE code of the region whose platform buys. */
  @Text() regionCode!: string;
  @Text() status: LotStatus = 'draft';
  /** R2162-4: a maximum in value or quantity. Nullable: older calls have none (warning). Cents, excluding VAT. */
  @Money(true) maxCents: number | null = null;
  @Money(true) minCents: number | null = null;
  @Int(true) maxQuantity: number | null = null;
  @Int(true) minQuantity: number | null = null;

  move(move: LotMove) {
    this.status = next<LotStatus>(LOT_MOVES, move, this.status, 'Le lot n’est pas dans un état qui le permet.');
  }

  check() {
    if (!this.regionCode) throw Invalid.field('regionCode', `Lot ${this.number} : indiquez la région qui achète.`);
    if (this.maxCents !== null && this.minCents !== null && this.minCents > this.maxCents) throw Invalid.field('minCents', `Lot ${this.number} : le minimum dépasse le maximum.`);
  }
}

/** Share of a maximum that contracts have used: alerts at 80 and 100 %. */
export function consumption(lot: Pick<Lot, 'maxCents'>, consumedCents: number): { percent: number | null; alert: '' | '80' | '100' } {
  if (lot.maxCents === null || lot.maxCents === 0) return { percent: null, alert: '' };
  // Integer arithmetic: a share is never rounded up to an alert that is not there.
  const percent = Math.floor((consumedCents * 100) / lot.maxCents);
  return { percent, alert: consumedCents >= lot.maxCents ? '100' : percent >= 80 ? '80' : '' };
}

/** A department in a lot of one framework, its wave and its target. One row per framework and department: never in two lots. */
@Entity('lot_department')
@Index('lot_department_once', ['frameworkId', 'departmentCode'], { unique: true })
@Index('lot_department_lot', ['lotId'])
export class LotDepartment {
  @Id() id!: string;
  @Ref() frameworkId!: string;
  @Ref() lotId!: string;
  @Text() departmentCode!: string;
  /** Year of the deployment wave. */
  @Int(true) wave: number | null = null;
  /** « mi-novembre », « fin 2022-début 2023 »: the words, and the days they mean. Lateness counts from the latest. */
  @Text(true) targetWording: string | null = null;
  @Text(true) targetEarliest: Day | null = null;
  @Text(true) targetLatest: Day | null = null;
  /** Why it was pulled forward to this wave. */
  @Text(true) pulledForward: string | null = null;
  /** Wanted start of the contract, from which the retro-planning counts. */
  @Text(true) wantedStart: Day | null = null;
  /** Who is who around this department. */
  @Json() actors: DepartmentActor[] = [];

  retarget(target: { wave: number | null; wording: string | null; earliest: Day | null; latest: Day | null }) {
    if (target.earliest && target.latest && target.latest < target.earliest) throw Invalid.field('targetLatest', 'La date au plus tard vient après la date au plus tôt.');
    Object.assign(this, { wave: target.wave, targetWording: target.wording, targetEarliest: target.earliest, targetLatest: target.latest ?? target.earliest });
  }

  pullForward(wave: number, reason: string) {
    if (this.wave === null || wave >= this.wave) throw new Refused('not-forward', 'Un département n’est avancé que vers une vague plus proche.');
    this.wave = wave;
    this.pulledForward = reason;
  }
}

export interface DepartmentActor {
  role: string;
  name: string;
  contact: string;
}

export type ConsortiumForm = 'single' | 'joint' | 'joint-solidary-lead' | 'solidary';
export type HolderStatus = 'active' | 'suspended' | 'withdrawn' | 'terminated' | 'replaced';

export const HOLDER_MOVES = {
  suspend: { from: ['active'], to: 'suspended' },
  resume: { from: ['suspended'], to: 'active' },
  withdraw: { from: ['active', 'suspended'], to: 'withdrawn' },
  terminate: { from: ['active', 'suspended'], to: 'terminated' },
  replace: { from: ['active', 'suspended'], to: 'replaced' },
} satisfies Moves<HolderStatus>;
export type HolderMove = keyof typeof HOLDER_MOVES;

/** Titulaire: a company or a consortium that may be put back in competition in its lot. It answers through its lead. */
@Entity('holder')
@Index('holder_lot', ['lotId', 'organisationId'])
export class Holder {
  @Id() id!: string;
  @Ref() frameworkId!: string;
  @Ref() lotId!: string;
  /** The company itself, or the lead of the consortium. */
  @Ref() organisationId!: string;
  @Text() name!: string;
  @Text() form: ConsortiumForm = 'single';
  /** Other members, by name; the lead is the organisation above. */
  @Json() members: { organisationId: string | null; name: string }[] = [];
  @Text() status: HolderStatus = 'active';
  @Text() enteredOn!: Day;
  @Text(true) leftOn: Day | null = null;
  @Text(true) reason: string | null = null;
  @Ref(true) replacedById: string | null = null;
  /** R2194-6: clause, restructuring, transfer. */
  @Text(true) legalCase: string | null = null;
  /** Declared capacity: departments of the lot it can serve. AGIR asks for two at least. */
  @Json() capacity: string[] = [];
  @Text() source: Source = 'ministry';

  /** Active on this day: what « exactly the holders of the lot » means. */
  isActive(day: Day) {
    if (this.status === 'suspended' || day < this.enteredOn) return false;
    // An exit announced for later has not happened yet: he is consulted until then (R2162-10, 1°).
    return this.leftOn === null ? this.status === 'active' : day < this.leftOn;
  }

  /** @param today a suspension and its end take effect when they are recorded; an exit may be announced */
  leave(move: HolderMove, day: Day, reason: string, today: Day) {
    if ((move === 'suspend' || move === 'resume') && day !== today) throw Invalid.field('on', 'Une suspension, ou sa fin, prend effet le jour où elle s’enregistre.');
    if (!reason) throw Invalid.field('reason', 'Écrivez le motif : il reste au dossier.');
    if (day < this.enteredOn) throw Invalid.field('leftOn', 'La sortie vient après l’entrée.');
    this.status = next<HolderStatus>(HOLDER_MOVES, move, this.status, 'Ce titulaire n’est plus dans un état qui le permet.');
    this.reason = reason;
    if (move !== 'suspend' && move !== 'resume') this.leftOn = day;
  }

  get memberNames(): string[] {
    return [this.name, ...this.members.map((one) => one.name)];
  }
}

/** @throws Invalid when the same company would hold the same lot twice at the same time */
export function mustNotOverlap(holders: readonly Holder[], added: Pick<Holder, 'organisationId' | 'enteredOn' | 'leftOn' | 'name'>) {
  const clash = holders.find((one) => one.organisationId === added.organisationId && one.enteredOn < (added.leftOn ?? '9999') && added.enteredOn < (one.leftOn ?? '9999'));
  if (clash) throw Invalid.field('name', `« ${added.name} » est déjà titulaire de ce lot à ces dates.`);
}

/** What the number of active holders means for the procedure. */
export function competition(active: number): 'blocked' | 'single' | 'reopening' {
  if (active === 0) return 'blocked';
  return active === 1 ? 'single' : 'reopening'; // R2162-9 with one holder, R2162-10 with several
}

/** @throws Invalid naming each department already taken by another lot of the framework */
export function mustBeFree(rows: readonly LotDepartment[], lotId: string, codes: readonly string[]) {
  const taken = rows.filter((row) => row.lotId !== lotId && codes.includes(row.departmentCode)).map((row) => row.departmentCode);
  if (taken.length > 0) throw Invalid.field('departments', `Déjà dans un autre lot de cet accord-cadre : ${taken.join(', ')}.`);
}
