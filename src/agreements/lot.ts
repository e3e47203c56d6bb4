import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Day } from '../platform/working-days.js';

export type LotStatus = 'draft' | 'awarded' | 'active' | 'closed' | 'unsuccessful';

export const LOT_MOVES = {
  award: { from: ['draft'], to: 'awarded' },
  activate: { from: ['awarded'], to: 'active' },
  close: { from: ['active'], to: 'closed' },
  reopen: { from: ['closed'], to: 'active' },
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

  /** domain.md 5.4: an awarded lot has its departments; an active one, somebody to consult. */
  move(move: LotMove, has: { departments: number; activeHolders: number }) {
    const status = next<LotStatus>(LOT_MOVES, move, this.status, 'Le lot n’est pas dans un état qui le permet.');
    if ((move === 'award' || move === 'activate') && has.departments === 0) throw new Refused('no-department', `Le lot ${this.number} n’a aucun département : indiquez-les d’abord.`);
    if ((move === 'activate' || move === 'reopen') && has.activeHolders === 0) throw new Refused('no-holder', `Le lot ${this.number} n’a aucun titulaire actif : enregistrez-le d’abord.`);
    this.status = status;
  }

  /** @throws Invalid on the field of the lot's form */
  check(framework: { needsMaximum: boolean } = { needsMaximum: false }) {
    if (!this.regionCode) throw Invalid.field('regionCode', `Lot ${this.number} : indiquez la région qui achète.`);
    if (this.maxCents !== null && this.minCents !== null && this.minCents > this.maxCents) throw Invalid.field('min', `Lot ${this.number} : le minimum dépasse le maximum.`);
    if (this.maxQuantity !== null && this.minQuantity !== null && this.minQuantity > this.maxQuantity) throw Invalid.field('minQuantity', `Lot ${this.number} : le minimum dépasse le maximum.`);
    if (framework.needsMaximum && this.noMaximum) {
      throw Invalid.field('max', `Lot ${this.number} : depuis 2022, un accord-cadre fixe un maximum, en valeur ou en quantité (art. R. 2162-4).`);
    }
  }

  get noMaximum() {
    return this.maxCents === null && this.maxQuantity === null;
  }
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
    if (target.earliest && target.latest && target.latest < target.earliest) throw Invalid.field('latest', 'La date au plus tard vient après la date au plus tôt.');
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
  /** What this person or service follows: « le suivi de l’opérateur ». */
  follows?: string;
}

// A holder is a part of a lot: whoever reads one reads the other.
export { competition, type ConsortiumForm, Holder, HOLDER_MOVES, type HolderMove, type HolderStatus, type Member, mustNotOverlap } from './holder.js';

/** @throws Invalid naming each department already taken by another lot of the framework */
export function mustBeFree(rows: readonly LotDepartment[], lotId: string, codes: readonly string[]) {
  const taken = rows.filter((row) => row.lotId !== lotId && codes.includes(row.departmentCode)).map((row) => row.departmentCode);
  if (taken.length > 0) throw Invalid.field('departments', `Déjà dans un autre lot de cet accord-cadre : ${taken.join(', ')}.`);
}
