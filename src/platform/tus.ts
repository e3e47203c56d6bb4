import { DataStore, ERRORS, Server, TUS_RESUMABLE, Upload } from '@tus/server';
import { type Arriving, Body } from './body.js';
import { DomainError, NotFound, Refused, TooLarge, Unreadable } from './errors.js';
import { Places } from './places.js';
import { Turns } from './turns.js';
import { UploadLocks } from './tus-locks.js';
import type { Req, Res } from './web.js';

export interface NewUpload {
  name: string;
  size: number;
  mediaType: string;
  /** Made by the sender: the same creation again, after a lost answer, gives the same upload. */
  key: string | null;
}

export interface UploadState {
  id: string;
  size: number;
  offset: number;
}

/** What a capability does with files that arrive: the rights, the limits, the places and the names are its own. */
export interface Uploads {
  create(file: NewUpload): Promise<UploadState>;
  find(id: string): Promise<UploadState>;
  /** @returns the offset up to which everything is durable: after a cut, less than what was sent */
  write(id: string, offset: number, body: Arriving): Promise<number>;
  remove(id: string): Promise<void>;
}

export interface TusOptions {
  /** Path of the collection, without the id of an upload. */
  path: string;
  maxBytes: number;
  /** Who sends: their requests that write wait behind each other. */
  holder: string;
}

/** Bytes of one sender that are sealed at the same time; the page sends three files at once. */
const AT_ONCE = 8;
const turns = new Turns(AT_ONCE);
const places = new Places();
const locks = new UploadLocks();

/**
 * The tus 1.0 protocol over the uploads of one person, served by @tus/server. Refusals are thrown, so that they leave
 * like all others. The body is read by the store itself: through the package it would pass four more streams.
 */
export async function serveTus(request: Req, response: Res, uploads: Uploads, options: TusOptions, id?: string): Promise<void> {
  response.set({ 'tus-resumable': TUS_RESUMABLE, 'tus-version': TUS_RESUMABLE, 'cache-control': 'no-store' });
  mustBePlain(request);
  if (id !== undefined && request.method === 'OPTIONS') await uploads.find(id); // nothing tells a foreign upload from none
  const body = new Body(request);
  try {
    const work = () => answerOf(request, body, uploads, options, id);
    const gone = new Promise<void>((resolve) => response.once('close', resolve));
    const answer = request.method === 'PATCH' ? await turns.pass(options.holder, gone, work) : await work();
    if (!answer) return;
    for (const name of ANSWERED) if (answer.headers.has(name)) response.set(name, answer.headers.get(name) ?? '');
    response.status(answer.status).end();
  } finally {
    body.release();
  }
}

async function answerOf(request: Req, body: Body, uploads: Uploads, options: TusOptions, id?: string) {
  let failure: unknown;
  const server = new Server({
    path: options.path,
    datastore: new Store(uploads, body),
    locker: { newLock: (upload) => locks.newLock(upload, () => body.stop()) },
    maxSize: (_, upload) => (upload === null ? options.maxBytes : 0), // announced by OPTIONS; the store refuses with the file's name
    allowedOrigins: () => false,
    generateUrl: (_, made) => `${options.path}/${made.id}`,
    getFileIdFromRequest: () => id,
    onResponseError: (_, error) => void (failure = error),
  });
  const headers = Object.entries(request.headers).filter(([name]) => ASKED.has(name)) as [string, string][];
  const answer = await server.handleWeb(new Request(`http://tus${options.path}`, { method: request.method, headers }));
  if (failure !== undefined) throw inFrench(failure);
  if (answer.status >= 400) throw byStatus(answer.status);
  return answer;
}

const ASKED = new Set(['tus-resumable', 'content-type', 'content-length', 'upload-offset', 'upload-length', 'upload-defer-length', 'upload-metadata', 'upload-concat']);
/** Nothing else of what the package would say, least of all to other sites. */
const ANSWERED = ['location', 'upload-offset', 'upload-length', 'tus-extension', 'tus-max-size'];

