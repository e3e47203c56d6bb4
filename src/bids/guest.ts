import { Consultation, Invitation } from '../consultations/consultation.js';
import { mayBid, ownInvitation } from '../consultations/consultation.policy.js';
import { Organisation } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { BidDraft } from './draft.js';

/** The consultation, the invitation of the person's organisation and that organisation; 404 for anybody else. */
export async function guest(act: Act, actor: Actor, consultationId: string) {
  // One query for all three: every step of an upload asks this first.
  const own = [...actor.organisations('bidder'), '-'];
  const found: (Consultation & { invitations?: Invitation[]; organisations?: Organisation[] }) | null = await act.db
    .createQueryBuilder(Consultation, 'k')
    .leftJoinAndMapMany('k.invitations', Invitation, 'i', 'i."consultationId" = k.id and i."organisationId" in (:...own)', { own })
    .leftJoinAndMapMany('k.organisations', Organisation, 'o', 'o.id = i."organisationId"')
    .where('k.id = :consultationId', { consultationId })
    .getOne();
  const invitation = ownInvitation(actor, found?.invitations ?? []);
  const organisation = found?.organisations?.find((one) => one.id === invitation?.organisationId);
  act.see(found !== null && mayBid(actor, found, invitation));
  if (!found || !invitation || !organisation) throw new NotFound();
  delete found.invitations;
  delete found.organisations;
  return { consultation: found as Consultation, invitation, organisation };
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
