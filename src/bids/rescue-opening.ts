import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { In } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import type { Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import type { Files } from '../platform/files.js';
import { sha256 } from '../platform/random.js';
import { type Manifest, manifestAnomaly, parseManifest, sealHash } from '../sealing/envelope.js';
import { openBytes, openPart } from '../sealing/part.js';
import { identityByRescue } from '../sealing/rescue.js';
import { SealingKey, SealingRelease } from '../sealing/sealing-key.js';
import { Bid } from './bid.js';

export interface RescueReport {
  reference: string;
  bids: number;
  files: number;
  bytes: number;
  /** One sentence per bid or file that is not what was receipted. */
  faults: string[];
}

/**
 * Opens the bids of a consultation with the rescue key alone: a drill without `out`, the disaster with it. The same bids as the
 * opening's: those in time, or those released since; a late one stays sealed. A line is journaled before anything is read.
 */
export async function openByRescue({ acts, files }: { acts: Acts; files: Files }, wanted: string, rescueIdentity: string, out?: string): Promise<RescueReport> {
  const { identity, bids, reference } = await acts.perform(Actor.system, 'rescue.open', async (act) => {
    act.require(act.actor.isSystem);
    const consultation = await act.db.findOne(Consultation, { where: [{ id: wanted }, { reference: wanted }] });
    if (!consultation) throw new Error(`Aucune consultation n’a l’identifiant ou la référence « ${wanted} ».`);
    const key = await act.load(SealingKey, consultation.id);
    const found = { identity: identityByRescue(key, rescueIdentity, act.now), bids: await readable(act, key), reference: consultation.reference };
    act.on(consultation.id);
    act.record({ rescue: out === undefined ? 'drill' : 'export', bids: found.bids.length });
    return found;
  });
  const report: RescueReport = { reference, bids: bids.length, files: 0, bytes: 0, faults: [] };
  for (const bid of bids) await openBid(files, bid, identity, report, out);
  return report;
}

/** Electronic ones: an envelope handed over has nothing to decrypt. */
async function readable(act: Act, key: SealingKey): Promise<Bid[]> {
  if (key.releasedAt === null || (await act.db.countBy(SealingRelease, { consultationId: key.id })) === 0) {
    return (await act.db.findBy(Bid, { consultationId: key.id, status: 'sealed' })).filter((bid) => bid.manifestBlob !== null);
  }
  const released = await act.db.findBy(SealingRelease, { consultationId: key.id });
  return (await act.db.findBy(Bid, { id: In(released.map((one) => one.id)) })).filter((bid) => bid.manifestBlob !== null);
}

async function openBid(files: Files, bid: Bid, identity: string, report: RescueReport, out?: string) {
  const manifest = await manifestOf(files, bid, identity);
  const anomaly = manifest ? manifestAnomaly(bid.envelope, manifest) : 'son bordereau scellé est illisible, ou n’est pas celui de l’accusé.';
  if (anomaly) report.faults.push(`Pli ${bid.id} : ${anomaly}`);
  if (!manifest || anomaly) return;
  if (sealHash(bid.envelope) !== bid.sealHash) report.faults.push(`Pli ${bid.id} : l’empreinte n’est pas celle de l’accusé de réception.`);
  const blobs = bid.envelope.parts.map((part) => part.id);
  const folder = out === undefined ? undefined : join(out, bid.id);
  if (folder) await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [index, file] of manifest.files.entries()) {
    const path = folder && join(folder, `${String(index + 1).padStart(2, '0')}-${file.name.replaceAll(/[/\\:*?"<>|\0]/g, '_')}`);
    const plain = plainOf(files, identity, blobs.splice(0, file.parts.length), file);
    try {
      if (path) await pipeline(Readable.from(plain), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      else for await (const _ of plain) continue;
      report.files += 1;
      report.bytes += file.size;
    } catch (error) {
      report.faults.push(`Pli ${bid.id}, « ${file.name} » : ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function manifestOf(files: Files, bid: Bid, identity: string): Promise<Manifest | undefined> {
  try {
    const sealed = await files.read(bid.manifestBlob as string);
    return sha256(sealed) === bid.envelope.manifest.cipherSha256 ? parseManifest(openBytes(identity, sealed)) : undefined;
  } catch {
    return undefined; // the others are opened all the same
  }
}

/** @throws Error at the first part that is not the one receipted */
async function* plainOf(files: Files, identity: string, blobs: readonly string[], file: Manifest['files'][number]): AsyncGenerator<Uint8Array> {
  for (const [index, blob] of blobs.entries()) {
    const hash = createHash('sha256');
    for await (const chunk of openPart(identity, files.stream(blob) as AsyncIterable<Uint8Array>)) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest('hex') !== file.parts[index]?.sha256) throw new Error('une partie ne correspond pas à son empreinte.');
  }
}
