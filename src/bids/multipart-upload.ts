import { pipeline } from 'node:stream/promises';
import type { Config } from '../config.js';
import { Body } from '../platform/body.js';
import { Invalid, Refused } from '../platform/errors.js';
import { eachFile, openForm } from '../platform/multipart.js';
import type { Req } from '../platform/web.js';
import { orCut } from './upload.js';

/**
 * The form without JavaScript: field `files`, sealed as it arrives by the same store, one file after the other.
 * Files that came whole before a refusal or a cut stay in the draft.
 */
export async function uploadForm(request: Req, receiveFile: (file: { name: string; mediaType: string }, source: AsyncIterable<Uint8Array>) => Promise<unknown>, { maxFileBytes }: Config): Promise<number> {
  if (!(request.headers['content-type'] ?? '').startsWith('multipart/form-data')) throw Invalid.field('files', 'Choisissez au moins un fichier.');
  // One byte more than allowed is let in: it tells a file that is too large from one that just fits.
  const form = openForm(request, { fileSize: maxFileBytes + 1 });
  let received = 0;
  const settled = eachFile(form, 'files', async (file, stream) => {
    await receiveFile(file, stream.iterator({ destroyOnReturn: false }));
    received += 1;
  });
  try {
    await pipeline(orCut(new Body(request)), form);
  } catch {
    await settled();
    throw new Refused('cut', 'L’envoi a été interrompu : recommencez. Les fichiers déjà reçus dans votre brouillon sont intacts.');
  }
  const failure = await settled();
  if (failure !== undefined) throw failure;
  if (received === 0) throw Invalid.field('files', 'Choisissez au moins un fichier.');
  return received;
}
