import { Invalid } from './errors.js';
import { frenchBytes } from './templates.js';
import { namesIn, packedIn } from './zip.js';

/** File formats that people exchange: the media type, and what the bytes themselves must show. */
const MEDIA = {
  pdf: { type: 'application/pdf', is: (bytes: Buffer) => bytes.subarray(0, 1024).includes('%PDF-') },
  odt: { type: 'application/vnd.oasis.opendocument.text', is: (bytes: Buffer) => odf(bytes) === 'application/vnd.oasis.opendocument.text' },
  ods: { type: 'application/vnd.oasis.opendocument.spreadsheet', is: (bytes: Buffer) => odf(bytes) === 'application/vnd.oasis.opendocument.spreadsheet' },
  docx: { type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', is: (bytes: Buffer) => holds(bytes, 'word/document.xml') },
  xlsx: { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', is: (bytes: Buffer) => holds(bytes, 'xl/workbook.xml') },
  zip: { type: 'application/zip', is: (bytes: Buffer) => namesIn(bytes).length > 0 },
  csv: { type: 'text/csv', is: isText },
  txt: { type: 'text/plain', is: isText },
  png: { type: 'image/png', is: (bytes: Buffer) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) },
  jpg: { type: 'image/jpeg', is: (bytes: Buffer) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
} satisfies Record<string, { type: string; is: (bytes: Buffer) => boolean }>;

export type Extension = keyof typeof MEDIA;
export interface CheckedFile {
  name: string;
  bytes: Buffer;
  mediaType: string;
}

export interface FileLimits {
  maxBytes: number;
  extensions: readonly Extension[];
}

/** « PDF, DOCX, ODT » */
export const formatsOf = (extensions: readonly Extension[]) => extensions.map((one) => one.toUpperCase()).join(', ');
/** For the browser's chooser: a convenience, checked again here. */
export const acceptOf = (extensions: readonly Extension[]) => extensions.map((one) => `.${one}`).join(',');

export const extensionOf = (name: string): string => (/\.([a-z0-9]{1,8})$/i.exec(name)?.[1] ?? '').toLowerCase().replace(/^jpeg$/, 'jpg');

/** What a page announces of a file it takes. */
export const uploadOf = ({ documentLimits: { maxBytes, extensions } }: { documentLimits: FileLimits }) => ({ maxBytes, formats: formatsOf(extensions), accept: acceptOf(extensions) });

/** Shown in the browser itself; anything else is a file to keep. */
export const isShown = (mediaType: string) => mediaType === MEDIA.pdf.type || mediaType.startsWith('image/');

/**
 * A document that is what its name says, of an announced format and size.
 * @param typed what goes back to the form with the refusal
 * @returns it, with its media type
 * @throws Invalid on `field`
 */
export function checkedFile(file: { name: string; bytes: Buffer } | null, { maxBytes, extensions }: FileLimits, field: string, typed: object = {}): CheckedFile {
  const refuse = (sentence: string) => Invalid.field(field, sentence, { ...typed });
  if (!file) throw refuse('Choisissez le fichier.');
  if (file.bytes.byteLength === 0) throw refuse('Ce fichier est vide : choisissez-en un autre.');
  if (file.bytes.byteLength > maxBytes) throw refuse(`Ce fichier dépasse ${frenchBytes(maxBytes)}.`);
  const extension = extensionOf(file.name);
  const known = extensions.find((one) => one === extension);
  if (!known) throw refuse(`Formats acceptés : ${formatsOf(extensions)}. Enregistrez le document dans l’un d’eux, puis joignez-le.`);
  if (!MEDIA[known].is(file.bytes)) throw refuse(`Ce fichier n’est pas au format ${known.toUpperCase()}, quel que soit son nom : enregistrez-le à nouveau depuis le logiciel qui l’a produit.`);
  if (holds(file.bytes, /(^|\/)vbaProject\.bin$/)) throw refuse('Ce document contient des macros : beaucoup de services le bloqueraient. Enregistrez-le sans macros, ou au format PDF.');
  return { name: file.name, bytes: file.bytes, mediaType: MEDIA[known].type };
}

function holds(bytes: Buffer, name: string | RegExp): boolean {
  return namesIn(bytes).some((one) => (typeof name === 'string' ? one === name : name.test(one)));
}

/** The first entry of an OpenDocument file is its type, stored as it is (ODF 1.3, part 2, 3.3). */
function odf(bytes: Buffer): string {
  const [first] = packedIn(bytes);
  return first?.name === 'mimetype' ? first.data.toString('latin1') : '';
}

function isText(bytes: Buffer): boolean {
  return !bytes.subarray(0, 65_536).includes(0) && namesIn(bytes).length === 0 && !MEDIA.pdf.is(bytes) && bytes.subarray(0, 2).toString('latin1') !== 'MZ';
}
