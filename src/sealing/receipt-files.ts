import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cleanFileName } from './file-name.js';
import type { Receipt, ReceiptFile } from './receipt.js';

/** A file as its owner kept it: on disk, or as bytes in memory or on the way. */
export type GivenFile = { name: string; path: string } | { name: string; bytes: Uint8Array | AsyncIterable<Uint8Array> };

export interface FileVerdict {
  name: string;
  ok: boolean;
  reason?: string;
}

export interface FilesVerdict {
  /** Every file given is one the receipt lists, to the byte; at least one was given. */
  ok: boolean;
  files: FileVerdict[];
  /** Listed by the receipt and not given: nothing is said of them. */
  missing: string[];
}

/** Compares files with the receipt, part by part, in one reading. Says nothing of the signature: `verifyReceipt` comes first. */
export async function verifyReceiptFile(receipt: Receipt, given: readonly GivenFile[]): Promise<FilesVerdict> {
  const left = new Set(receipt.files);
  const files: FileVerdict[] = [];
  for (const file of given) {
    // The disk may have decomposed the accents (macOS): names are compared as the receipt writes them.
    const name = cleanFileName(file.name);
    const candidates = receipt.files.filter((listed) => listed.name === name);
    if (candidates.length === 0) {
      files.push({ name: file.name, ok: false, reason: `« ${name} » ne figure pas dans l’accusé de réception.` });
      continue;
    }
    const checks = candidates.map((listed) => new PartCheck(listed));
    for await (const chunk of bytesOf(file)) for (const check of checks) check.feed(chunk);
    const anomalies = checks.map((check) => check.end());
    const found = anomalies.indexOf(undefined);
    if (found < 0) {
      files.push({ name: file.name, ok: false, reason: anomalies[0] });
    } else {
      left.delete(candidates[found]);
      files.push({ name: file.name, ok: true });
    }
  }
  return { ok: files.length > 0 && files.every((file) => file.ok), files, missing: [...left].map((file) => file.name) };
}

async function* bytesOf(file: GivenFile): AsyncIterable<Uint8Array> {
  if ('path' in file) yield* createReadStream(file.path);
  else if (file.bytes instanceof Uint8Array) yield file.bytes;
  else yield* file.bytes;
}

/** Hashes a stream along the cuts that the receipt announces. */
class PartCheck {
  private readonly whole = createHash('sha256');
  private part = createHash('sha256');
  private index = 0;
  private inPart = 0;
  private size = 0;
  private anomaly: string | undefined;

  constructor(private readonly listed: ReceiptFile) {}

  feed(chunk: Uint8Array) {
    this.size += chunk.length;
    if (this.anomaly) return;
    this.whole.update(chunk);
    let rest = chunk;
    while (rest.length > 0) {
      this.closeFullParts();
      const expected = this.listed.parts[this.index];
      if (!expected || this.anomaly) return;
      const piece = rest.subarray(0, expected.size - this.inPart);
      this.part.update(piece);
      this.inPart += piece.length;
      rest = rest.subarray(piece.length);
    }
  }

  end(): string | undefined {
    this.closeFullParts();
    const { name, size, parts, sha256 } = this.listed;
    if (this.size !== size) return `« ${name} » compte ${this.size} octets au lieu de ${size}.`;
    if (this.anomaly) return this.anomaly;
    // Without parts covering the file, only the whole hash could prove anything.
    const covered = parts.reduce((sum, part) => sum + part.size, 0) === size && this.index === parts.length;
    const proof = parts.length > 0 ? covered : sha256 !== null;
    if (!proof) return `L’accusé de réception ne permet pas de vérifier « ${name} ».`;
    if (sha256 !== null && this.whole.digest('hex') !== sha256) return `« ${name} » n’a pas le contenu déposé.`;
    return undefined;
  }

  /** Parts of zero bytes included: a loop, not a step. */
  private closeFullParts() {
    for (let part = this.listed.parts[this.index]; part && this.inPart === part.size; part = this.listed.parts[this.index]) {
      const position = this.listed.parts.length > 1 ? ` (partie ${this.index + 1})` : '';
      if (this.part.digest('hex') !== part.sha256) this.anomaly ??= `« ${this.listed.name} » n’a pas le contenu déposé${position}.`;
      this.part = createHash('sha256');
      this.inPart = 0;
      this.index += 1;
    }
  }
}
