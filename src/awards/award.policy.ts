import type { Consultation } from '../consultations/consultation.js';
import { maySeeAnalysis } from '../evaluations/evaluation.policy.js';
import type { Actor } from '../platform/actor.js';

type Rule = (who: Actor, c: Consultation) => boolean;

/** Agents of the buyer, once the bids are open; the ministry reads nothing of bids (domain.md 5.2). */
export const maySeeAward = maySeeAnalysis;
export { mayAnalyse as mayPropose, mayDecide as mayAward } from '../evaluations/evaluation.policy.js';

/** Organisations for which a person acts: each sees its own letters, pieces and requests, and nobody else's. */
export const ownOrganisations = (who: Actor) => [...who.organisations('bidder'), '-'];
export const isOwn: (who: Actor, organisationId: string) => boolean = (who, organisationId) => who.organisations('bidder').includes(organisationId);
export type { Rule };
