import type { Consultation } from '../consultations/consultation.js';
import type { Act } from '../platform/acts.js';
import type { Day } from '../platform/working-days.js';

/** What the life of a contract needs to know of its award, and nothing else. */
export interface AwardFacts {
  organisationId: string;
  operator: string;
  /** Cents, excluding VAT. */
  amountCents: number;
  /** The letters have left: everybody concerned knows the winner. */
  informed: boolean;
  /** First day on which one may sign, on the buyer's clocks; null before the letters. */
  signableFrom: Day | null;
  /** A référé précontractuel is pending (L551-4 CJA). */
  blocked: boolean;
  reversed: boolean;
}

/** The door to the awards. */
export abstract class Awarded {
  /** The latest award of the consultation, once it is decided; null before. */
  abstract facts(act: Act, consultationId: string): Promise<AwardFacts | null>;
  /** In the act that signs: from then on the award is not reversed. */
  abstract signed(act: Act, consultation: Pick<Consultation, 'id' | 'timeZone'>): Promise<void>;
}
