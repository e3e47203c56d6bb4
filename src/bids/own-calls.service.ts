import { Injectable } from '@nestjs/common';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Bid } from './bid.js';
import { BidDraft, BidFile } from './draft.js';
import { LateDecision } from './late-decision.js';
import { ownState } from './own-state.js';

const LISTED = 100;

/** « Mes consultations » of an organisation, with the state of its own deposit in each. */
@Injectable()
export class OwnCallsService {
  constructor(private readonly acts: Acts) {}

  /** The nearest deadline first. Three queries: the calls, their bids, the files that wait in drafts; all of this organisation alone. */
  list(actor: Actor) {
    return this.acts.look(actor, 'consultation.list-mine', async (act) => {
      const organisations = actor.organisations('bidder');
      act.see(organisations.length > 0);
      const calls = await act.db
        .createQueryBuilder(Consultation, 'k')
        .innerJoin(Invitation, 'i', 'i."consultationId" = k.id and i."invitedAt" is not null')
        .where('i."organisationId" in (:...organisations) and k."launchedAt" is not null', { organisations })
        .orderBy('k.deadline', 'DESC')
        .take(LISTED)
        .getMany();
      const ids = calls.map((one) => one.id);
      const bids = ids.length === 0 ? [] : ((await act.db
        .createQueryBuilder(Bid, 'b')
        .leftJoinAndMapOne('b.decision', LateDecision, 'x', 'x.id = b.id')
        .where('b."consultationId" in (:...ids) and b."organisationId" in (:...organisations)', { ids, organisations })
        .orderBy('b."receivedAt"', 'DESC')
        .getMany()) as (Bid & { decision: LateDecision | null })[]);
      const waiting = ids.length === 0 ? [] : await act.db
        .createQueryBuilder(BidDraft, 'd')
        .innerJoin(BidFile, 'f', 'f."draftId" = d.id')
        .select(['d."consultationId" AS "id"', 'count(*) AS "files"'])
        .where('d."consultationId" in (:...ids) and d."organisationId" in (:...organisations) and d.state = :open', { ids, organisations, open: 'open' })
        .groupBy('d."consultationId"')
        .getRawMany<{ id: string; files: string | number }>();
      const rows = calls.map((consultation) => ({
        consultation,
        own: ownState(bids.filter((bid) => bid.consultationId === consultation.id), consultation.isInTime(act.now)),
        files: Number(waiting.find((one) => one.id === consultation.id)?.files ?? 0),
      }));
      return { rows, now: act.now };
    });
  }
}
