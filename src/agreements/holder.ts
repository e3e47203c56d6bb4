import { Entity, Index } from 'typeorm';
import { Id, Instant, Json, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import { type Day, dayInFrench } from '../platform/working-days.js';
import type { Source } from './framework-agreement.js';

export type ConsortiumForm = 'single' | 'joint' | 'joint-solidary-lead' | 'solidary';
export type HolderStatus = 'active' | 'suspended' | 'withdrawn' | 'terminated' | 'replaced';

export const HOLDER_MOVES = {
  /** Also with an exit announced for later: until then he would be consulted. */
  suspend: { from: ['active', 'withdrawn', 'terminated', 'replaced'], to: 'suspended' },
  resume: { from: ['suspended'], to: 'active' },
  withdraw: { from: ['active', 'suspended'], to: 'withdrawn' },
  terminate: { from: ['active', 'suspended'], to: 'terminated' },
  replace: { from: ['active', 'suspended'], to: 'replaced' },
  /** An exit recorded by mistake, or annulled by a judge. */
  reinstate: { from: ['withdrawn', 'terminated'], to: 'active' },
} satisfies Moves<HolderStatus>;
export type HolderMove = keyof typeof HOLDER_MOVES;

/** Cotraitant: a member of a consortium beside its lead, and the part it carries out (R2142-20). */
export interface Member {
  /** In the directory, when its SIRET is known. */
  organisationId: string | null;
  name: string;
  part?: string;
}

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
  /** Other members; the lead is the organisation above. */
  @Json() members: Member[] = [];
  @Text() status: HolderStatus = 'active';
  /** Both are dated before the framework enters into force (domain.md 5.3). */
  @Text(true) signedOn: Day | null = null;
  @Text(true) notifiedOn: Day | null = null;
  @Text() enteredOn!: Day;
  @Text(true) leftOn: Day | null = null;
  @Text(true) reason: string | null = null;
  /** Suspended with an exit announced: what the end of the suspension brings back. */
  @Text(true) beforeSuspension: HolderStatus | null = null;
  @Ref(true) replacedById: string | null = null;
  /** R2194-6: clause, restructuring, transfer. */
  @Text(true) legalCase: string | null = null;
  /** Declared capacity: departments of the lot it can serve. AGIR asks for two at least. */
  @Json() capacity: string[] = [];
  @Text() source: Source = 'ministry';
  /** Reference and document of the last thing a region recorded about it. */
  @Text(true) sourceReference: string | null = null;
  @Ref(true) sourceFileId: string | null = null;
  @Instant(true) correctedAt: Date | null = null;

  /** Active on this day: what « exactly the holders of the lot » means. */
  isActive(day: Day) {
    if (this.status === 'suspended' || day < this.enteredOn) return false;
    // An exit announced for later has not happened yet: he is consulted until then (R2162-10, 1°).
    return this.leftOn === null ? this.status === 'active' : day < this.leftOn;
  }

  /** His exit has taken effect; one announced for later has not. */
  isOut(day: Day) {
    return this.leftOn === null ? this.status !== 'active' && this.status !== 'suspended' : this.leftOn <= day;
  }

  /** @param today a suspension and its end take effect when they are recorded; an exit may be announced */
  leave(move: HolderMove, day: Day, reason: string, today: Day) {
    if ((move === 'suspend' || move === 'resume') && day !== today) throw Invalid.field('on', 'Une suspension, ou sa fin, prend effet le jour où elle s’enregistre.');
    if (!reason) throw Invalid.field('reason', 'Écrivez le motif : il reste au dossier.');
    if (day < this.enteredOn) throw Invalid.field('on', 'La sortie vient après l’entrée.');
    // Suspended, he is not consulted: an exit still to come would put him back in competition until then.
    if (this.status === 'suspended' && move !== 'suspend' && move !== 'resume' && day > today) {
      throw Invalid.field(move === 'replace' ? 'enteredOn' : 'on', `« ${this.name} » est suspendu : sa sortie s’enregistre le jour où elle prend effet, pas avant. D’ici là, il reste suspendu.`);
    }
    if (move === 'suspend' && this.isOut(today)) throw new Refused('wrong-state', 'Ce titulaire est déjà sorti : il n’y a plus rien à suspendre.');
    const before = this.status;
    this.status = next<HolderStatus>(HOLDER_MOVES, move, this.status, 'Ce titulaire n’est plus dans un état qui le permet.');
    // The exit announced stays announced: its end, its kind and its successor are as they were.
    if (move === 'resume' && this.leftOn) this.status = this.beforeSuspension ?? 'active';
    this.beforeSuspension = move === 'suspend' && before !== 'active' ? before : null;
    const pause = move === 'suspend' || move === 'resume';
    this.reason = pause && this.leftOn && this.reason ? `${this.reason} ; ${move === 'suspend' ? 'suspension' : 'reprise'} du ${dayInFrench(day)} : ${reason}` : reason;
    if (move === 'reinstate') this.leftOn = null;
    else if (!pause) this.leftOn = day;
  }

  /** @throws Invalid on the field of the holder's form */
  check() {
    if (this.leftOn && this.leftOn <= this.enteredOn) throw Invalid.field('leftOn', 'La sortie vient après l’entrée.');
    if (this.leftOn && !this.reason) throw Invalid.field('reason', 'Écrivez le motif de la sortie : il reste au dossier.');
    if (this.form !== 'single' && this.members.length === 0) throw Invalid.field('members', 'Un groupement a au moins deux membres : nommez les autres, un par ligne.');
    if (this.form === 'single' && this.members.length > 0) throw Invalid.field('members', 'Un titulaire seul n’a pas d’autres membres : choisissez une forme de groupement, ou videz cette liste.');
    if (this.notifiedOn && this.signedOn && this.notifiedOn < this.signedOn) throw Invalid.field('notifiedOn', 'La notification vient après la signature.');
  }

  get memberNames(): string[] {
    return [this.name, ...this.members.map((one) => one.name)];
  }
}

/** @throws Invalid when the same company would hold the same lot twice at the same time */
export function mustNotOverlap(holders: readonly Holder[], added: Pick<Holder, 'organisationId' | 'enteredOn' | 'leftOn' | 'name'>, field = 'name') {
  const clash = holders.find((one) => one.organisationId === added.organisationId && one.enteredOn < (added.leftOn ?? '9999') && added.enteredOn < (one.leftOn ?? '9999'));
  if (clash) throw Invalid.field(field, `« ${added.name} » est déjà titulaire de ce lot à ces dates.`);
}

/** What the number of active holders means for the procedure. */
export function competition(active: number): 'blocked' | 'single' | 'reopening' {
  if (active === 0) return 'blocked';
  return active === 1 ? 'single' : 'reopening'; // R2162-9 with one holder, R2162-10 with several
}
