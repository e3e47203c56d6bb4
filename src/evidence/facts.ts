import type { Stage } from './attestation.js';

// What an attestation says, before it is put into words: the bytes under the platform's signature. Instants are ISO 8601, UTC.

export const ATTESTATION_FORMAT = 'souspli/attestation/v1';

export interface Span {
  from: string;
  to: string;
}

export interface Facts {
  attestationId: string;
  number: number;
  stage: Stage;
  drawnUpAt: string;
  consultation: { id: string; reference: string; title: string; object: string; buyer: string; timeZone: string };
  deadlines: { number: number; deadline: string; local: string; reason: string; setAt: string }[];
  /** From the launch to the deadline in force, or to now when it has not passed. */
  period: Span & { closed: boolean };
  signs: { everySeconds: number; count: number; silences: Span[]; silentSeconds: number; demonstrationJumps: Span[] };
  minutes: { expected: number; recorded: number };
  selfTests: { done: number; failed: number; failures: (Span & { faults: string[] })[] };
  /** With SQLite the database has no clock of its own: the comparison adds nothing, and the attestation says so. */
  clocks: { ofDatabase: 'own' | 'same'; withinOneSecond: boolean; beyond: string[] };
  incidents: (Span & { kind: string; noticedAt: string })[];
  problems: { number: string; at: string }[];
  /** Kept back while a bid could be guessed from it: null before the opening (decisions.md 15). */
  revealed: Revealed | null;
}

export interface Revealed {
  uploads: {
    started: number;
    finished: number;
    unfinished: number;
    failed: number;
    /** The first of them; all are in the file of evidence. */
    failures: UploadFailure[];
  };
  http: { own: HttpCount[]; others: HttpCount[] };
  /** Bytes free, jobs waiting, milliseconds of a self-test: until another call, still sealed, was launched. */
  machine: { until: string; leastFreeBytes: number | null; mostQueued: number; slowestSelfTestMs: number; greatestOffsetMs: number; greatestDriftMs: number } | null;
  /** Instant from which the machine's figures stay hidden: another call is still sealed. */
  hiddenFrom: string | null;
  journal: { head: string; lines: number; platformHead: string };
}

export interface UploadFailure {
  at: string;
  draft: string;
  organisation: string;
  code: string;
}

export interface HttpCount {
  minute: string;
  kind: string;
  times: number;
}

export interface Statement {
  attestation: Facts;
  format: typeof ATTESTATION_FORMAT;
  pdf: { sha256: string; size: number };
}

export interface SignedStatement extends Statement {
  signature: { alg: 'Ed25519'; publicKey: string; value: string };
}
