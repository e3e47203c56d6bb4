import { BidImport } from './bid-import.js';
import { Bid, StoredReceipt } from './bid.js';
import { BidDraft, BidFile, BidPart } from './draft.js';
import { Delivery } from './delivery.js';
import { LateDecision } from './late-decision.js';
import { OpenedFile, Opening } from './opening.js';

export const BID_ENTITIES = [BidDraft, BidFile, BidPart, Bid, StoredReceipt, Delivery, LateDecision, OpenedFile, Opening, BidImport];
