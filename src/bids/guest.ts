import { In } from 'typeorm';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { mayBid } from '../consultations/consultation.policy.js';
import type { Act } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { BidDraft } from './draft.js';

/** The consultation and the invitation of the person's organisation; 404 for anybody else. */
export async function guest(act: Act, actor: Actor, consultationId: string) {
  const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
  const invitation = await act.db.findOneBy(Invitation, { consultationId, organisationId: In([...actor.organisations('bidder'), '-']) });
  act.see(consultation !== null && mayBid(actor, consultation, invitation));
  if (!consultation || !invitation) throw new NotFound();
  return { consultation, invitation };
}

export function openDraft(act: Act, consultationId: string, organisationId: string) {
  return act.db.findOneBy(BidDraft, { consultationId, organisationId, state: 'open' });
}

export async function newDraft(act: Act, consultation: Consultation, invitation: Invitation) {
  const draft = Object.assign(new BidDraft(), {
    id: act.random.id(),
    consultationId: consultation.id,
    organisationId: invitation.organisationId,
    createdAt: act.now,
  });
  await act.add(draft);
  return draft;
}

export const gone = () => new NotFound('Ce fichier n’est plus dans votre brouillon.');
