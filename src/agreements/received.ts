import { Injectable, type Type } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Invalid } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { type OneFile, readFormWithFile } from '../platform/multipart.js';
import { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { As, type Req } from '../platform/web.js';

export const RECEIVED_MAX_BYTES = 10_000_000;

/** What the national level sent, and a region records: written before the act that keeps it, swept when the act refuses. */
@Injectable()
export class Received {
  constructor(
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
  ) {}

  /** The caller has asked who may: a stranger must not fill the disk. @throws Invalid on `document` */
  async keep(upload: OneFile | null | undefined): Promise<StoredFile | null> {
    if (!upload || upload.bytes.byteLength === 0) return null;
    if (!upload.bytes.subarray(0, 5).equals(Buffer.from('%PDF-'))) throw Invalid.field('document', 'Ce fichier n’est pas un PDF.');
    return StoredFile.write(this.files, this.random, this.clock.now(), upload.name, 'application/pdf', upload.bytes);
  }
}

/** A form with the document received, or without it; a script may send JSON when it has none. */
export async function readAs<T extends object>(form: Type<T>, request: Req): Promise<{ file: OneFile | null; form: T }> {
  const { file, fields } = await readFormWithFile(request, 'document', RECEIVED_MAX_BYTES);
  return { file, form: new As(form).transform(fields, { type: 'body' }) };
}

/** « Enregistré par la PFRA »: with its reference and its document, or not at all. @throws Invalid */
export function mustBeProved(reference: string, file: StoredFile | null, typed: object) {
  if (!reference) throw Invalid.field('sourceReference', 'Donnez la référence de ce que le ministère vous a transmis.', { ...typed });
  if (!file) throw Invalid.field('document', 'Joignez le document reçu du niveau national, en PDF.', { ...typed });
}
