import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Bid } from '../bids/bid.js';
import { recusedFrom } from '../bids/opening-reading.js';
import { Opening } from '../bids/opening.js';
import { Consultation } from '../consultations/consultation.js';
import { possibleOpeners } from '../consultations/openers.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Assessment } from './assessment.js';
import { comparisonRule } from './award-rule.js';
import { BidRequest, ON_PRICE, TOLD } from './bid-request.js';
import { Evaluation } from './evaluation.js';
import type { AssessmentForm, ChoiceForm, ClassForm, DeclarationForm, TieForm } from './evaluation.forms.js';
import { mayAnalyse, mayDecide, maySeeAnalysis } from './evaluation.policy.js';
import { priceOf } from './price-notes.js';
import { rankingOf } from './ranking-reading.js';
import { CONSENSUS, Score } from './score.js';

interface Found {
  consultation: Consultation;
  evaluation: Evaluation;
}

const NOT_YOURS = 'L’analyse est tenue par l’agent qui suit la consultation.';

/** Analyse des offres: from the opening to a locked ranking, or to a reasoned choice. */
@Injectable()
export class EvaluationsService {
  constructor(private readonly acts: Acts) {}

  /** The analysis takes the rule that the call announced, and an empty examination for each opened bid. */
  begin(actor: Actor, id: string): Promise<void> {
    return this.acts.perform(actor, 'evaluation.begin', async (act) => {
      const consultation = await this.opened(act, actor, id);
      act.require(mayAnalyse(actor, consultation), NOT_YOURS);
      if (consultation.status !== 'opened') throw new Refused('wrong-state', 'L’analyse suit l’ouverture des plis, et précède l’attribution.');
      const opening = await act.db.findOneBy(Opening, { id });
      if (!opening?.checkedAt) throw new Refused('checking', 'Le contrôle des empreintes n’est pas terminé : recommencez dans un instant.');
      if (await act.db.existsBy(Evaluation, { id })) return; // asked twice
      const rule = consultation.awardRule ?? comparisonRule();
      await act.add(Object.assign(new Evaluation(), { id, rule, beganAt: act.now }));
      const bids = await act.db.findBy(Bid, [{ consultationId: id, status: 'opened' }, { consultationId: id, status: 'unreadable' }]);
      const documents = consultation.expected.map(({ label }) => ({ label, state: 'present' as const, note: '' }));
      for (const bid of bids) await act.add(Object.assign(new Assessment(), { id: bid.id, consultationId: id, documents }));
      act.record({ bids: bids.length, method: rule.method });
    });
  }

  name(actor: Actor, id: string, evaluatorIds: string[]): Promise<void> {
    return this.change(actor, id, 'evaluation.evaluators', mayAnalyse, async (act, { consultation, evaluation }) => {
      const known = await possibleEvaluators(act, consultation);
      if (evaluatorIds.some((one) => !known.some((person) => person.id === one))) throw Invalid.field('evaluators', 'Une des personnes cochées n’est pas agent de cet acheteur.');
      if (evaluation.status !== 'open') throw new Refused('wrong-state', 'La mise en commun a commencé : les évaluateurs ne changent plus.');
      const recused = await recusedFrom(act, id);
      if (evaluatorIds.some((one) => recused.includes(one))) throw Invalid.field('evaluators', 'Une personne qui s’est récusée pour l’ouverture ne peut pas analyser les offres.');
      evaluation.name(evaluatorIds);
      await act.db.update(Evaluation, { id }, { evaluatorIds: evaluation.evaluatorIds });
      act.record({ evaluators: evaluation.evaluatorIds.length });
    });
  }

  /** D32. A recusal removes the member. */
  declare(actor: Actor, id: string, { outcome, reason }: DeclarationForm): Promise<void> {
    return this.change(actor, id, 'evaluation.declare', maySeeAnalysis, async (act, { evaluation }) => {
      evaluation.declare(actor.id, outcome, reason, act.now);
      await act.db.update(Evaluation, { id }, { declarations: evaluation.declarations, evaluatorIds: evaluation.evaluatorIds });
      act.record({ declaration: outcome });
    });
  }

  /** Documents, price and advantages of one offer. */
  assess(actor: Actor, id: string, bidId: string, form: AssessmentForm): Promise<void> {
    return this.change(actor, id, 'evaluation.assess', mayAnalyse, async (act) => {
      const one = await this.assessment(act, id, bidId);
      const price = form.price === '' ? null : priceIn(form);
      if (price !== one.priceCents) await mustMayReprice(act, bidId, 'price', form.typed);
      await act.db.update(Assessment, { id: bidId }, { documents: form.documents.length > 0 ? form.documents : one.documents, priceCents: price, advantages: form.advantages || null });
      act.on(id, bidId);
      act.record({ missing: form.documents.filter(({ state }) => state === 'missing' || state === 'incomplete').length });
    });
  }

  classify(actor: Actor, id: string, bidId: string, form: ClassForm): Promise<void> {
    return this.change(actor, id, 'evaluation.classify', mayAnalyse, async (act, { consultation }) => {
      const one = await this.assessment(act, id, bidId);
      const bid = await act.db.findOneByOrFail(Bid, { id: bidId });
      if (bid.status === 'unreadable' && form.bidClass === 'admissible') throw Invalid.field('bidClass', 'Une offre illisible ne peut pas être classée recevable.', { ...form });
      const asked = await act.db.findBy(BidRequest, { bidId, kind: 'abnormally-low' });
      // R2152-4: what was answered, or the silence, has been judged before the rejection.
      const justified = asked.some((request) => request.status === 'refused');
      one.classify(form.bidClass, form.reason, { budgetCents: consultation.budgetCents, justified }, actor.id, act.now);
      await act.db.update(Assessment, { id: bidId }, { bidClass: one.bidClass, reason: one.reason, classedById: one.classedById, classedAt: one.classedAt });
      act.on(id, bidId);
      act.record({ bidClass: one.bidClass });
    });
  }

