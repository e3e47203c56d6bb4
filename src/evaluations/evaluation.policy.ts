import { mayManage, worksOn } from '../consultations/consultation.policy.js';
import type { Consultation } from '../consultations/consultation.js';
import type { Actor } from '../platform/actor.js';
import type { Evaluation } from './evaluation.js';

type Rule = (who: Actor, c: Consultation) => boolean;

/** Once the bids are open, for agents of the buyer's territory; the ministry and the bidders read nothing of it. */
export const maySeeAnalysis: Rule = (who, c) => c.openedAt !== null && worksOn(who, c.territory);
/** Who keeps the file: documents, prices, classes, requests. */
export const mayAnalyse: Rule = (who, c) => mayManage(who, c);
/** The signatory's: separate equal offers, take a locked analysis up again. */
export const mayDecide: Rule = (who, c) => who.holdsOn('dept-signatory', c.territory) || who.holdsOn('regional-signatory', c.territory);
export const isEvaluator = (who: Actor, evaluation: Evaluation | null) => evaluation?.evaluatorIds.includes(who.id) ?? false;
