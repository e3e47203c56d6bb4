import busboy from 'busboy';
import type { Readable } from 'node:stream';
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
 * The files of one field, one after the other, as they arrive: nothing is held in memory. After the first that fails, the others are read and left.
 * @returns to be asked once the form is read: what failed, or undefined. Never rejects: an error that nobody listens to would stop the server
 */
export function eachFile(form: busboy.Busboy, field: string, receive: (file: { name: string; mediaType: string }, stream: Readable) => Promise<void>): () => Promise<unknown> {
  let failure: unknown;
  let work = Promise.resolve();
  const next = async (before: Promise<void>, stream: Readable, file: { name: string; mediaType: string }) => {
    await before;
    if (failure === undefined) await receive(file, stream).catch((error: unknown) => void (failure = error));
    stream.resume(); // read to its end, or the answer would never be read
  };
  form.on('error', () => undefined); // said by whoever pipes into the form
  form.on('file', (name, stream, info) => {
    stream.on('error', () => undefined); // likewise
    if (name === field && info.filename) work = next(work, stream, { name: info.filename, mediaType: info.mimeType });
    else stream.resume();
  });
  return async () => {
    await work;
    return failure;
  };
}

type Fields = Record<string, string | string[]>;

export interface FormWithFile {
  file: OneFile | null;
  fields: Fields;
}

/**
 * Fields of a form and one small file, kept in memory up to `maxBytes`. Bids never come this way: they are sealed as they arrive.
 * @throws Invalid on `field` when the file is larger
 */
export async function readFormWithFile(request: Req, field: string, maxBytes: number): Promise<FormWithFile> {
  const { files, fields } = await readFormWithFiles(request, { [field]: maxBytes });
  return { file: files[field] ?? null, fields };
}

/**
 * Likewise, with one file at most in each named field.
 * @param limits bytes that the file of each field may have
 */
export function readFormWithFiles(request: Req, limits: Record<string, number>): Promise<{ files: Record<string, OneFile>; fields: Fields }> {
  if (!(request.headers['content-type'] ?? '').startsWith('multipart/form-data')) {
    return Promise.resolve({ files: {}, fields: (request.body ?? {}) as Fields });
  }
  return new Promise((resolve, reject) => {
    const form = openForm(request, { fileSize: Math.max(...Object.values(limits)) + 1, files: Object.keys(limits).length, fields: 60, fieldSize: 200_000 });
    const cut = () => reject(new Refused('cut', 'L’envoi du fichier a été interrompu : recommencez.'));
    const fields = Object.create(null) as Fields;
    const files = Object.create(null) as Record<string, OneFile>;
    let tooLarge: string | null = null;
    form.on('field', (name, value) => {
      const before = fields[name];
      fields[name] = before === undefined ? value : [before, value].flat();
    });
    form.on('file', (name, stream, info) => {
      const chunks: Buffer[] = [];
      const most = limits[name] ?? 0;
      let size = 0;
      // An error that nobody listens to stops the server: a body cut in the middle of a file is one (hostile test 3).
      stream.on('error', cut);
      stream.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size <= most) chunks.push(chunk); // what is too large, or not asked for, is read and left
      });
      stream.on('end', () => {
        if (size > most && name in limits) tooLarge ??= name;
        else if (name in limits && info.filename) files[name] = { name: info.filename, bytes: Buffer.concat(chunks) };
      });
    });
    form.on('error', cut);
    request.on('error', cut);
    request.on('aborted', cut);
    form.on('close', () => {
      if (tooLarge !== null) reject(Invalid.field(tooLarge, `Ce fichier dépasse ${Math.round((limits[tooLarge] ?? 0) / 1_000_000)} Mo.`, { ...fields }));
      else {
        request.body = { ...fields }; // so that a refusal gives back what was typed beside the file
        resolve({ files, fields: { ...fields } });
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
