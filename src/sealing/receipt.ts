import { canonical } from '../platform/canonical.js';
import type { Keyring } from './keyring.js';

export const RECEIPT_FORMAT = 'souspli/receipt/v1';

export interface ReceiptPart {
  size: number;
  /** Of the plain bytes, so that the candidate can check it against its own file. */
  sha256: string;
}

export interface ReceiptFile {
  name: string;
  size: number;
  mediaType: string;
  /** What `sha256sum` prints; null when no single process saw the whole file (decisions.md 16): the parts prove as much. */
  sha256: string | null;
  parts: ReceiptPart[];
}

/** What each kind says it proves; `replacement` goes to an establishment whose bid gave way to another's of the same legal person. */
export const RECEIPT_KINDS = {
  deposit: { nature: 'accusé de réception d’un pli', when: 'Reçu le' },
  withdrawal: { nature: 'accusé de retrait d’un pli', when: 'Retiré le' },
  replacement: { nature: 'accusé de remplacement d’un pli', when: 'Remplacé le' },
  copy: { nature: 'récépissé d’une copie de sauvegarde', when: 'Reçue le' },
} as const;
export type ReceiptKind = keyof typeof RECEIPT_KINDS;

/** What an officer wrote of an envelope handed over. Its SHA-256, canonical, is the record's hash. */
export interface DeliveryRecord {
  format: 'souspli/delivery/v1';
  id: string;
  consultationId: string;
  kind: string;
  operator: string;
  medium: string;
  carrier: string;
  broughtBy: string;
  remark: string;
  justification: string;
  /** As the officer entered it; ISO 8601, UTC. */
  receivedAt: string;
  recordedAt: string;
  recordedBy: string;
}

/** The five legal mentions (domain.md, order of receipts) and what makes them provable. No index, no count of bids. */
export interface ReceiptBody {
  format: typeof RECEIPT_FORMAT;
  kind: ReceiptKind;
  receiptId: string;
  bidId: string;
  consultation: { id: string; reference: string; title: string; object: string };
  buyer: string;
  operator: { name: string; scheme?: string; id?: string };
  depositedBy: string;
  /** ISO 8601, UTC, milliseconds. */
  receivedAt: string;
  timeZone: string;
  receivedAtLocal: string;
  status: 'in-time' | 'late';
  deadline: { instant: string; local: string; timeZone: string; version: number };
  files: ReceiptFile[];
  sealHash: string;
  /** Hash of the journal's last checkpoint: fixes the receipt's place in the chain. */
  journalCheckpoint: string;
  replaces?: boolean;
  /** Of a `replacement`: the bid that took its place. */
  replacedBy?: string;
  /** Of an envelope handed over, unopened. */
  delivery?: DeliveryRecord;
}

export interface Receipt extends ReceiptBody {
  signature: { alg: 'Ed25519'; publicKey: string; value: string };
}

/** The same body always gives the same bytes: Ed25519 over RFC 8785. Checked by receipt-check.ts. */
export function signReceipt(keyring: Keyring, body: ReceiptBody): Receipt {
  const value = keyring.sign(signedBytes(body));
  return { ...body, signature: { alg: 'Ed25519', publicKey: keyring.publicKeyPem, value } };
}

export const signedBytes = (body: ReceiptBody) => new TextEncoder().encode(canonical(body));
