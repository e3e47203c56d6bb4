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

export interface FormWithFile {
  file: OneFile | null;
  fields: Record<string, string | string[]>;
}

/**
 * Fields of a form and one small file, kept in memory up to `maxBytes`. Bids never come this way: they are sealed as they arrive.
 * @throws Invalid on `field` when the file is larger
 */
export function readFormWithFile(request: Req, field: string, maxBytes: number): Promise<FormWithFile> {
  if (!(request.headers['content-type'] ?? '').startsWith('multipart/form-data')) {
    return Promise.resolve({ file: null, fields: (request.body ?? {}) as FormWithFile['fields'] });
  }
  return new Promise((resolve, reject) => {
    const form = openForm(request, { fileSize: maxBytes + 1, files: 1, fields: 60, fieldSize: 200_000 });
    const cut = () => reject(new Refused('cut', 'L’envoi du fichier a été interrompu : recommencez.'));
    const fields = Object.create(null) as FormWithFile['fields'];
    let file: OneFile | null = null;
    let tooLarge = false;
    form.on('field', (name, value) => {
      const before = fields[name];
      fields[name] = before === undefined ? value : [before, value].flat();
    });
    form.on('file', (name, stream, info) => {
      const chunks: Buffer[] = [];
      // An error that nobody listens to stops the server: a body cut in the middle of a file is one (hostile test 3).
      stream.on('error', cut);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => {
        tooLarge = true;
      });
      stream.on('end', () => {
        if (name === field && info.filename) file = { name: info.filename, bytes: Buffer.concat(chunks) };
      });
    });
    form.on('error', cut);
    request.on('error', cut);
    request.on('aborted', cut);
    form.on('close', () => {
      if (tooLarge) reject(Invalid.field(field, `Ce fichier dépasse ${Math.round(maxBytes / 1_000_000)} Mo.`, { ...fields }));
      else {
        request.body = { ...fields }; // so that a refusal gives back what was typed beside the file
        resolve({ file, fields: { ...fields } });
      }
    });
    request.pipe(form);
  });
}

/** @throws Invalid on `field` when the file is absent or larger */
export async function readOneFile(request: Req, field: string, maxBytes: number): Promise<OneFile> {
  const { file } = await readFormWithFile(request, field, maxBytes);
  if (!file) throw Invalid.field(field, 'Choisissez un fichier.');
  return file;
}
