import type { JournalEntry } from '../platform/journal-entry.js';
import type { Envelope } from '../sealing/envelope.js';
import type { ReceiptBody } from '../sealing/receipt.js';
import type { BidStatus } from '../bids/bid.js';
import type { Stage } from './attestation.js';

// What a file of evidence holds: names of its files, and their shapes. Instants are ISO 8601, UTC.

export const DOSSIER_FORMAT = 'souspli/evidence/v1';

export const NAMES = {
  readme: 'LISEZMOI.txt',
  manifest: 'manifeste.json',
  consultation: 'consultation.json',
  deadlines: 'dates-limites.json',
  journal: 'journal.jsonl',
  told: 'journal-avant-ouverture.jsonl',
  bids: 'plis.json',
  opening: 'ouverture.json',
  deliveries: 'remises.json',
  letters: 'lettres.json',
  signs: 'signes-de-vie.jsonl',
  minutes: 'releves.jsonl',
  incidents: 'incidents.json',
  problems: 'signalements.json',
  uploads: 'envois.jsonl',
  failures: 'reponses-en-erreur.json',
  key: 'cle-publique.pem',
  register: 'registre.pdf',
  openingMinutes: 'proces-verbal.pdf',
  envelope: (bidId: string) => `enveloppes/${bidId}.json`,
  receipt: (receiptId: string) => `accuses/${receiptId}.json`,
  attestation: (number: number, kind: 'json' | 'pdf') => `attestations/attestation-${number}.${kind}`,
} as const;

export interface DossierConsultation {
  id: string;
  ocid: string;
  reference: string;
  title: string;
  object: string;
  buyer: string;
  timeZone: string;
  launchedAt: string;
  openedAt: string | null;
  openingDelayMinutes: number;
  quorum: number;
  outageRule: { minutes: number; hours: number } | null;
}

export interface DossierDeadline {
  number: number;
  deadline: string;
  local: string;
  timeZone: string;
  reason: string;
  setAt: string;
}

export interface DossierBid {
  id: string;
  /** One candidate: a SIREN, or the organisation when it has none. */
  candidate: string;
  operator: string;
  status: BidStatus;
  receivedAt: string;
  deadline: string;
  deadlineVersion: number;
  sealHash: string;
  replacesId: string | null;
  withdrawnAt: string | null;
  openedAt: string | null;
  /** Number of the session that opened it; the opening is the first. */
  session: number | null;
  /** The envelope handed over, when the bid is one. */
  deliveryId: string | null;
}

/** An envelope handed over: a bid, or a backup copy. */
export interface DossierDelivery {
  id: string;
  kind: 'bid' | 'copy';
  receivedAt: string;
  recordHash: string;
}

/** Persons are the salted hashes of the journal; null when they never acted. */
export interface DossierOpening {
  quorum: number;
  notBefore: string;
  releasedAt: string | null;
  named: (string | null)[];
  /** Recused or replaced before the opening: what they had confirmed did not count. */
  formerly?: (string | null)[];
  confirmations: { person: string | null; at: string }[];
}

export type DossierLine = Pick<JournalEntry, 'chain' | 'seq' | 'version' | 'act' | 'outcome' | 'actor' | 'subject' | 'details' | 'previous' | 'hash'> & { instant: string; recordedAt: string };

export const WITHHELD_FORMAT = 'souspli/receipt-withheld/v1';

/** The receipt of a bid that was not opened: everything but the names of its files, and the hash of the signed original. */
export type WithheldReceipt = Omit<ReceiptBody, 'format' | 'files' | 'depositedBy'> & { format: typeof WITHHELD_FORMAT; sha256: string; parts: number };

export interface Manifest {
  format: typeof DOSSIER_FORMAT;
  stage: Stage;
  drawnUpAt: string;
  consultationId: string;
  reference: string;
  /** Head of the consultation's chain; null before the opening, since each bid moves it. */
  journal: { head: string; lines: number } | null;
  files: { name: string; sha256: string; size: number }[];
}

export interface SignedManifest extends Manifest {
  signature: { alg: 'Ed25519'; publicKey: string; value: string };
}

export type DossierEnvelope = Envelope;

export function lineOf(entry: JournalEntry): DossierLine {
  const { chain, seq, version, act, outcome, actor, subject, details, previous, hash } = entry;
  return { chain, seq, version, act, outcome, actor, subject, details, previous, hash, instant: entry.instant.toISOString(), recordedAt: entry.recordedAt.toISOString() };
}
