import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { checkReceipt, type Verdict } from './receipt-check.js';
import { checkFiles, type FilesVerdict, type GivenFile } from './receipt-files.js';
import type { Tools } from './public-key.js';
import type { Receipt } from './receipt.js';

/** The command line's: node:crypto. */
export const nodeTools: Tools = {
  sha256() {
    const hash = createHash('sha256');
    return { update: (bytes) => hash.update(bytes), digest: () => hash.digest('hex') };
  },
  ed25519(key, message, signature) {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') };
    return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  },
};

export const verifyReceipt = (receipt: unknown, trusted?: string): Promise<Verdict> => checkReceipt(nodeTools, receipt, trusted);

export const verifyReceiptFile = (receipt: Receipt, given: readonly GivenFile[]): Promise<FilesVerdict> => checkFiles(nodeTools, receipt, given);

export const onDisk = (name: string, path: string, size?: number): GivenFile => ({ name, size, open: () => createReadStream(path) });

export const inMemory = (name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): GivenFile => ({
  name,
  async *open() {
    if (bytes instanceof Uint8Array) yield bytes;
    else yield* bytes;
  },
});
