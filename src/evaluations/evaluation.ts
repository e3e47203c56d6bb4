import { Entity } from 'typeorm';
import { Id, Instant, Json, Ref, Text } from '../platform/columns.js';
import { Forbidden, Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { AwardRule } from './award-rule.js';

export type EvaluationStatus = 'open' | 'consensus' | 'locked';

export const EVALUATION_MOVES = {
  gather: { from: ['open'], to: 'consensus' },
  lock: { from: ['open', 'consensus'], to: 'locked' },
  /** A reversal of the award, or a judge's order, sends the analysis back; what was locked stays in the journal and the reports. */
  reopen: { from: ['locked'], to: 'open' },
} satisfies Moves<EvaluationStatus>;

const WRONG_STATE: Record<keyof typeof EVALUATION_MOVES, string> = {
  gather: 'La mise en commun a déjà commencé, ou l’analyse est arrêtée.',
  lock: 'L’analyse est déjà arrêtée.',
  reopen: 'Seule une analyse arrêtée se reprend.',
};

export interface Declaration {
  personId: string;
  /** ISO 8601, UTC. */
  at: string;
  /** A recusal removes the member: their notes no longer count. */
  outcome: 'none' | 'recused';
  reason: string;
}

/** Written decision that separates offers which the announced rule leaves equal. */
export interface TieDecision {
  order: string[];
  reason: string;
  byId: string;
  at: string;
}

/** Analyse des offres of one consultation: same id. Its rule is the consultation's, copied when it begins. */
@Entity('evaluation')
export class Evaluation {
  @Id() id!: string;
  @Text() status: EvaluationStatus = 'open';
  @Json() rule!: AwardRule;
  @Json() evaluatorIds: string[] = [];
  @Json() declarations: Declaration[] = [];
  @Json(true) tie: TieDecision | null = null;
  /** Of a comparison without notes: the chosen bid and why it is relevant (R2122-8). */
  @Ref(true) chosenBidId: string | null = null;
  @Text(true) reasons: string | null = null;
  @Instant() beganAt!: Date;
  @Instant(true) lockedAt: Date | null = null;
  @Ref(true) lockedById: string | null = null;
  @Ref(true) reportFileId: string | null = null;

  mustBeOpen() {
    if (this.status === 'locked') throw new Refused('locked', 'L’analyse est arrêtée : plus rien ne s’y modifie. Le signataire peut la reprendre, avec un motif.');
  }

  /** Two at least are usual; one is possible, as for the opening (domain.md 2.7). */
  name(evaluatorIds: readonly string[]) {
    this.mustBeOpen();
    if (evaluatorIds.length === 0) throw Invalid.field('evaluators', 'Désignez au moins un évaluateur.');
    if (evaluatorIds.some((id) => this.recused(id))) throw Invalid.field('evaluators', 'Une personne qui s’est récusée ne peut pas être désignée.');
    this.evaluatorIds = [...new Set(evaluatorIds)];
  }

  /** D32: each evaluator declares before scoring. */
  declare(personId: string, outcome: Declaration['outcome'], reason: string, now: Date) {
    this.mustBeOpen();
    if (!this.evaluatorIds.includes(personId)) throw new Forbidden('Vous n’êtes pas désigné pour cette analyse.');
    if (outcome === 'recused' && !reason) throw Invalid.field('reason', 'Dites en une phrase pourquoi vous vous récusez.');
    this.declarations = [...this.declarations.filter((one) => one.personId !== personId), { personId, at: now.toISOString(), outcome, reason }];
    if (outcome === 'recused') this.evaluatorIds = this.evaluatorIds.filter((id) => id !== personId);
  }

  recused(personId: string) {
    return this.declarations.some((one) => one.personId === personId && one.outcome === 'recused');
  }

  declared(personId: string) {
    return this.declarations.some((one) => one.personId === personId && one.outcome === 'none');
  }

  /** Alone, before the notes are put together. */
  mustLetScore(personId: string) {
    this.mustBeOpen();
    if (this.recused(personId)) throw new Forbidden('Vous vous êtes récusé : vous ne notez plus.');
    if (!this.evaluatorIds.includes(personId)) throw new Forbidden('Seuls les évaluateurs désignés notent.');
    if (!this.declared(personId)) throw new Refused('no-declaration', 'Déclarez d’abord l’absence de conflit d’intérêts.');
    if (this.status !== 'open') throw new Refused('wrong-state', 'La mise en commun a commencé : les notes individuelles ne changent plus.');
  }

  gather() {
    this.status = this.after('gather');
  }

  settleTie(order: readonly string[], reason: string, byId: string, now: Date) {
    this.mustBeOpen();
    if (reason.length < 20) throw Invalid.field('reason', 'Écrivez la décision qui départage ces offres, en une phrase au moins.');
    this.tie = { order: [...order], reason, byId, at: now.toISOString() };
  }

  /** @param missing sentences of what keeps it open: unclassified bids, missing notes or reasons, a tie */
  lock(missing: readonly string[], byId: string, now: Date) {
    const status = this.after('lock');
    if (missing.length > 0) throw new Refused('incomplete', missing.join(' '), { missing });
    this.status = status;
    this.lockedAt = now;
    this.lockedById = byId;
  }

  reopen() {
    this.status = this.after('reopen');
    this.lockedAt = null;
    this.lockedById = null;
    this.reportFileId = null;
  }

  private after(move: keyof typeof EVALUATION_MOVES) {
    return next<EvaluationStatus>(EVALUATION_MOVES, move, this.status, WRONG_STATE[move]);
  }
}
