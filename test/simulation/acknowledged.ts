// What was promised to clients: every receipt they hold.
import { createHash } from 'node:crypto';
import type { Receipt } from '../../src/sealing/receipt.js';
import type { OrgId } from './cast.js';
import type { CallModel, KnownBid } from './model.js';

export interface Held {
  call: string;
  org: OrgId;
  person: string;
  /** Of the deposit; null for a withdrawal. */
  key: string | null;
  receipt: Receipt;
  /** The exact bytes that were signed. */
  json: string;
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export class Acknowledged {
  readonly all: Held[] = [];

  constructor(private readonly blame: (sentence: string) => void) {}

  add(held: Held, model: CallModel) {
    const { receipt, org, key } = held;
    const first = key === null ? undefined : this.all.find((one) => one.org === org && one.key === key);
    if (first && first.json !== held.json) this.blame(`${org} got two receipts for one key`);
    const bid = model.bids.find((one) => one.id === receipt.bidId);
    if (!bid) return this.blame(`${org} holds the receipt of a bid that does not exist`);
    const wrong = mismatch(held, bid, model);
    if (wrong) this.blame(`the receipt of ${org} says ${wrong}`);
    if (!first) this.all.push(held);
  }
}

function mismatch({ receipt, org, key }: Held, bid: KnownBid, model: CallModel): string | undefined {
  if (bid.org !== org) return `it is for ${bid.org}`;
  if (receipt.kind !== (key === null ? 'withdrawal' : 'deposit')) return `it is a ${receipt.kind}`;
  if (key === null) return bid.withdrawnAt === Date.parse(receipt.receivedAt) ? undefined : 'another instant of withdrawal';
  if (bid.key !== key) return 'another key';
  if (Date.parse(receipt.receivedAt) !== bid.at) return `${receipt.receivedAt}, not ${new Date(bid.at).toISOString()}`;
  if ((receipt.status === 'late') !== bid.late) return receipt.status;
  if (receipt.deadline.version !== bid.version || Date.parse(receipt.deadline.instant) !== model.deadlines[bid.version - 1]) return `version ${receipt.deadline.version} of the deadline`;
  const promised = JSON.stringify(receipt.files.map((file) => [file.name, file.parts.map((part) => part.sha256)]));
  const sent = JSON.stringify(bid.files.map((file) => [file.name, [sha256(file.content)]]));
  return promised === sent ? undefined : `other files: ${promised}`;
}
