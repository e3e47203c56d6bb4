// How a test sends one file into a draft. The one place that knows the steps of an upload.
import type { BidUploadsService } from '../../src/bids/uploads.service.js';
import type { Actor } from '../../src/platform/actor.js';
import type { Arriving } from '../../src/platform/body.js';

/** Bytes as a request brings them, whole or cut. */
export const arriving = (content: Buffer, cut = false): Arriving => ({
  cut,
  async *[Symbol.asyncIterator]() {
    yield content;
  },
});

/** @param cut sends half of it, and stops */
export async function sendFile(uploads: BidUploadsService, actor: Actor, consultationId: string, name: string, content: Buffer, cut = false): Promise<void> {
  const { id } = await uploads.create(actor, consultationId, { name, size: content.length, mediaType: 'application/pdf', key: null });
  await uploads.write(actor, consultationId, id, 0, cut ? arriving(content.subarray(0, content.length >> 1), true) : arriving(content));
}
