import { open, readFile } from 'node:fs/promises';
import { generateIdentity, parseIdentity, recipientOf } from './age-keys.js';
import { identityFor } from './identity-file.js';
import { openWithOneOf } from './keyring.js';
import type { SealingKey } from './sealing-key.js';

// The rescue key opens the bids when the server and its keys are lost (sealing.md 4). Loaded by commands only: the server never sees it.

/** @returns the private half, as `age-keygen` writes it, and the public one for RESCUE_RECIPIENT */
export function newRescueKey(): { recipient: string; file: string } {
  const identity = generateIdentity();
  const recipient = recipientOf(identity);
  return { recipient, file: `# souspli rescue key\n# public key: ${recipient}\n${identity}\n` };
}

/** Readable by its owner alone, and never over another one. */
export async function writeOnce(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'EEXIST' ? `« ${path} » existe déjà : rien n’est écrit par-dessus une clé.` : `« ${path} » ne peut pas être écrit (${error.code}).`);
  });
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The private half, from the file or the sheet copied into one. @throws Error which never quotes it */
export async function readRescueKey(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `Le fichier « ${path} » n’existe pas.` : `Le fichier « ${path} » ne peut pas être lu (${error.code}).`);
  });
  const [identity, ...more] = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  try {
    if (identity === undefined || more.length > 0) throw new Error('One line');
    parseIdentity(identity); // its checksum too: a letter miscopied is seen here
    return identity;
  } catch {
    throw new Error(`« ${path} » ne contient pas une clé privée de secours (AGE-SECRET-KEY-1…) : vérifiez sa copie, lettre à lettre.`);
  }
}

/** What the rescue key finds in a wrapped key, or a sentence when that consultation was launched without it. */
export function rescued(identity: string): (wrapped: string) => string {
  return (wrapped) => {
    try {
      return openWithOneOf([identity], wrapped);
    } catch {
      throw new Error('Cette clé de secours n’ouvre pas cette consultation : elle a été lancée sans elle, ou avec une autre.');
    }
  };
}

/**
 * The identity of a consultation, without KEK. The same conditions as the custodian's: the key was released, or the hour has come and
 * the quorum has confirmed. Whoever holds the rescue key and the data could do without us; whoever follows the procedure leaves a line.
 * @throws Refused before
 */
export function identityByRescue(key: SealingKey, identity: string, now: Date): string {
  if (key.releasedAt === null) key.release(now); // checked, not saved: the opening itself stays to be done
  return identityFor(key, rescued(identity)(key.wrapped));
}
