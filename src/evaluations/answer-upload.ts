import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Config } from '../config.js';
import { Invalid, Refused } from '../platform/errors.js';
import type { Files } from '../platform/files.js';
import { acceptOf, type Extension, extensionOf, formatsOf } from '../platform/media.js';
import { eachFile, openForm } from '../platform/multipart.js';
import type { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { frenchBytes } from '../platform/templates.js';
import { cleanText, type Req } from '../platform/web.js';

const MOST_FILES = 20;

export interface Answer {
  text: string;
  /** Dated by the act that keeps them. */
  files: StoredFile[];
}

/** What the page announces, and this reader checks again. */
export const answerLimits = ({ maxFileBytes, documentLimits: { extensions } }: Config) => ({ maxBytes: maxFileBytes, formats: formatsOf(extensions), accept: acceptOf(extensions), most: MOST_FILES });

/**
 * An answer to a request of the buyer: field `answer`, and `files`, each written to the disk as it arrives, never held in memory.
 * @throws Invalid on `files`; what was written is removed with the refusal
 */
export async function readAnswer(request: Req, { files: door, random, config }: { files: Files; random: Random; config: Config }): Promise<Answer> {
  const typed = (request.body ?? {}) as { answer?: unknown };
  if (!(request.headers['content-type'] ?? '').startsWith('multipart/form-data')) return { text: cleaned(typed.answer), files: [] };
  const form = openForm(request, { fileSize: config.maxFileBytes + 1, files: MOST_FILES + 1, fields: 10, fieldSize: 40_000 });
  const answer: Answer = { text: '', files: [] };
  form.on('field', (name, value) => {
    if (name === 'answer') answer.text = cleaned(value);
  });
  const settled = eachFile(form, 'files', async (file, stream) => {
    answer.files.push(await write(stream, cleaned(file.name).replace(/^.*[/\\]/, '').slice(-200), answer.files.length, { door, random, config }));
  });
  const whole = await pipeline(request, form).then(() => true, () => false);
  let failure = await settled();
  // The file under way fails too, with words of the parser: the cut is the reason.
  if (!whole && !(failure instanceof Invalid)) failure = new Refused('cut', 'L’envoi a été interrompu : recommencez. Rien n’a été enregistré.');
  request.body = { answer: answer.text }; // a refusal gives back what was typed beside the files
  if (failure === undefined) return answer;
  await forget(door, answer.files);
  throw failure instanceof Invalid ? new Invalid(failure.errors, { answer: answer.text }) : failure;
}

/** Blobs that no row will name. */
export async function forget(files: Files, stored: readonly StoredFile[]) {
  for (const { blob } of stored) await files.remove(blob);
}

async function write(stream: Readable, name: string, before: number, { door, random, config }: { door: Files; random: Random; config: Config }): Promise<StoredFile> {
  const { extensions } = config.documentLimits;
  if (before >= MOST_FILES) throw Invalid.field('files', `${MOST_FILES} fichiers au plus par réponse.`);
  if (!extensions.includes(extensionOf(name) as Extension)) throw Invalid.field('files', `« ${name} » : formats acceptés, ${formatsOf(extensions)}.`);
  const blob = await door.create();
  const hash = createHash('sha256');
  let size = 0;
  try {
    await pipeline(
      stream,
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          size += chunk.byteLength;
          hash.update(chunk);
          yield chunk;
        }
      },
      blob.sink,
    );
    if (size === 0) throw Invalid.field('files', `« ${name} » est vide : choisissez un autre fichier.`);
    if (size > config.maxFileBytes) throw Invalid.field('files', `« ${name} » dépasse ${frenchBytes(config.maxFileBytes)}.`);
    await blob.commit();
  } catch (error) {
    await blob.abort();
    throw error;
  }
  // Of a candidate, unread here: the buyer downloads it, and no browser is asked to show it.
  return Object.assign(new StoredFile(), { id: random.id(), name, mediaType: 'application/octet-stream', size, sha256: hash.digest('hex'), blob: blob.key });
}

const cleaned = (value: unknown) => (typeof value === 'string' ? cleanText(value).slice(0, 20_000) : '');
