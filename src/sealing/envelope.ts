import { canonical } from '../platform/canonical.js';
import { sha256 } from '../platform/random.js';
import { sealBytes, type SealedPart } from './part.js';

export interface ManifestFile {
  name: string;
  size: number;
  /** Of the whole file; null when no single process saw all its parts (decisions.md 16). */
  sha256: string | null;
  mediaType: string;
  parts: SealedPart[];
}

/** Groupement, as it bids (R2142-19 to -27). Sealed with the manifest: who bids with whom is content. */
export interface Consortium {
  /** Conjoint, conjoint with a lead bound for all (R2142-24), solidaire (R2142-20). */
  form: 'joint' | 'joint-solidary-lead' | 'solidary';
  members: ConsortiumMember[];
  /** Place, in `files`, of one document signed by all; null: mandates member by member, or none yet. */
  signedByAll: number | null;
}

export interface ConsortiumMember {
  name: string;
  siret: string | null;
  lead: boolean;
  /** Place, in `files`, of what empowers the lead (R2142-23). */
  mandate: number | null;
}

/** What a bid is made of. Sealed like the files: names and sizes already say who bids and how. */
export interface Manifest {
  version: 1;
  consultationId: string;
  bidId: string;
  mode: 'first' | 'replaces';
  files: ManifestFile[];
  consortium?: Consortium;
}

/** What stays in clear: nothing but the ciphertext's sizes and hashes. */
export interface Envelope {
  version: 1;
  consultationId: string;
  bidId: string;
  manifest: { cipherSize: number; cipherSha256: string };
  parts: EnvelopePart[];
}

export interface EnvelopePart {
  /** Random name of the stored object. */
  id: string;
  cipherSize: number;
  cipherSha256: string;
}

export interface SealedManifest {
  bytes: Uint8Array;
  cipherSize: number;
  cipherSha256: string;
}

/** Small enough to be held in memory: one age file over the canonical JSON. */
export async function sealManifest(recipients: readonly string[], manifest: Manifest): Promise<SealedManifest> {
  const bytes = sealBytes(recipients, canonical(manifest));
  return { bytes, cipherSize: bytes.length, cipherSha256: sha256(bytes) };
}

/** The plain bytes come from the custodian's `read`: nobody else decrypts (decisions.md 13). */
export function parseManifest(plain: Uint8Array): Manifest {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.version !== 1 || !Array.isArray(manifest.files) || canonical(manifest) !== text) {
    throw new Error('Le bordereau scellé de ce pli n’est pas dans la forme attendue.');
  }
  return manifest;
}

/** @param ids names of the stored objects, in the order of the manifest's files and parts */
export function envelopeOf(manifest: Manifest, sealed: SealedManifest, ids: readonly string[]): Envelope {
  const parts = manifest.files.flatMap((file) => file.parts);
  if (parts.length !== ids.length || new Set(ids).size !== ids.length) throw new Error('One distinct object per part is needed');
  return {
    version: 1,
    consultationId: manifest.consultationId,
    bidId: manifest.bidId,
    manifest: { cipherSize: sealed.cipherSize, cipherSha256: sealed.cipherSha256 },
    parts: parts.map(({ cipherSize, cipherSha256 }, i) => ({ id: ids[i], cipherSize, cipherSha256 })),
  };
}

/** Printed in the receipt before the opening: afterwards nothing of the bid can change, be it one byte of one file. */
export function sealHash(envelope: Envelope): string {
  return sha256(`souspli/bid/v1\n${canonical(envelope)}`);
}

/** At the opening: the manifest read must be the one of this envelope. A French sentence when it is not. */
export function manifestAnomaly(envelope: Envelope, manifest: Manifest): string | undefined {
  if (manifest.consultationId !== envelope.consultationId || manifest.bidId !== envelope.bidId) {
    return 'Le bordereau est celui d’un autre pli.';
  }
  const announced = manifest.files.flatMap((file) => file.parts);
  const same =
    announced.length === envelope.parts.length &&
    envelope.parts.every((part, i) => part.cipherSha256 === announced[i]?.cipherSha256 && part.cipherSize === announced[i]?.cipherSize);
  return same ? undefined : 'Les fichiers scellés ne sont pas ceux que le bordereau annonce.';
}
