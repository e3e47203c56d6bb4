import { createPublicKey, verify } from 'node:crypto';
import { canonical } from '../platform/canonical.js';
import { fingerprint, type Keyring } from './keyring.js';

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

/** The five legal mentions (domain.md, order of receipts) and what makes them provable. No index, no count of bids. */
export interface ReceiptBody {
  format: typeof RECEIPT_FORMAT;
  kind: 'deposit' | 'withdrawal';
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
}

export interface Receipt extends ReceiptBody {
  signature: { alg: 'Ed25519'; publicKey: string; value: string };
}

export interface Verdict {
  ok: boolean;
  /** True when the signing key was compared with one the reader trusts. */
  trusted: boolean;
  /** French sentence: why it is refused, or what the check did not prove. */
  reason?: string;
  fingerprint?: string;
}

/** The same body always gives the same bytes: Ed25519 over RFC 8785. */
export function signReceipt(keyring: Keyring, body: ReceiptBody): Receipt {
  const value = keyring.sign(signedBytes(body));
  return { ...body, signature: { alg: 'Ed25519', publicKey: keyring.publicKeyPem, value } };
}

/**
 * @param receipt parsed JSON from anybody: nothing about its shape is taken for granted
 * @param trustedPublicKey PEM published by the platform; without it, anyone's own key would pass, and the verdict says so
 */
export function verifyReceipt(receipt: unknown, trustedPublicKey?: string): Verdict {
  const { signature, ...body } = Object(receipt) as Partial<Receipt>;
  if (body.format !== RECEIPT_FORMAT) return refused('Ce document n’est pas un accusé de réception de Souspli, ou sa version est inconnue.');
  if (signature?.alg !== 'Ed25519' || typeof signature.value !== 'string' || typeof signature.publicKey !== 'string') {
    return refused('La signature de cet accusé de réception est absente ou incomplète.');
  }
  let print: string;
  let genuine: boolean;
  try {
    print = fingerprint(signature.publicKey);
    const bytes = Buffer.from(signature.value, 'base64');
    // Buffer skips what is not base64: the text of the signature must be the only one for its bytes.
    genuine =
      bytes.toString('base64') === signature.value &&
      createPublicKey(signature.publicKey).asymmetricKeyType === 'ed25519' &&
      verify(null, signedBytes(body as ReceiptBody), signature.publicKey, bytes);
  } catch {
    return refused('La clé publique ou la signature de cet accusé de réception est illisible.');
  }
  if (!genuine) return refused('La signature ne correspond pas : cet accusé de réception a été modifié après son émission.');
  if (trustedPublicKey !== undefined && !sameKey(trustedPublicKey, print)) {
    return { ...refused('Cet accusé de réception est signé par une autre clé que celle de la plateforme.'), fingerprint: print };
  }
  if (!verdictFitsDates(body as ReceiptBody)) {
    return { ...refused('La mention « dans les délais » ou « hors délai » contredit les instants écrits.'), fingerprint: print };
  }
  if (trustedPublicKey !== undefined) return { ok: true, trusted: true, fingerprint: print };
  return {
    ok: true,
    trusted: false,
    reason: 'La signature est juste, mais la clé n’a pas été comparée à celle que la plateforme publie.',
    fingerprint: print,
  };
}

const signedBytes = (body: ReceiptBody) => Buffer.from(canonical(body), 'utf8');

const refused = (reason: string): Verdict => ({ ok: false, trusted: false, reason });

function sameKey(trusted: string, print: string) {
  try {
    return fingerprint(trusted) === print;
  } catch {
    return false;
  }
}

/** In time if and only if strictly before the deadline (decisions.md 2). ISO texts of one length are ordered like time. */
function verdictFitsDates({ status, receivedAt, deadline }: ReceiptBody) {
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
  if (!iso.test(receivedAt) || !iso.test(deadline?.instant)) return false;
  return status === (receivedAt < deadline.instant ? 'in-time' : 'late');
}
