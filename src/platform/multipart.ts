import busboy from 'busboy';
import { Invalid, Refused, Unreadable } from './errors.js';
import type { Req } from './web.js';

export interface OneFile {
  name: string;
  bytes: Buffer;
}

/** @throws Unreadable when the header announces no readable multipart body */
export function openForm(request: Req, limits: busboy.Limits) {
  try {
    return busboy({ headers: request.headers, defParamCharset: 'utf8', limits });
  } catch {
    throw new Unreadable();
  }
}

/**
 * One small file of a form, kept in memory up to `maxBytes`. Bids never come this way: they are sealed as they arrive.
 * @throws Invalid on `field` when it is absent or larger
 */
export function readOneFile(request: Req, field: string, maxBytes: number): Promise<OneFile> {
  if (!(request.headers['content-type'] ?? '').startsWith('multipart/form-data')) {
    throw Invalid.field(field, 'Choisissez un fichier.');
  }
  return new Promise((resolve, reject) => {
    const form = openForm(request, { fileSize: maxBytes + 1, files: 1, fields: 10 });
    let found: OneFile | undefined;
    let tooLarge = false;
    form.on('file', (name, stream, info) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => {
        tooLarge = true;
      });
      stream.on('end', () => {
        if (name === field && info.filename) found = { name: info.filename, bytes: Buffer.concat(chunks) };
      });
    });
    form.on('error', () => reject(new Refused('cut', 'L’envoi du fichier a été interrompu : recommencez.')));
    request.on('aborted', () => reject(new Refused('cut', 'L’envoi du fichier a été interrompu : recommencez.')));
    form.on('close', () => {
      if (tooLarge) reject(Invalid.field(field, `Ce fichier dépasse ${Math.round(maxBytes / 1_000_000)} Mo.`));
      else if (!found) reject(Invalid.field(field, 'Choisissez un fichier.'));
      else resolve(found);
    });
    request.pipe(form);
  });
}
