import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generateIdentity } from './age-keys.js';

/** What the key file holds. It never enters the database nor its backups (sealing.md 4). */
export interface Keys {
  /** age identity to which the identity of every consultation is wrapped. */
  kek: string;
  /** Those of before a renewal; absent from a file that never had one. */
  former: string[];
  vault: Buffer;
  /** Ed25519 private key, PKCS #8 PEM. */
  signing: string;
}

/** The instance must not start: the sentence is for the person who installs it. Never quotes the file's content. */
export class KeyFileRefused extends Error {}

const FORMAT = 'souspli/keys/v1';
const SHAPE = { kek: /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/, vault: /^[\w-]{43}$/, signing: /^-----BEGIN PRIVATE KEY-----\n/ };

export async function readKeys(file: string): Promise<Keys | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    throw new KeyFileRefused(`Le fichier de clés ${file} ne peut pas être lu (${code}). Vérifiez son propriétaire et ses droits.`);
  }
  try {
    // Rights are read on the opened file: on the path, it could be swapped between the check and the reading.
    const stat = await handle.stat();
    if (!stat.isFile()) throw new KeyFileRefused(`${file} n’est pas un fichier de clés.`);
    if ((stat.mode & 0o077) !== 0) {
      const mode = (stat.mode & 0o777).toString(8);
      throw new KeyFileRefused(
        `Le fichier de clés ${file} est accessible à d’autres que son propriétaire (droits ${mode}). Corrigez avec : chmod 600 ${file}`,
      );
    }
    return parse(file, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

function parse(file: string, text: string): Keys {
  let found: Record<string, unknown>;
  try {
    found = Object(JSON.parse(text));
  } catch {
    // Without `cause`: the message of JSON.parse quotes the text it could not read, which is a key.
    throw new KeyFileRefused(`Le fichier de clés ${file} est abîmé : restaurez-en une copie.`);
  }
  const complete = found.format === FORMAT && Object.entries(SHAPE).every(([name, shape]) => shape.test(String(found[name])));
  if (!complete) throw new KeyFileRefused(`Le fichier de clés ${file} n’est pas au format ${FORMAT} ou n’est pas complet.`);
  const former = found.former ?? [];
  if (!Array.isArray(former) || !former.every((one) => SHAPE.kek.test(String(one)))) throw new KeyFileRefused(`Le fichier de clés ${file} n’est pas au format ${FORMAT} ou n’est pas complet.`);
  return { kek: String(found.kek), former: former.map(String), vault: Buffer.from(String(found.vault), 'base64url'), signing: String(found.signing) };
}

/** Never over an existing file: replacing a key would make every sealed bid unreadable. */
export async function createKeys(file: string): Promise<void> {
  await write(file, {
    kek: generateIdentity(),
    vault: randomBytes(32),
    signing: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    former: [],
  });
}

/** A new KEK in a new file; the former one still opens, until everything is wrapped again. Vault and signature stay: receipts rest on them. */
export const renewKeys = (file: string, { kek, former, vault, signing }: Keys) => write(file, { kek: generateIdentity(), former: [kek, ...former], vault, signing });

/** Once everything is wrapped again: whoever stole the former file opens nothing with it. */
export const forgetFormer = (file: string, { kek, vault, signing }: Keys) => write(file, { kek, former: [], vault, signing });

async function write(file: string, { kek, former, vault, signing }: Keys): Promise<void> {
  const content = { format: FORMAT, kek, ...(former.length > 0 ? { former } : {}), vault: vault.toString('base64url'), signing };
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await handle.sync();
    await handle.close();
    // A hard link appears whole or not at all, and fails when another process was first: that one's keys are then used.
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  const directory = await open(folder, 'r');
  await directory.sync();
  await directory.close();
}
