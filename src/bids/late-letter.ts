import type { Config } from '../config.js';
import { deadlineInFrench, meansOf } from '../consultations/call-words.js';
import type { Consultation, Invitation } from '../consultations/consultation.js';
import { frameOf, type Signed } from '../letters/frame.js';
import type { LateBidData } from '../letters/late-bid-data.js';
import type { Authority } from '../people/people.js';
import { preciseFrench } from '../platform/dates.js';
import type { Bid } from './bid.js';
import { latenessInFrench } from './late-decision.js';

export interface LateLetterFacts {
  consultation: Consultation;
  authority: Authority;
  invitation: Invitation;
  bid: Bid;
  reasons: string[];
  config: Config;
  /** Null while nobody has signed: the letter then says « Projet ». */
  signed: Signed | null;
}

/** « Hors délai » : judged by the version of the deadline that the bid keeps. */
export function lateBidLetter({ consultation, authority, invitation, bid, reasons, config, signed }: LateLetterFacts): LateBidData {
  const judged = Object.assign(Object.create(Object.getPrototypeOf(consultation) as object) as Consultation, consultation, { deadline: bid.deadline });
  return {
    frame: frameOf({ authority, contact: consultation.contact, demo: config.demo, signed, subject: `offre reçue hors délai – ${consultation.title}`, attachments: [], addressee: { mode: 'single', lines: [invitation.name, ...invitation.address] } }),
    consultation: consultation.title,
    reference: consultation.reference,
    receivedAt: preciseFrench(bid.receivedAt, consultation.timeZone),
    deadline: deadlineInFrench(judged, authority),
    lateness: latenessInFrench(bid.receivedAt.getTime() - bid.deadline.getTime()),
    zoneSentence: meansOf(judged, authority, config).zoneSentence,
    reasons,
  };
}
