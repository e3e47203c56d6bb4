// Whether a file chosen again is the one whose sending had begun. Used by upload.js.

const hexOf = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Compares what the server already has, part by part, by its SHA-256: a document that was edited meanwhile may keep its
 * name and its size, and half of each would make a file that nobody could open.
 * @returns `null` when nobody can tell: no answer, or a browser without WebCrypto
 */
export async function isSame(file, url) {
  if (!globalThis.crypto?.subtle) return null;
  try {
    const answer = await fetch(url, { headers: { accept: 'application/json' } });
    if (!answer.ok) return null;
    const { size, parts } = await answer.json();
    if (size !== file.size) return false;
    let at = 0;
    for (const part of parts) {
      const print = await crypto.subtle.digest('SHA-256', await file.slice(at, at + part.size).arrayBuffer());
      if (hexOf(print) !== part.sha256) return false;
      at += part.size;
    }
    return true;
  } catch {
    return null;
  }
}
