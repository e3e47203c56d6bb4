import type { Actor } from '../platform/actor.js';
import type { Consultation, Invitation } from './consultation.js';

export const AGENTS = ['dept-officer', 'dept-signatory', 'regional-buyer', 'regional-signatory', 'opener'] as const;

/** Agents of the buyer's territory. Neither the technical administrator nor the ministry is one of them (domain.md 5.1). */
export const worksOn = (who: Actor, territory: string) => AGENTS.some((role) => who.holdsOn(role, territory));

/** Who keeps it: answers, changes the documents, extends (decisions.md 9). */
export const mayManage = (who: Actor, c: Consultation) => who.holdsOn('dept-officer', c.territory) || who.holdsOn('regional-buyer', c.territory);

/** Bidders see what they were invited to, once it was sent. */
export const mayView = (who: Actor, c: Consultation, invitation: Invitation | null) =>
  worksOn(who, c.territory) || isInvited(who, c, invitation);

export const isInvited = (who: Actor, c: Consultation, invitation: Invitation | null) =>
  c.launchedAt !== null && Boolean(invitation?.invitedAt) && who.organisations('bidder').includes(invitation?.organisationId ?? '');

/** Of the organisations a person acts for, the first that is invited: the chosen one comes first (sessions). */
export const ownInvitation = <T extends Pick<Invitation, 'organisationId'>>(who: Actor, invitations: readonly T[]): T | null =>
  who.organisations('bidder').map((id) => invitations.find((one) => one.organisationId === id)).find((one) => one !== undefined) ?? null;

/** Any member of an invited organisation may deposit; powers are checked at award. */
export const mayBid = isInvited;

/** Named before the deadline; substitutes too. */
export const mayOpen = (who: Actor, c: Consultation) => c.openerIds.includes(who.id) || c.substituteIds.includes(who.id);

export const maySeeBids = (who: Actor, c: Consultation) => c.openedAt !== null && worksOn(who, c.territory);
