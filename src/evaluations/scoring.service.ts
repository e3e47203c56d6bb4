import { Injectable } from '@nestjs/common';
import { recusedFrom } from '../bids/opening-reading.js';
import { Consultation } from '../consultations/consultation.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { type FieldError, Invalid, NotFound, Refused } from '../platform/errors.js';
import { Assessment } from './assessment.js';
import { leavesOf } from './criteria.js';
import { Evaluation } from './evaluation.js';
import { scoresOf, type TypedScore } from './evaluation.forms.js';
import { isEvaluator, mayAnalyse, maySeeAnalysis } from './evaluation.policy.js';
import { CONSENSUS, justificationOf, noteOf, Score } from './score.js';

/** Notes: alone first, together afterwards. Nobody reads another's notes before they are put together. */
@Injectable()
export class ScoringService {
  constructor(private readonly acts: Acts) {}

  /** An evaluator's own notes of one offer; a criterion left blank waits. */
  score(actor: Actor, id: string, bidId: string, body: unknown): Promise<void> {
    return this.acts.perform(actor, 'evaluation.score', async (act) => {
      const evaluation = await this.found(act, actor, id, bidId);
      act.require(!(await recusedFrom(act, id)).includes(actor.id), 'Vous vous êtes récusé pour l’ouverture : vous ne notez pas.');
      evaluation.mustLetScore(actor.id);
      await this.keep(act, evaluation, bidId, actor.id, body);
    });
  }

  /** From then on the notes are read side by side, and one note of all is written. */
  gather(actor: Actor, id: string): Promise<void> {
    return this.acts.perform(actor, 'evaluation.gather', async (act) => {
      const evaluation = await this.found(act, actor, id);
      const consultation = await act.db.findOneByOrFail(Consultation, { id });
      act.require(mayAnalyse(actor, consultation), 'La mise en commun est ouverte par l’agent qui suit la consultation.');
      evaluation.mustBeOpen();
      if (evaluation.rule.criteria.length === 0) throw new Refused('not-scored', 'Cette consultation se choisit par comparaison, sans notes.');
      if (evaluation.evaluatorIds.length === 0) throw new Refused('no-evaluator', 'Désignez d’abord les évaluateurs.');
      evaluation.gather();
      await act.db.update(Evaluation, { id }, { status: evaluation.status });
    });
  }

  /** The note of all: written by the agent in charge or by an evaluator, while the notes are being put together. */
  agree(actor: Actor, id: string, bidId: string, body: unknown): Promise<void> {
    return this.acts.perform(actor, 'evaluation.agree', async (act) => {
      const evaluation = await this.found(act, actor, id, bidId);
      const consultation = await act.db.findOneByOrFail(Consultation, { id });
      act.require(mayAnalyse(actor, consultation) || isEvaluator(actor, evaluation), 'La note commune est écrite par l’agent qui suit la consultation, ou par un évaluateur.');
      evaluation.mustBeOpen();
      if (evaluation.status !== 'consensus') throw new Refused('wrong-state', 'Ouvrez d’abord la mise en commun des notes.');
      await this.keep(act, evaluation, bidId, CONSENSUS, body);
    });
  }

  private async keep(act: Act, evaluation: Evaluation, bidId: string, personId: string, body: unknown) {
    const { rule, id } = evaluation;
    const typed = scoresOf(body, leavesOf(rule.criteria));
    if (typed.length === 0) throw Invalid.field('notes', 'Écrivez au moins une note et sa justification.', { ...Object(body) });
    const checked = check(typed, rule.decimals, { ...Object(body) });
    for (const { leafId, note, justification } of checked) {
      await act.db.delete(Score, { bidId, leafId, personId });
      await act.add(Object.assign(new Score(), { id: act.random.id(), consultationId: id, bidId, leafId, personId, note, justification, updatedAt: act.now }));
    }
    act.on(id, bidId);
    act.record({ criteria: checked.map((one) => one.leafId), of: personId === CONSENSUS ? CONSENSUS : 'own' });
  }

  private async found(act: Act, actor: Actor, id: string, bidId?: string): Promise<Evaluation> {
    const consultation = await act.load(Consultation, id);
    act.see(maySeeAnalysis(actor, consultation));
    act.on(id);
    const evaluation = await act.db.findOneBy(Evaluation, { id });
    if (!evaluation) throw new Refused('not-begun', 'L’analyse n’est pas commencée.');
    if (bidId !== undefined && !(await act.db.existsBy(Assessment, { id: bidId, consultationId: id }))) throw new NotFound();
    return evaluation;
  }
}

/** All the faults at once, each beside its field. */
function check(typed: readonly TypedScore[], decimals: number, body: Record<string, unknown>) {
  const faults: FieldError[] = [];
  const kept = typed.map(({ leaf, note, justification }) => {
    const read = { leafId: leaf.id, note: '', justification: '' };
    for (const work of [() => (read.note = noteOf(note, leaf, decimals, `note-${leaf.id}`)), () => (read.justification = justificationOf(justification, `why-${leaf.id}`))]) {
      try {
        work();
      } catch (error) {
        if (!(error instanceof Invalid)) throw error;
        faults.push(...error.errors);
      }
    }
    return read;
  });
  if (faults.length > 0) throw new Invalid(faults, body);
  return kept;
}