/** One request's view of the uploads. */
class Store extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'termination'];
  /** Of the upload this request is about; its protocol asks for it before it writes. */
  private size = 0;

  constructor(
    private readonly uploads: Uploads,
    private readonly body: Body,
  ) {
    super();
  }

  override async create(upload: Upload) {
    const { filename, filetype, key } = upload.metadata ?? {};
    const made = await this.uploads.create({ name: filename ?? '', size: upload.size ?? 0, mediaType: filetype ?? '', key: key ?? null });
    upload.id = made.id;
    upload.offset = made.offset;
    this.size = made.size;
    return upload;
  }

  /** Without its metadata: the name stays sealed. */
  override async getUpload(id: string) {
    const { size, offset } = await this.uploads.find(id);
    this.size = size;
    return new Upload({ id, size, offset });
  }

  override write(_: unknown, id: string, offset: number) {
    return this.uploads.write(id, offset, places.of(this.body, this.size - offset));
  }

  override remove(id: string) {
    return this.uploads.remove(id);
  }
}

class Protocol extends DomainError {
  constructor(
    readonly status: number,
    code: string,
    message: string,
  ) {
    super(code, message);
  }
}

/** Where the package answers less exactly than the protocol. A compressed body would be kept as it is, or blow up where it is opened. */
function mustBePlain({ method, headers }: Req) {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new Protocol(415, 'encoded', 'Les fichiers s’envoient tels quels, sans compression de la requête.');
  if (method !== 'OPTIONS' && headers['tus-resumable'] !== TUS_RESUMABLE) throw byStatus(412);
  if (method === 'PATCH' && headers['content-type'] !== 'application/offset+octet-stream') throw byStatus(415);
}

export const wrongOffset = (offset: number) =>
  new Refused('wrong-offset', 'Cet envoi n’en est pas là : demandez d’abord où il en est, puis reprenez à cet endroit.', { offset });

const announcedLess = () => new TooLarge('too-large', 'Le fichier envoyé est plus grand que le fichier annoncé : retirez-le, puis envoyez-le à nouveau.');

const SENTENCES = new Map<unknown, () => DomainError>([
  [ERRORS.FILE_NOT_FOUND, () => new NotFound('Cet envoi n’existe pas, ou n’existe plus.')],
  [ERRORS.INVALID_OFFSET, () => wrongOffset(0)],
  [ERRORS.MISSING_OFFSET, () => new Unreadable('L’en-tête Upload-Offset manque.')],
  [ERRORS.INVALID_CONTENT_TYPE, () => byStatus(415)],
  [ERRORS.ERR_SIZE_EXCEEDED, announcedLess],
  [ERRORS.INVALID_LENGTH, () => new Unreadable('L’en-tête Upload-Length, qui annonce la taille du fichier, manque ou n’est pas lisible.')],
  [ERRORS.INVALID_METADATA, () => new Unreadable('L’en-tête Upload-Metadata n’est pas lisible.')],
  [ERRORS.UNSUPPORTED_CONCATENATION_EXTENSION, () => new Protocol(501, 'unsupported', 'L’envoi d’un fichier en plusieurs morceaux simultanés n’est pas proposé.')],
  [ERRORS.UNSUPPORTED_CREATION_DEFER_LENGTH_EXTENSION, () => new Protocol(501, 'unsupported', 'La taille du fichier s’annonce à la création de l’envoi.')],
]);

function inFrench(failure: unknown): unknown {
  return SENTENCES.get(failure)?.() ?? failure;
}

/** What the package refuses by itself, before anything is asked of the store. */
function byStatus(status: number): DomainError {
  if (status === 412) return new Protocol(412, 'tus-version', `Cette adresse parle le protocole tus ${TUS_RESUMABLE} : l’en-tête Tus-Resumable manque, ou nomme une autre version.`);
  if (status === 415) return new Protocol(415, 'media-type', 'Un morceau de fichier s’envoie en application/offset+octet-stream.');
  return new Unreadable('Un en-tête du protocole tus n’est pas lisible.');
}
