import { BidImport } from './bid-import.js';
import { Bid, StoredReceipt } from './bid.js';
import { BidDraft, BidFile, BidPart } from './draft.js';
import { OpenedFile, Opening } from './opening.js';

export const BID_ENTITIES = [BidDraft, BidFile, BidPart, Bid, StoredReceipt, OpenedFile, Opening, BidImport];
