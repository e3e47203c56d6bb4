// Bids opened, analysed and locked: where the award begins.
import type { Type } from '@nestjs/common';
import { AnalysisService } from '../../src/evaluations/analysis.service.js';
import { scoredRule } from '../../src/evaluations/award-rule.js';
import { assessmentOf } from '../../src/evaluations/evaluation.forms.js';
import { EvaluationsService } from '../../src/evaluations/evaluations.service.js';
import { ScoringService } from '../../src/evaluations/scoring.service.js';
import { AwardsModule } from '../../src/awards/awards.module.js';
import { Consultation } from '../../src/consultations/consultation.js';
import { Delegation } from '../../src/letters/letter.js';
import { Membership } from '../../src/people/people.js';
import { Actor } from '../../src/platform/actor.js';
import { bytes, type Company, DEADLINE, newWorld, type World } from '../bids/world.js';

export interface Offer {
  company: Company;
  /** Out of 20; none: irregular. */
  note: string | null;
  price: string;
}

export interface AwardWorld extends World {
  bids: Record<string, string>;
  /** Signs without having proposed. */
  evaluations: EvaluationsService;
}

/** @param offers empty: nothing is deposited; `method` null: a comparison, whose first admissible offer is chosen */
export async function analysedWorld(kind: string, offers: Offer[], { scored = true, lock = true, late = [] as Company[] } = {}, more: Type[] = []): Promise<AwardWorld> {
  const world = await newWorld(kind, {}, [AwardsModule, ...more]);
  await world.acts.perform(Actor.system, 'test.rule', async (act) => {
    act.require(true);
    await act.db.update(Consultation, { id: world.id }, { awardRule: scored ? scoredRule([{ label: 'Valeur technique', weight: 60 }, { label: 'Prix', weight: 40 }]) : null });
    await act.db.update(Delegation, { id: 'delegation-1' }, { kinds: ['late-bid', 'award-decision', 'award-letter', 'rejection', 'reasons'] });
    await act.add(Object.assign(new Membership(), { id: 'm-opener', personId: world.opener.id, organisationId: 'ddets', role: 'opener', territory: '67', validFrom: act.now }));
  });
  world.clock.moveTo(new Date(DEADLINE.getTime() - 3_600_000));
  for (const { company } of offers) {
    await world.upload(company, `${company}.pdf`, bytes(1000));
    await world.deposit(company, new Date(DEADLINE.getTime() - 60_000));
  }
  for (const company of late) {
    await world.upload(company, `${company}.pdf`, bytes(1000));
    await world.deposit(company, new Date(DEADLINE.getTime() + 1000));
  }
  await world.openAll();
  const evaluations = world.module.get(EvaluationsService);
  const scoring = world.module.get(ScoringService);
  await evaluations.begin(world.officer, world.id);
  const { rows } = await world.module.get(AnalysisService).show(world.officer, world.id);
  const bids = Object.fromEntries(rows.map((row) => [row.bid.organisationId, row.bid.id]));
  if (scored) {
    await evaluations.name(world.officer, world.id, [world.opener.id]);
    await evaluations.declare(world.opener, world.id, { outcome: 'none', reason: '' });
  }
  for (const { company, note, price } of offers) {
    const id = bids[company] ?? '';
    await evaluations.assess(world.officer, world.id, id, assessmentOf({ price, advantages: `Équipe de ${company} implantée dans le département.` }, []));
    await evaluations.classify(world.officer, world.id, id, note === null ? { bidClass: 'irregular', reason: 'Le mémoire technique exigé manque.' } : { bidClass: 'admissible', reason: '' });
    if (scored && note !== null) await scoring.score(world.opener, world.id, id, { 'note-c1': note, 'why-c1': `Méthode de ${company} claire et détaillée.` });
  }
  const chosen = offers.find((one) => one.note !== null);
  if (!scored && chosen) await evaluations.choose(world.officer, world.id, { bidId: bids[chosen.company] ?? '', reasons: 'Offre la plus pertinente, au juste prix, et l’opérateur change cette année.' });
  if (lock && chosen) await evaluations.lock(world.officer, world.id);
  return Object.assign(world, { bids, evaluations });
}
