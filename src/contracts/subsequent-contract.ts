import { Entity, Index } from 'typeorm';
import { Flag, Id, Instant, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import type { UploadedKind } from '../consultations/consultation-parts.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Day } from '../platform/working-days.js';

export type ContractStatus = 'preparation' | 'to-sign' | 'launched' | 'signed' | 'in-execution' | 'completed' | 'abandoned' | 'unsuccessful' | 'terminated';

/**
 * domain.md 5.7. Awaiting and having the green light, closed, opened, analysed, awarded are facts of the green lights
 * and of the consultation (decisions.md 7): they are derived, never stored twice.
 */
export const CONTRACT_MOVES = {
  submit: { from: ['preparation'], to: 'to-sign' },
  takeBack: { from: ['to-sign'], to: 'preparation' },
  launch: { from: ['to-sign'], to: 'launched' },
  fail: { from: ['launched'], to: 'unsuccessful' },
  abandon: { from: ['preparation', 'to-sign', 'launched'], to: 'abandoned' },
  sign: { from: ['launched'], to: 'signed' },
  /** R2182-5: it has effect when its notification is received. */
  notify: { from: ['signed'], to: 'in-execution' },
  terminate: { from: ['signed', 'in-execution'], to: 'terminated' },
  complete: { from: ['in-execution'], to: 'completed' },
} satisfies Moves<ContractStatus>;

const WRONG_STATE: Record<keyof typeof CONTRACT_MOVES, string> = {
  submit: 'Ce marché est déjà à la signature, ou déjà lancé.',
  takeBack: 'Seul un marché à la signature peut être repris.',
  launch: 'Ce marché n’est pas à lancer : ses lettres ne sont pas encore signées, ou il est déjà lancé.',
  fail: 'Seule une consultation lancée peut être infructueuse.',
  abandon: 'Ce marché est déjà terminé : il ne s’abandonne plus.',
  sign: 'Seul un marché lancé, dont l’attribution est décidée, se signe, une seule fois.',
  notify: 'Seul un marché signé se notifie, une seule fois.',
  terminate: 'Seul un marché conclu se résilie.',
  complete: 'Seul un marché en cours d’exécution s’achève.',
};

/** A failed, abandoned or terminated contract leaves its place: it is kept, and relaunched as a new one. */
export const GONE: readonly ContractStatus[] = ['abandoned', 'unsuccessful', 'terminated', 'completed'];
export const CONCLUDED: readonly ContractStatus[] = ['signed', 'in-execution', 'completed'];

/** What a signatory may override in writing; nothing else of the preflight can be. */
export type Overridable = 'green-light' | 'diagnostic';
export interface Override {
  of: Overridable;
  reason: string;
  byId: string;
  at: string;
}

/** Marché subséquent: one department's contract under a framework. Its consultation is the same thing as a diagnostic's. */
@Entity('subsequent_contract')
@Index('subsequent_contract_place', ['frameworkId', 'departmentCode'])
// At most one in force per department and framework: the slot is `framework/department` while it lives, and its own id afterwards.
@Index('subsequent_contract_slot', ['slot'], { unique: true })
@Index('subsequent_contract_consultation', ['consultationId'])
export class SubsequentContract {
  @Id() id!: string;
  @Ref() frameworkId!: string;
  @Ref() lotId!: string;
  @Text() departmentCode!: string;
  @Text() slot!: string;
  /** Who buys: an attribute, not a constant. */
  @Ref(true) authorityId: string | null = null;
  /** Who signs its letters and its overrides: one person of the buyer's, or anyone entitled when nobody is named. */
  @Ref(true) signatoryId: string | null = null;
  @Ref(true) consultationId: string | null = null;
  @Text() title!: string;
  @Text() status: ContractStatus = 'preparation';
  /** L2152-3: a bid is unacceptable only above a budget recorded before the launch. Cents, excluding VAT. */
  @Money(true) budgetCents: number | null = null;
  /** People to support: three separate volumes, since one alone can collapse (domain.md 1.2). */
  @Int(true) minQuantity: number | null = null;
  @Int(true) estimatedQuantity: number | null = null;
  @Int(true) maxQuantity: number | null = null;
  @Json() weights: { label: string; weight: number }[] = [];
  /** Rules of the consultation, specifications, annexes; the same files for departments prepared together. */
  @Json() documents: { fileId: string; title: string; kind: UploadedKind; size: number }[] = [];
  /** How long an offer binds, days from the deadline. */
  @Int() validityDays: number = 120;
  /** Last day of the questions. */
  @Text(true) questionsBefore: Day | null = null;
  @Json() overrides: Override[] = [];
  /** The one it relaunches. */
  @Ref(true) relaunchOfId: string | null = null;
  /** Prepared from the common file of this other one. */
  @Ref(true) commonWithId: string | null = null;
  /** Recorded from what predates the tool, without replaying its procedure: date, source, file or address. */
  @Flag() declared: boolean = false;
  @Text(true) declaredSource: string | null = null;
  @Text(true) contractorName: string | null = null;
  @Money(true) amountCents: number | null = null;
  @Text(true) startsOn: Day | null = null;
  @Text(true) endReason: string | null = null;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;
  @Instant(true) submittedAt: Date | null = null;
  @Instant(true) launchedAt: Date | null = null;
  @Instant(true) endedAt: Date | null = null;

  static slotOf(frameworkId: string, departmentCode: string) {
    return `${frameworkId}/${departmentCode}`;
  }

  get live() {
    return !GONE.includes(this.status);
  }

  /** Before its launch, in hand or at the signature. */
  get preparing() {
    return this.status === 'preparation' || this.status === 'to-sign';
  }

  mayChange() {
    if (this.status !== 'preparation') throw new Refused('not-in-preparation', 'Ce marché n’est plus en préparation : reprenez-le avant de le modifier.');
  }

  submit(now: Date) {
    this.status = this.after('submit');
    this.submittedAt = now;
  }

  takeBack() {
    this.status = this.after('takeBack');
    this.submittedAt = null;
  }

  /** The server refuses what the page refuses: `blocking` are the sentences of the preflight still false. */
  launch(now: Date, blocking: readonly string[]) {
    const status = this.after('launch');
    if (blocking.length > 0) throw new Refused('preflight', blocking.join(' '), { reasons: blocking });
    this.status = status;
    this.launchedAt = now;
  }

  /** Concluded: from now on it counts against its lot's maximum. */
  sign(amountCents: number, contractorName: string, maxQuantity: number | null) {
    this.status = this.after('sign');
    Object.assign(this, { amountCents, contractorName, maxQuantity: maxQuantity ?? this.maxQuantity });
  }

  takeEffect(startsOn: Day) {
    this.status = this.after('notify');
    this.startsOn = startsOn;
  }

  end(move: 'fail' | 'abandon' | 'terminate' | 'complete', reason: string, now: Date) {
    if (!reason) throw Invalid.field('reason', 'Écrivez le motif : il reste au dossier, et les participants le liront.');
    this.status = this.after(move);
    this.endReason = reason;
    this.endedAt = now;
    this.slot = this.id; // the department may be put back in competition
  }

  override(what: Overridable, reason: string, byId: string, now: Date) {
    if (!this.preparing) throw new Refused('too-late', 'Une dérogation s’écrit avant le lancement.');
    if (reason.length < 20) throw Invalid.field('reason', 'Écrivez les raisons de la dérogation, en une phrase au moins.');
    this.overrides = [...this.overrides.filter((one) => one.of !== what), { of: what, reason, byId, at: now.toISOString() }];
  }

  overridden(what: Overridable) {
    return this.overrides.some((one) => one.of === what);
  }

  private after(move: keyof typeof CONTRACT_MOVES) {
    return next<ContractStatus>(CONTRACT_MOVES, move, this.status, WRONG_STATE[move]);
  }
}
