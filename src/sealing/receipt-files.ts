// Files compared with a receipt, in one reading. Nothing of Node in here: the page without a network does the same.
import { cleanFileName } from './file-name.js';
import type { Hasher, Tools } from './public-key.js';
import type { Receipt, ReceiptFile } from './receipt.js';

/** A file as its owner kept it. */
export interface GivenFile {
  name: string;
  /** When it is known beforehand: spares comparing with documents of another size. */
  size?: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface FileVerdict {
  name: string;
  ok: boolean;
  /** Why it is refused, or what is to be known although it is right. */
  reason?: string;
}

export interface FilesVerdict {
  /** Every file given is one the receipt lists, to the byte; at least one was given. */
  ok: boolean;
  files: FileVerdict[];
  /** Listed by the receipt and not given: nothing is said of them. */
  missing: string[];
}

/** Compares files with the receipt, part by part. Says nothing of the signature: `checkReceipt` comes first. */
export async function checkFiles(tools: Tools, receipt: Pick<Receipt, 'files'>, given: readonly GivenFile[]): Promise<FilesVerdict> {
  const left = new Set(receipt.files);
  const files: FileVerdict[] = [];
  for (const file of given) files.push(await checkFile(tools, receipt.files, left, file));
  return { ok: files.length > 0 && files.every((file) => file.ok), files, missing: [...left].map((file) => file.name) };
}

async function checkFile(tools: Tools, listed: readonly ReceiptFile[], left: Set<ReceiptFile>, file: GivenFile): Promise<FileVerdict> {
  // The disk may have decomposed the accents (macOS): names are compared as the receipt writes them.
  const name = cleanFileName(file.name);
  const namesakes = listed.filter((one) => one.name === name);
  // What proves is the content: a copy that was renamed since is found by its size.
  const candidates = namesakes.length > 0 ? namesakes : listed.filter((one) => file.size === undefined || one.size === file.size);
  const checks = candidates.map((one) => ({ one, check: new PartCheck(tools, one) }));
  if (checks.length > 0) for await (const chunk of file.open()) for (const { check } of checks) check.feed(chunk);
  const verdicts = checks.map(({ one, check }) => ({ one, anomaly: check.end() }));
  const right = verdicts.filter(({ anomaly }) => anomaly === undefined).map(({ one }) => one);
  const found = right.find((one) => left.has(one)) ?? right[0];
  if (found) {
    const again = left.delete(found) ? undefined : `« ${name} » a été donné deux fois.`;
    const renamed = found.name === name ? undefined : `« ${name} » a exactement le contenu déposé sous le nom « ${found.name} ».`;
    const reason = renamed ?? again;
    return { name: file.name, ok: true, ...(reason ? { reason } : {}) };
  }
  const unlisted = `« ${name} » ne figure pas dans l’accusé de réception, ni sous ce nom, ni par son contenu.`;
  return { name: file.name, ok: false, reason: namesakes.length > 0 ? verdicts[0]?.anomaly : unlisted };
}

/** Hashes a stream along the cuts that the receipt announces. */
class PartCheck {
  /** None when a single part is the whole file: its hash says it already. */
  private readonly whole: Hasher | undefined;
  private part: Hasher;
  private index = 0;
  private inPart = 0;
  private size = 0;
  private anomaly: string | undefined;

  constructor(
    private readonly tools: Tools,
    private readonly listed: ReceiptFile,
  ) {
    const [only, ...others] = listed.parts;
    const said = listed.sha256 === null || (others.length === 0 && only?.size === listed.size && only.sha256 === listed.sha256);
    this.whole = said ? undefined : tools.sha256();
    this.part = tools.sha256();
  }

  feed(chunk: Uint8Array) {
    this.size += chunk.length;
    if (this.anomaly) return;
    this.whole?.update(chunk);
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
    if (this.whole && this.whole.digest() !== sha256) return `« ${name} » n’a pas le contenu déposé.`;
    return undefined;
  }

  /** Parts of zero bytes included: a loop, not a step. */
  private closeFullParts() {
    for (let part = this.listed.parts[this.index]; part && this.inPart === part.size; part = this.listed.parts[this.index]) {
      const position = this.listed.parts.length > 1 ? ` (partie ${this.index + 1})` : '';
      if (this.part.digest() !== part.sha256) this.anomaly ??= `« ${this.listed.name} » n’a pas le contenu déposé${position}.`;
      this.part = this.tools.sha256();
      this.inPart = 0;
      this.index += 1;
    }
  }
}
