import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { ephemeralKey, type Identity, type Recipient, recipientFrom, sharedSecret } from './age-keys.js';

// Header of an age v1 file (age-encryption.org/v1): one stanza per recipient, which hides the file key, and a MAC.
const VERSION = 'age-encryption.org/v1';
const X25519 = 'X25519';
const LINE = 64;
/** The wrap key serves once, for one file key: a fixed nonce is what the format says. */
const NONCE = Buffer.alloc(12);
export const FILE_KEY = 16;
/** Ours have one or two stanzas, 300 bytes. */
export const MAX_HEADER = 64 * 1024;

interface Stanza {
  args: string[];
  body: Buffer;
}

export function headerFor(recipients: readonly Recipient[], fileKey: Buffer): Buffer {
  const stanzas = recipients.map((recipient) => written(stanzaFor(recipient, fileKey)));
  const covered = `${VERSION}\n${stanzas.join('')}---`;
  return Buffer.from(`${covered} ${base64(macOf(fileKey, Buffer.from(covered)))}\n`);
}

/**
 * @param header from the first byte of the file to the end of its MAC's line
 * @returns the file key
 * @throws Error when the header is malformed, altered, or meant for nobody that `identity` is
 */
export function openHeader(header: Buffer, identity: Identity): Buffer {
  const { stanzas, mac, covered } = parse(header);
  const fileKey = fileKeyFrom(stanzas, identity);
  if (mac.length !== 32 || !timingSafeEqual(mac, macOf(fileKey, covered))) throw new Error('The header was altered');
  return fileKey;
}

/** Where the header ends, in bytes that begin an age file; undefined when more are needed. */
export function headerEnd(bytes: Buffer): number | undefined {
  const last = bytes.indexOf('\n--- ');
  const end = last < 0 ? -1 : bytes.indexOf('\n', last + 1);
  return end < 0 ? undefined : end + 1;
}

/** HKDF-SHA256, 32 bytes. */
export const derive = (secret: Buffer, salt: Uint8Array, info: string) => Buffer.from(hkdfSync('sha256', secret, salt, info, 32));

const macOf = (fileKey: Buffer, covered: Buffer) => createHmac('sha256', derive(fileKey, Buffer.alloc(0), 'header')).update(covered).digest();

const wrapKey = (secret: Buffer, share: Buffer, recipient: Buffer) => derive(secret, Buffer.concat([share, recipient]), `${VERSION}/${X25519}`);

function stanzaFor(recipient: Recipient, fileKey: Buffer): Stanza {
  const ephemeral = ephemeralKey();
  const share = ephemeral.recipient.raw;
  const key = wrapKey(sharedSecret(ephemeral.key, recipient.key), share, recipient.raw);
  const cipher = createCipheriv('chacha20-poly1305', key, NONCE, { authTagLength: 16 });
  return { args: [X25519, base64(share)], body: Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]) };
}

/** A body ends on a line shorter than 64 characters, be it empty. */
function written({ args, body }: Stanza): string {
  const text = base64(body);
  const lines = Array.from({ length: Math.floor(text.length / LINE) + 1 }, (_, i) => text.slice(i * LINE, (i + 1) * LINE));
  return `-> ${args.join(' ')}\n${lines.join('\n')}\n`;
}

function parse(header: Buffer): { stanzas: Stanza[]; mac: Buffer; covered: Buffer } {
  const lines = header.toString('latin1').split('\n');
  if (lines.pop() !== '' || lines.shift() !== VERSION) throw new Error('Not an age v1 file');
  const last = lines.pop();
  if (!last?.startsWith('--- ')) throw new Error('No MAC');
  const stanzas: Stanza[] = [];
  while (lines.length > 0) stanzas.push(nextStanza(lines));
  if (stanzas.length === 0) throw new Error('No stanza');
  return { stanzas, mac: fromBase64(last.slice(4)), covered: header.subarray(0, header.length - last.length + 2) };
}

function nextStanza(lines: string[]): Stanza {
  const [arrow, ...args] = (lines.shift() ?? '').split(' ');
  if (arrow !== '->' || args.length === 0 || !args.every((arg) => /^[\x21-\x7e]+$/.test(arg))) throw new Error('Not a stanza');
  const body: Buffer[] = [];
  for (;;) {
    const line = lines.shift();
    if (line === undefined || line.length > LINE) throw new Error('A stanza without an end');
    body.push(fromBase64(line));
    if (line.length < LINE) return { args, body: Buffer.concat(body) };
  }
}

/** Stanzas of other types are other people's; one of ours that is malformed condemns the file. */
function fileKeyFrom(stanzas: readonly Stanza[], identity: Identity): Buffer {
  for (const { args, body } of stanzas) {
    const [type, share, ...more] = args;
    if (type !== X25519) continue;
    const raw = share === undefined || more.length > 0 ? undefined : fromBase64(share);
    // The length is checked before anything is tried: a longer body could open under several keys.
    if (raw?.length !== 32 || body.length !== FILE_KEY + 16) throw new Error('A malformed X25519 stanza');
    const key = wrapKey(sharedSecret(identity.key, recipientFrom(raw).key), raw, identity.recipient.raw);
    const decipher = createDecipheriv('chacha20-poly1305', key, NONCE, { authTagLength: 16 });
    decipher.setAuthTag(body.subarray(FILE_KEY));
    const fileKey = decipher.update(body.subarray(0, FILE_KEY));
    try {
      decipher.final();
      return fileKey;
    } catch {
      // sealed to somebody else: the next stanza may be ours
    }
  }
  throw new Error('Sealed to another key');
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

/** Without padding, and only the one text of its bytes: Buffer skips what is not base64. */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (base64(bytes) !== text) throw new Error('Not canonical base64');
  return bytes;
}
