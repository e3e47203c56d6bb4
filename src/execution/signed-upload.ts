import type { Config } from '../config.js';
import type { Clock } from '../platform/clock.js';
import type { Files } from '../platform/files.js';
import { checkedFile } from '../platform/media.js';
import type { OneFile } from '../platform/multipart.js';
import type { Random } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import type { SignedCopy } from './contract-record.js';
import { signaturesIn } from './pades.js';

export interface CopyDoors {
  files: Files;
  random: Random;
  clock: Clock;
  config: Config;
}

/** A signed copy, PDF only; its row is added by the act that keeps it. */
export async function signedCopy({ files, random, clock, config }: CopyDoors, upload: OneFile | null, typed: object): Promise<{ file: StoredFile; copy: SignedCopy }> {
  const { name, bytes, mediaType } = checkedFile(upload, { maxBytes: config.maxDocumentBytes, extensions: ['pdf'] }, 'copy', typed);
  const file = await StoredFile.write(files, random, clock.now(), name, mediaType, bytes);
  return { file, copy: { fileId: file.id, name, size: file.size, sha256: file.sha256, signature: signaturesIn(bytes) } };
}
