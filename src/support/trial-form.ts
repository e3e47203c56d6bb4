import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { Refused } from '../platform/errors.js';
import { openForm } from '../platform/multipart.js';
import type { Req } from '../platform/web.js';
import { MOST_BYTES } from './trials.js';
import type { TrialResult, WorkstationService } from './workstation.service.js';

/** Field `files`, one file, sealed as it arrives. */
export function trialForm(request: Req, workstation: WorkstationService): Promise<TrialResult> {
  if (!(request.headers['content-type'] ?? '').startsWith('multipart/form-data')) throw new Refused('no-file', 'Choisissez un fichier de 20 Mo au plus, puis recommencez.');
  const length = Number(request.headers['content-length']);
  const announced = Number.isSafeInteger(length) && length > 0 ? length : undefined;
  return workstation.whole(request.ip ?? '', announced, (receive) => read(request, receive));
}

async function read(request: Req, receive: (source: AsyncIterable<Uint8Array>) => Promise<void>) {
  // One byte more than allowed is let in: it tells a file that is too large from one that just fits.
  const form = openForm(request, { fileSize: MOST_BYTES + 1, files: 2, fields: 5, fieldSize: 1000, parts: 8 });
  form.on('error', () => undefined); // the pipeline says it, and an error that nobody listens to would stop the server
  let failure: unknown;
  let work: Promise<void> | undefined;
  const take = async (stream: Readable) => {
    try {
      await receive(stream.iterator({ destroyOnReturn: false }));
    } catch (error) {
      failure = error;
    }
    stream.resume(); // read to its end, or the answer would never be read
  };
  form.on('file', (field, stream, info) => {
    stream.on('error', () => undefined); // likewise
    if (field === 'files' && info.filename && !work) work = take(stream);
    else stream.resume();
  });
  try {
    await pipeline(request, form);
  } catch {
    await work;
    throw failure ?? new Refused('cut', 'L’envoi a été interrompu en route : recommencez le test.');
  }
  await work;
  if (failure !== undefined) throw failure;
}
