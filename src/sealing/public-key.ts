// The platform's public key as people carry it: a PEM text, or the fingerprint printed on receipts. Nothing of Node in
// here: the page that checks receipts without a network reads keys by the same lines.

export interface Hasher {
  update(bytes: Uint8Array): unknown;
  /** In hexadecimal. */
  digest(): string;
}

/** What a verification asks of the machine it runs on: node:crypto for the command line, WebCrypto or a library in a browser. */
export interface Tools {
  sha256(): Hasher;
  /** @param key the 32 bytes of the public key */
  ed25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>;
}

export interface PublicKey {
  raw: Uint8Array;
  /** SHA-256 of the key in SPKI DER, in hexadecimal: not of its PEM text, whose line breaks travel badly. */
  fingerprint: string;
}

const PEM = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----$/;
/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410): always these 12 bytes, then the key. */
const ED25519 = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

export function publicKeyOf(tools: Tools, pem: string): PublicKey | undefined {
  const body = PEM.exec(pem.trim())?.[1]?.replaceAll(/\s/g, '');
  if (!body) return undefined;
  let der: Uint8Array;
  try {
    der = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
  if (der.length !== ED25519.length + 32 || !ED25519.every((byte, i) => der[i] === byte)) return undefined;
  const hash = tools.sha256();
  hash.update(der);
  return { raw: der.subarray(ED25519.length), fingerprint: hash.digest() };
}

/** @param text a PEM, or a fingerprint as it is printed: in capitals or not, in groups or not */
export function trustedPrint(tools: Tools, text: string): string | undefined {
  const print = text.replaceAll(/[\s:]/g, '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(print) ? print : publicKeyOf(tools, text)?.fingerprint;
}
