import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import { StoredReceipt } from '../bids/bid.js';
import { BidDraft, BidFile } from '../bids/draft.js';
import { Commission } from '../commissions/commission.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { Letter } from '../letters/letter.js';
import { SignInLink } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { SealingKey } from '../sealing/sealing-key.js';
import type { GuideFacts } from './guide.js';

/** Facts of the guided path, for the story's own commission: the first one. */
@Injectable()
export class GuideService {
  constructor(private readonly acts: Acts) {}

  facts(actor: Actor): Promise<GuideFacts> {
    return this.acts.look(actor, 'demo.guide', async (act) => {
      act.see(true);
      const { db } = act;
      const [commission] = await db.find(Commission, { order: { createdAt: 'ASC' }, take: 1 });
      const subjectId = commission?.id ?? '-';
      const consultationId = commission?.consultationId ?? '-';
      const consultation = await db.findOneBy(Consultation, { id: consultationId });
      const added = await db.findBy(Invitation, { consultationId, origin: 'added' });
      const own = [...actor.organisations('bidder'), '-'];
      const drafts = await db.findBy(BidDraft, { consultationId, organisationId: In(own) });
      const key = await db.findOneBy(SealingKey, { id: consultationId });
      return {
        now: act.now,
        commissionId: commission?.id ?? null,
        consultationId: consultation?.launchedAt ? consultationId : null,
        lettersSigned: await db.existsBy(Letter, { subjectId, form: 'in-fine', signedAt: Not(IsNull()) }),
        lettersSent: consultation !== null && consultation.launchedAt !== null,
        added: added.length,
        addedInvited: added.some((one) => one.invitedAt !== null),
        linkUsed: await db.existsBy(SignInLink, { personId: In([...added.map((one) => one.personId), '-']), usedAt: Not(IsNull()) }),
        ownFiles: await db.existsBy(BidFile, { draftId: In([...drafts.map((one) => one.id), '-']), state: 'complete' }),
        ownReceipt: await db.existsBy(StoredReceipt, { consultationId, organisationId: In(own), kind: 'deposit' }),
        confirmations: key?.confirmations.length ?? 0,
        opened: consultation !== null && consultation.openedAt !== null,
      };
    });
  }
}
