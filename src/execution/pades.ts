export interface SignatureFound {
  /** Electronic signatures inside the PDF. */
  count: number;
  /** ETSI EN 319 142: PAdES; otherwise the older PKCS#7 kind of PDF. */
  pades: boolean;
  /** The last one covers the file to its end: nothing was added after it. */
  whole: boolean;
}

const NONE: SignatureFound = { count: 0, pades: false, whole: false };
const RANGE = /\/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]/g;

/**
 * Signatures of a PDF, by their byte ranges (ISO 32000-1, 12.8.1): each leaves a hole of hexadecimal digits, where its CMS stands.
 * Detected, not verified: neither the certificate nor the digest is checked here.
 */
export function signaturesIn(pdf: Buffer): SignatureFound {
  const text = pdf.toString('latin1');
  const ends: number[] = [];
  for (const [, start, before, after, length] of text.matchAll(RANGE)) {
    const [from, hole, on, rest] = [Number(start), Number(before), Number(after), Number(length)];
    if (from !== 0 || on <= hole || on + rest > pdf.length) continue;
    // DER of a SEQUENCE, in hexadecimal: a placeholder filled with zeros is no signature.
    if (/^\s*<30[0-9a-f]{6,}>\s*$/i.test(text.slice(hole, on))) ends.push(on + rest);
  }
  if (ends.length === 0) return NONE;
  return { count: ends.length, pades: /\/SubFilter\s*\/ETSI\.CAdES\.detached/.test(text), whole: Math.max(...ends) >= text.trimEnd().length };
}

/** As the page says it. */
export function signatureSentence({ count, pades, whole }: SignatureFound): string {
  if (count === 0) return 'Aucune signature électronique dans ce PDF : signature manuscrite numérisée.';
  const what = count === 1 ? 'Signature électronique détectée' : `${count} signatures électroniques détectées`;
  return `${what}${pades ? ' (PAdES)' : ''}, non ${count === 1 ? 'vérifiée' : 'vérifiées'} ici${whole ? '' : ' ; le fichier a été modifié après la dernière'}.`;
}
