import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, Not } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { machineNow } from '../platform/clock.js';
import { Files, type KeptBlob } from '../platform/files.js';
import { Log } from '../platform/log.js';
import { StoredFile } from '../platform/stored-file.js';
import { Bid } from './bid.js';
import { BidDraft, BidFile, BidPart } from './draft.js';
import { OpenedFile } from './opening.js';

const HOUR_MS = 3_600_000;
/** A blob is written before the act that keeps it: nothing so young is an orphan. */
const YOUNG_MS = 48 * HOUR_MS;
/** After the opening, a draft that was never deposited may still found the opening of a backup copy (R2132-11); its bytes are of no use then. */
const UNFINISHED_MS = 30 * 24 * HOUR_MS;
const EVERY_MS = 6 * HOUR_MS;
const BATCH = 200;

export interface Swept {
  /** Blobs that no row names. */
  orphans: number;
  /** What a writing that died left. */
  partial: number;
  /** Files of drafts that were never deposited, of calls that are over. */
  unfinished: number;
}

/** What uploads leave behind on the disk. Never a blob that a row names: a bid's, a receipt's, a letter's. */
@Injectable()
export class SweepService {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly acts: Acts,
    private readonly files: Files,
    private readonly log: Log,
  ) {}

  start() {
    this.timer = setInterval(() => void this.sweep().catch((error: unknown) => this.log.error('sweep', error)), EVERY_MS).unref();
  }

  onApplicationShutdown() {
    clearInterval(this.timer);
  }

  /** Safe at any time, and to run again. One line on the platform's chain, with the counts, when something was removed. */
  async sweep(): Promise<Swept> {
    const swept = { unfinished: await this.forgetUnfinished(), ...(await this.removeOrphans()) };
    if (swept.orphans + swept.partial + swept.unfinished > 0) {
      await this.acts.perform(Actor.system, 'files.sweep', async (act) => {
        act.require(act.actor.isSystem);
        act.record({ ...swept });
      });
    }
    return swept;
  }

  /** Rows first, then bytes: a crash between the two leaves orphans, which the next sweep finds. The draft's own row stays: it says when a sending began. */
  private async forgetUnfinished(): Promise<number> {
    const drafts = await this.look((act) => overDrafts(act));
    let count = 0;
    for (const draftId of drafts) {
      const blobs = await this.acts.perform(Actor.system, 'upload.forget', async (act) => {
        act.require(act.actor.isSystem);
        const draft = await act.load(BidDraft, draftId);
        const files = draft.state === 'open' ? await act.db.findBy(BidFile, { draftId }) : [];
        const parts = await act.db.findBy(BidPart, { fileId: In([...files.map((one) => one.id), '-']) });
        await act.db.delete(BidPart, { fileId: In([...files.map((one) => one.id), '-']) });
        await act.db.delete(BidFile, { id: In([...files.map((one) => one.id), '-']) });
        count += files.length;
        return parts.map((part) => part.blob);
      });
      for (const blob of blobs) await this.files.remove(blob);
    }
    return count;
  }

  private async removeOrphans(): Promise<{ orphans: number; partial: number }> {
    const before = machineNow().getTime() - YOUNG_MS;
    const removed = { orphans: 0, partial: 0 };
    let batch: KeptBlob[] = [];
    const settle = async () => {
      const named = await this.look((act) => namedAmong(act, batch.map((one) => one.key)));
      for (const { key, partial } of batch) {
        if (partial) await this.files.removePartial(key);
        else if (named.has(key)) continue;
        else await this.files.remove(key);
        removed[partial ? 'partial' : 'orphans'] += 1;
      }
      batch = [];
    };
    for await (const blob of this.files.kept()) {
      if (blob.writtenAt.getTime() >= before) continue;
      batch.push(blob);
      if (batch.length === BATCH) await settle();
    }
    if (batch.length > 0) await settle();
    return removed;
  }

  private look<T>(work: (act: Act) => Promise<T>): Promise<T> {
    return this.acts.look(Actor.system, 'files.sweep', (act) => {
      act.see(act.actor.isSystem);
      return work(act);
    });
  }
}

/** Open drafts that still hold files, of calls that ended, or whose bids were opened long ago. */
async function overDrafts(act: Act): Promise<string[]> {
  const over = await act.db.find(Consultation, { where: [{ status: In(['awarded', 'abandoned']) }, { openedAt: LessThan(new Date(act.now.getTime() - UNFINISHED_MS)) }], select: { id: true } });
  const drafts = await act.db.find(BidDraft, { where: { state: 'open', consultationId: In([...over.map((one) => one.id), '-']) }, select: { id: true } });
  const full = await act.db.find(BidFile, { where: { draftId: In([...drafts.map((one) => one.id), '-']) }, select: { id: true, draftId: true } });
  return [...new Set(full.map((one) => one.draftId))];
}

/** Which of these some row names, in any of the places where one may be named; the envelope, which every receipt's seal rests on, included. */
async function namedAmong(act: Act, keys: string[]): Promise<Set<string>> {
  const found = await Promise.all([
    act.db.find(StoredFile, { where: { blob: In(keys) }, select: { id: true, blob: true } }).then((rows) => rows.map((row) => row.blob)),
    act.db.find(BidPart, { where: { blob: In(keys) }, select: { id: true, blob: true } }).then((rows) => rows.map((row) => row.blob)),
    act.db.find(Bid, { where: { manifestBlob: In(keys) }, select: { id: true, manifestBlob: true } }).then((rows) => rows.flatMap((row) => row.manifestBlob ?? [])),
    act.db.find(OpenedFile, { where: { deliveryId: Not(IsNull()) }, select: { id: true, blobs: true } }).then((rows) => rows.flatMap((row) => row.blobs)),
    act.db.find(Bid, { select: { id: true, envelope: true } }).then((rows) => rows.flatMap((row) => row.envelope.parts.map((part) => part.id))),
  ]);
  return new Set(found.flat());
}
