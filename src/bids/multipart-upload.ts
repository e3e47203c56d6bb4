import busboy from 'busboy';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Actor } from '../platform/actor.js';
import { Invalid, Refused } from '../platform/errors.js';
import type { Req } from '../platform/web.js';
import { type BidDraftsService, PART_BYTES } from './drafts.service.js';

/** Cuts a stream into parts of a fixed size; one part is held in memory at a time. */
async function* parts(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    let rest = chunk;
    while (size + rest.length >= PART_BYTES) {
      const taken = rest.subarray(0, PART_BYTES - size);
      yield Buffer.concat([...held, taken]);
      rest = rest.subarray(taken.length);
      held = [];
      size = 0;
    }
    held.push(rest);
    size += rest.length;
  }
  if (size > 0) yield Buffer.concat(held);
}

/**
 * The form without JavaScript: small files, sealed by the same store. The size of a file is known only at its end,
 * so it is held part by part until then; the first limit passed stops it.
 */
export async function uploadForm(request: Req, drafts: BidDraftsService, actor: Actor, consultationId: string, maxFileBytes: number): Promise<number> {
  if (!(request.headers['content-type'] ?? '').startsWith('multipart/form-data')) throw Invalid.field('files', 'Choisissez au moins un fichier.');
  const form = busboy({ headers: request.headers, defParamCharset: 'utf8', limits: { fileSize: maxFileBytes + 1 } });
  let received = 0;
  let failure: unknown;
  const keep = async (before: Promise<void>, stream: AsyncIterable<Buffer>, name: string | undefined, mediaType: string): Promise<void> => {
    await before;
    const held: Buffer[] = [];
    for await (const part of parts(stream)) held.push(part);
    if (!name || failure) return;
    try {
      const size = held.reduce((sum, part) => sum + part.length, 0);
      const { id } = await drafts.addFile(actor, consultationId, { name, size, mediaType });
      for (const [position, part] of held.entries()) await drafts.putPart(actor, consultationId, id, position, Readable.from([part]));
      await drafts.finish(actor, consultationId, id);
      received += 1;
    } catch (error) {
      failure = error;
    }
  };
  let work = Promise.resolve();
  form.on('file', (_, stream, info) => {
    work = keep(work, stream as AsyncIterable<Buffer>, info.filename, info.mimeType);
  });
  try {
    await pipeline(request, form);
  } catch {
    throw new Refused('cut', 'L’envoi a été interrompu : recommencez. Les fichiers déjà reçus dans votre brouillon sont intacts.');
  }
  await work;
  if (failure) throw failure;
  if (received === 0) throw Invalid.field('files', 'Choisissez au moins un fichier.');
  return received;
}
