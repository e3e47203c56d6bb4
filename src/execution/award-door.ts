import { awardReading, signUnderAward } from '../awards/award-reading.js';
import type { AwardStatus } from '../awards/award.js';
import type { Consultation } from '../consultations/consultation.js';
import type { Act } from '../platform/acts.js';
import { Awarded, type AwardFacts } from './awarded.js';

/** Before the decision, a proposal binds nobody. */
const DECIDED: readonly AwardStatus[] = ['decided', 'informed', 'reversed'];

/** What the awards say. Two queries. */
export class AwardDoor extends Awarded {
  async facts(act: Act, consultationId: string): Promise<AwardFacts | null> {
    const reading = await awardReading(act, consultationId);
    if (!reading || !DECIDED.includes(reading.status)) return null;
    const { organisationId, operator, amountCents, signableFrom, blocked, reversed, lettersSentAt } = reading;
    return { organisationId, operator, amountCents, signableFrom, blocked, reversed, informed: lettersSentAt !== null };
  }

  async signed(act: Act, consultation: Pick<Consultation, 'id' | 'timeZone'>) {
    await signUnderAward(act, consultation);
  }
}
