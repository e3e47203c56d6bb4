import { AnalysisService } from '../evaluations/analysis.service.js';
import { EvaluationsService } from '../evaluations/evaluations.service.js';
import type { Actor } from '../platform/actor.js';
import type { FrozenClock } from '../platform/clock.js';
import { Jobs } from '../platform/jobs.js';
import type { Getter } from './seed.js';

export interface Played {
  app: Getter;
  clock: FrozenClock;
  consultationId: string;
  step: (step: string, expected: string, work: () => Promise<unknown>) => Promise<void>;
}

const PRICES = ['24 000', '19 850,50'];

/** From the opened bids to a reasoned choice: a small purchase has no notes, and its reasons are written (R2122-8). Prices are fictional. */
export async function playAnalysis({ app, clock, consultationId: id, step }: Played, officer: Actor, signatory: Actor) {
  const [evaluations, analysis] = [app.get(EvaluationsService), app.get(AnalysisService)];
  clock.moveTo('2023-07-31T08:00:00.000Z');
  await step('le signataire ne tient pas l’analyse', 'forbidden', () => evaluations.begin(signatory, id));
  await step('l’analyse des deux offres commence', 'done', () => evaluations.begin(officer, id));
  const { rows } = await analysis.show(officer, id);
  for (const [index, { bid }] of rows.entries()) {
    const typed = { price: PRICES[index] ?? '21 000', advantages: 'Connaissance du département (fictif).', documents: [], typed: {} };
    await step(`l’offre ${index + 1} est examinée`, 'done', () => evaluations.assess(officer, id, bid.id, typed));
    await step(`l’offre ${index + 1} est recevable`, 'done', () => evaluations.classify(officer, id, bid.id, { bidClass: 'admissible', reason: '' }));
  }
  const [first] = rows;
  await step('un choix sans raisons est refusé', 'invalid', () => evaluations.choose(officer, id, { bidId: first?.bid.id ?? '', reasons: 'La meilleure.' }));
  await step('l’offre la plus pertinente est choisie, ses raisons écrites', 'done', () =>
    evaluations.choose(officer, id, { bidId: first?.bid.id ?? '', reasons: 'Offre la plus pertinente : méthode précise, équipe présente dans le département, prix conforme au budget (fictif).' }),
  );
  await step('l’analyse est arrêtée', 'done', () => evaluations.lock(officer, id));
  await app.get(Jobs).finishAll();
  await step('une offre ne se classe plus', 'locked', () => evaluations.classify(officer, id, first?.bid.id ?? '', { bidClass: 'admissible', reason: '' }));
}