  /** The written decision that separates equal offers. */
  settleTie(actor: Actor, id: string, form: TieForm): Promise<void> {
    return this.change(actor, id, 'evaluation.tie', mayDecide, async (act, { evaluation }) => {
      const { rows } = await rankingOf(act, id);
      const tied = rows.filter((row) => (row.ranked?.tied.length ?? 0) > 0).map((row) => row.bid.id);
      if (form.order.length < 2 || form.order.some((bidId) => !tied.includes(bidId)) || new Set(form.order).size < form.order.length) throw Invalid.field('order', 'Donnez l’ordre des offres à égalité, chacune une fois.', { ...form });
      evaluation.settleTie(form.order, form.reason, actor.id, act.now);
      await act.db.update(Evaluation, { id }, { tie: evaluation.tie });
    }, 'Départager des offres à égalité revient au signataire.');
  }

  /** A small purchase without notes (R2122-8): the choice and its reasons. */
  choose(actor: Actor, id: string, form: ChoiceForm): Promise<void> {
    return this.change(actor, id, 'evaluation.choose', mayAnalyse, async (act, { evaluation }) => {
      evaluation.mustBeOpen();
      if (evaluation.rule.criteria.length > 0) throw new Refused('scored', 'Cette consultation a des critères : le choix suit le classement.');
      const one = await this.assessment(act, id, form.bidId);
      if (!one.ranked) throw Invalid.field('bidId', 'Seule une offre recevable peut être retenue.', { ...form });
      if (form.reasons.length < 20) throw Invalid.field('reasons', 'Écrivez les raisons du choix, en une phrase au moins : pertinence de l’offre, bon emploi des deniers publics (art. R. 2122-8).', { ...form });
      await act.db.update(Evaluation, { id }, { chosenBidId: form.bidId, reasons: form.reasons });
    });
  }

  /** Nothing changes any more: the ranking, or the choice, is what the award will read. */
  lock(actor: Actor, id: string): Promise<void> {
    return this.change(actor, id, 'evaluation.lock', mayAnalyse, async (act, { evaluation }) => {
      const { missing, rows } = await rankingOf(act, id);
      const alone = evaluation.status === 'open' ? evaluation.evaluatorIds[0] : undefined;
      evaluation.lock(missing, actor.id, act.now);
      // The notes of a single evaluator are those of all: the reports and the letters read one place.
      if (alone) await act.db.update(Score, { consultationId: id, personId: alone }, { personId: CONSENSUS });
      await act.db.update(Evaluation, { id }, { status: evaluation.status, lockedAt: evaluation.lockedAt, lockedById: evaluation.lockedById });
      await act.later({ kind: 'evaluation.report', payload: { id } });
      act.record({ offers: rows.length, ranked: rows.filter((row) => row.ranked).length });
    });
  }

  /** After a reversal or a judge's order; what was locked stays in the journal. */
  reopen(actor: Actor, id: string, reason: string): Promise<void> {
    return this.change(actor, id, 'evaluation.reopen', mayDecide, async (act, { consultation, evaluation }) => {
      if (consultation.status !== 'opened') throw new Refused('awarded', 'L’attribution est prononcée : retirez-la d’abord.');
      evaluation.reopen();
      await act.db.update(Evaluation, { id }, { status: evaluation.status, lockedAt: null, lockedById: null, reportFileId: null });
      act.record({ reason });
    }, 'La reprise d’une analyse arrêtée revient au signataire.');
  }

  private change(actor: Actor, id: string, name: string, may: (who: Actor, c: Consultation) => boolean, work: (act: Act, found: Found) => Promise<void>, sentence = NOT_YOURS): Promise<void> {
    return this.acts.perform(actor, name, async (act) => {
      const consultation = await this.opened(act, actor, id);
      act.require(may(actor, consultation), sentence);
      act.on(id);
      const evaluation = await act.db.findOneBy(Evaluation, { id });
      if (!evaluation) throw new Refused('not-begun', 'L’analyse n’est pas commencée.');
      if (!['evaluation.reopen', 'evaluation.lock'].includes(name)) evaluation.mustBeOpen();
      await work(act, { consultation, evaluation });
    });
  }

  private async opened(act: Act, actor: Actor, id: string): Promise<Consultation> {
    const consultation = await act.load(Consultation, id);
    act.see(maySeeAnalysis(actor, consultation));
    act.on(id);
    return consultation;
  }

  private async assessment(act: Act, id: string, bidId: string): Promise<Assessment> {
    const one = await act.db.findOneBy(Assessment, { id: bidId, consultationId: id });
    if (!one) throw new NotFound();
    return one;
  }
}

/** @throws Invalid on `field` once a regularisation or a justification was asked: the price is the one that was filed (R2152-2, R2152-3) */
export async function mustMayReprice(act: Act, bidId: string, field: string, typed: Record<string, unknown> = {}): Promise<void> {
  const asked = await act.db.existsBy(BidRequest, { bidId, kind: In(ON_PRICE), status: In(TOLD) });
  if (asked) throw new Invalid([{ field, message: 'Le prix de cette offre ne change plus : une régularisation ou une justification a été demandée sur lui (art. R. 2152-2 et R. 2152-3).' }], typed);
}

/** Agents who may open for this buyer may evaluate for it too. */
export const possibleEvaluators = (act: Act, consultation: Consultation) => possibleOpeners(act, consultation.territory);

function priceIn(form: AssessmentForm): number {
  try {
    return Number(priceOf(form.price));
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid(error.errors, form.typed);
    throw error;
  }
}
