import { BidImport } from './bid-import.js';
import { Bid, StoredReceipt } from './bid.js';
import { BidDraft, BidFile, BidPart } from './draft.js';
import { Delivery } from './delivery.js';
import { LateDecision } from './late-decision.js';
import { OpeningMember } from './opening-member.js';
import { OpeningObservation, OpeningSession } from './opening-session.js';
import { OpenedFile, Opening } from './opening.js';

export const BID_ENTITIES = [BidDraft, BidFile, BidPart, Bid, StoredReceipt, Delivery, LateDecision, OpenedFile, Opening, OpeningSession, OpeningMember, OpeningObservation, BidImport];
