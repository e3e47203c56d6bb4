import { In } from 'typeorm';
import { Bid } from '../bids/bid.js';
import { Consultation, ConsultationDocument, Invitation } from '../consultations/consultation.js';
import { rankingOf, type Ranking } from '../evaluations/ranking-reading.js';
import { Authority } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Award, LIVE } from './award.js';
import { maySeeAward } from './award.policy.js';
import type { Procedure } from './standstill.js';

/** The consultation under lock, for an act of the agents of its buyer; its line goes to the consultation's chain. */
export async function lockedCall(act: Act, actor: Actor, id: string): Promise<Consultation> {
  const consultation = await act.load(Consultation, id);
  act.see(maySeeAward(actor, consultation));
  act.on(id);
  return consultation;
}

/** For a look. */
export async function visibleCall(act: Act, actor: Actor, id: string): Promise<Consultation> {
  const consultation = await act.db.findOneBy(Consultation, { id });
  if (!consultation) throw new NotFound();
  act.see(maySeeAward(actor, consultation));
  return consultation;
}

export const liveAward = (act: Act, consultationId: string) => act.db.findOneBy(Award, { consultationId, status: In(LIVE) });

/** @throws Refused without a proposal */
export async function theAward(act: Act, consultationId: string): Promise<Award> {
  const award = await liveAward(act, consultationId);
  if (!award) throw new Refused('no-award', 'Aucune attribution n’est proposée : proposez d’abord l’attributaire.');
  return award;
}

/** What opened the call says which it is; the announced method where no letter was joined. */
export async function procedureOf(act: Act, { id, awardRule }: Consultation): Promise<Procedure> {
  const letter = await act.db.findOneBy(ConsultationDocument, { consultationId: id, kind: In(['commission-letter', 'consultation-letter']) });
  if (letter) return letter.kind === 'consultation-letter' ? 'subsequent-contract' : 'commission';
  return awardRule?.method === 'scored' ? 'subsequent-contract' : 'commission';
}

/** A late bid still waits for its decision: nobody knows yet who takes part (R2151-5). */
export async function mustHaveDecidedLateBids(act: Act, consultationId: string) {
  const waiting = await act.db.countBy(Bid, { consultationId, status: In(['late', 'admitted']) });
  if (waiting > 0) throw new Refused('late-undecided', `${waiting > 1 ? `${waiting} plis hors délai attendent` : 'Un pli hors délai attend'} une décision, ou sa séance d’ouverture : éliminez-le ou ouvrez-le d’abord (art. R. 2151-5).`);
}

export interface AwardFacts {
  consultation: Consultation;
  award: Award;
  authority: Authority;
  ranking: Ranking;
  invitations: Invitation[];
}

/** All that the decision and the letters print. */
export async function factsOf(act: Act, consultation: Consultation, award: Award): Promise<AwardFacts> {
  return {
    consultation,
    award,
    authority: await act.db.findOneByOrFail(Authority, { id: consultation.authorityId }),
    ranking: await rankingOf(act, consultation.id),
    invitations: await act.db.find(Invitation, { where: { consultationId: consultation.id }, order: { number: 'ASC' } }),
  };
}
