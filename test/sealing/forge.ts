// Age files as nobody of good faith writes them, made by their own lines rather than by those under test.
import { createCipheriv, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto';
import { bech32 } from '@scure/base';

const key = (secret: Uint8Array, salt: Uint8Array, info: string) => Buffer.from(hkdfSync('sha256', secret, salt, info, 32));
const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '');
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

export const rawRecipient = (recipient: string) => Buffer.from(bech32.decodeToBytes(recipient).bytes);

function seal(secret: Buffer, nonce: Buffer, plain: Uint8Array) {
  const cipher = createCipheriv('chacha20-poly1305', secret, nonce, { authTagLength: 16 });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** A right X25519 stanza: its share and its body, to be written wrongly. */
export function stanzaOf(recipient: string, fileKey: Buffer) {
  const raw = rawRecipient(recipient);
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const share = publicKey.export({ type: 'spki', format: 'der' }).subarray(12);
  const secret = diffieHellman({ privateKey, publicKey: createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' }) });
  return { share, body: seal(key(secret, Buffer.concat([share, raw]), 'age-encryption.org/v1/X25519'), Buffer.alloc(12), fileKey) };
}

export const stanza = (share: string, body: string, type = 'X25519') => `-> ${type} ${share}\n${body}\n`;

export interface Forgery {
  fileKey?: Buffer;
  /** Stanzas as text, from the right one. */
  stanzas?: (right: { share: string; body: string }) => string;
  version?: string;
  mac?: (right: string) => string;
  /** Plain blocks, with the number and the flag of each. */
  blocks?: { plain: Uint8Array; count: number; last: boolean }[];
}

/** @returns a file in order unless `wrong` says otherwise; the MAC always covers what is written */
export function forged(recipient: string, wrong: Forgery = {}): Buffer {
  const fileKey = wrong.fileKey ?? randomBytes(16);
  const { share, body } = stanzaOf(recipient, fileKey);
  const right = { share: b64(share), body: b64(body) };
  const stanzas = wrong.stanzas?.(right) ?? stanza(right.share, right.body);
  const covered = `${wrong.version ?? 'age-encryption.org/v1'}\n${stanzas}---`;
  const mac = b64(createHmac('sha256', key(fileKey, Buffer.alloc(0), 'header')).update(covered, 'latin1').digest());
  const nonce = randomBytes(16);
  const payload = key(fileKey, nonce, 'payload');
  const blocks = wrong.blocks ?? [{ plain: Buffer.from('offre'), count: 0, last: true }];
  const sealed = blocks.map(({ plain, count, last }) => {
    const counter = Buffer.alloc(12);
    counter.writeUInt32BE(count, 7);
    counter[11] = last ? 1 : 0;
    return seal(payload, counter, plain);
  });
  return Buffer.concat([Buffer.from(`${covered} ${wrong.mac?.(mac) ?? mac}\n`, 'latin1'), nonce, ...sealed]);
}
