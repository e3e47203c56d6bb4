// How a test sends one file into a draft. The one place that knows the steps of an upload.
import { Readable } from 'node:stream';
import { type BidDraftsService, PART_BYTES } from '../../src/bids/drafts.service.js';
import type { Actor } from '../../src/platform/actor.js';

/** @param cut sends half of it, and stops */
export async function sendFile(drafts: BidDraftsService, actor: Actor, consultationId: string, name: string, content: Buffer, cut = false): Promise<void> {
  const { id } = await drafts.addFile(actor, consultationId, { name, size: content.length, mediaType: 'application/pdf' });
  const sent = cut ? content.subarray(0, content.length >> 1) : content;
  for (let n = 0; n * PART_BYTES < sent.length; n += 1) {
    await drafts.putPart(actor, consultationId, id, n, Readable.from([sent.subarray(n * PART_BYTES, (n + 1) * PART_BYTES)]));
  }
  if (!cut) await drafts.finish(actor, consultationId, id);
}
