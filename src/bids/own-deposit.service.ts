import { Injectable } from '@nestjs/common';
import { depositorsOf, mayDeposit, membersOf } from '../people/depositors.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { StoredReceipt } from './bid.js';
import { bidsOf, type FiledBid } from './candidate.js';
import { BidDraftsService } from './drafts.service.js';
import { guest, openDraft } from './guest.js';
import { LateDecision } from './late-decision.js';

/** A bid as the members of one candidate read it; receipts are given to the establishment that filed, and to no other. */
export type OwnBid = FiledBid & { receipts: StoredReceipt[]; decision: LateDecision | null };

/** What an organisation sees of its own deposit, and of nobody else's: five queries. */
@Injectable()
export class OwnDepositService {
  constructor(
    private readonly acts: Acts,
    private readonly drafts: BidDraftsService,
  ) {}

  show(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'bid.show-own', async (act) => {
      const { consultation, organisation } = await guest(act, actor, consultationId);
      const draft = await openDraft(act, consultationId, organisation.id);
      const bids = (await bidsOf(act, consultationId, organisation)
        .leftJoinAndMapMany('b.receipts', StoredReceipt, 'r', 'r."bidId" = b.id and r."organisationId" = :own')
        .leftJoinAndMapOne('b.decision', LateDecision, 'x', 'x.id = b.id')
        .addOrderBy('r.createdAt', 'DESC')
        .getMany()) as OwnBid[];
      const members = organisation.depositorIds ? await membersOf(act, organisation.id) : [];
      const ids = members.map((one) => one.id);
      const named = depositorsOf(organisation, ids);
      return {
        consultation,
        organisation,
        consortium: this.drafts.consortiumOf(draft),
        checklist: this.drafts.checklistOf(draft),
        files: draft ? await this.drafts.filesOf(act, draft) : [],
        bids,
        personId: actor.id,
        reserved: members.filter((one) => named.includes(one.id)).map((one) => one.name),
        mayDeposit: mayDeposit(organisation, actor.id, ids),
        now: act.now,
      };
    });
  }
}
