import { Bid } from '../bids/bid.js';
import type { Consultation } from '../consultations/consultation.js';
import { Organisation } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { type Day, dayOf } from '../platform/working-days.js';
import { Award, type AwardStatus } from './award.js';
import { Remedy } from './remedy.js';
import type { Procedure, Standstill } from './standstill.js';

/** What the life of the contract reads of its award. */
export interface AwardReading {
  awardId: string;
  number: number;
  status: AwardStatus;
  procedure: Procedure;
  bidId: string;
  /** The holder of the bid: alone, or the lead of its consortium. */
  organisationId: string;
  operator: string;
  consortium: Bid['consortium'];
  /** Cents, excluding VAT. */
  amountCents: number;
  decidedAt: Date | null;
  lettersSentAt: Date | null;
  standstill: Standstill | null;
  /** First day on which one may sign, on the buyer's clocks. */
  signableFrom: Day | null;
  /** A référé précontractuel is pending. */
  blocked: boolean;
  reversed: boolean;
  entity: Award;
}

/** The latest award of a consultation, withdrawn and reversed ones included; null before any. Two queries. */
export async function awardReading(act: Act, consultationId: string): Promise<AwardReading | null> {
  const award = (await act.db
    .createQueryBuilder(Award, 'a')
    .leftJoinAndMapOne('a.organisation', Organisation, 'o', 'o.id = a."organisationId"')
    .leftJoinAndMapOne('a.bid', Bid, 'b', 'b.id = a."bidId"')
    .where('a."consultationId" = :consultationId', { consultationId })
    .orderBy('a.number', 'DESC')
    .limit(1)
    .getOne()) as (Award & { organisation: Organisation | null; bid: Bid | null }) | null;
  if (!award) return null;
  const { id, number, status, procedure, bidId, organisationId, amountCents, decidedAt, lettersSentAt, standstill } = award;
  return {
    awardId: id, number, status, procedure, bidId, organisationId, amountCents, decidedAt, lettersSentAt, standstill,
    operator: award.organisation?.name ?? '',
    consortium: award.bid?.consortium ?? null,
    signableFrom: award.signableFrom,
    blocked: (await pendingRemedies(act, consultationId)).length > 0,
    reversed: status === 'reversed',
    entity: award,
  };
}

/** Remedies that forbid the signature until the judge has decided (L551-4 CJA). */
export async function pendingRemedies(act: Act, consultationId: string): Promise<Remedy[]> {
  return (await act.db.findBy(Remedy, { consultationId })).filter((one) => one.blocks);
}

/**
 * Asked by the signature of the contract, in its own act, the consultation being locked; from then on the award is not reversed.
 * @throws Refused with the reason and the article: nobody decided, letters not sent, standstill, référé
 */
export async function signUnderAward(act: Act, consultation: Pick<Consultation, 'id' | 'timeZone'>): Promise<AwardReading> {
  const reading = await awardReading(act, consultation.id);
  const award = reading?.entity ?? new Award();
  award.signContract(dayOf(act.now, consultation.timeZone), reading?.blocked ?? false, act.now);
  await act.db.update(Award, { id: award.id }, { contractSignedAt: award.contractSignedAt });
  return reading as AwardReading;
}
