import { crc32, inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * Contents of a zip file that unpacks to `limit` bytes at most, or null: each entry is unpacked and counted, since the
 * sizes that the file announces may lie. Null too when its directory cannot be read.
 */
export function unpacked(bytes: Buffer, limit: number): Buffer[] | null {
  return unpackedFiles(bytes, limit)?.map((one) => one.content) ?? null;
}

/** Likewise, with the names that the directory gives them: data, never paths. */
export function unpackedFiles(bytes: Buffer, limit: number): { name: string; content: Buffer }[] | null {
  const files: { name: string; content: Buffer }[] = [];
  let left = limit;
  try {
    for (const { name, method, data } of entriesOf(bytes)) {
      const content = method === STORED ? data : inflateRawSync(data, { maxOutputLength: left + 1 });
      left -= content.byteLength;
      if (left < 0) return null;
      files.push({ name, content });
    }
    return files;
  } catch {
    return null;
  }
}

/** What a zip file hides or lies about, in one French sentence. */
export class HostileZip extends Error {}

/**
 * The files of a zip one after the other, each checked against its CRC: one is in memory at a time. Folders are left out.
 * @param limit bytes that all of them may unpack to, whatever the directory announces
 * @throws HostileZip when it cannot be read, is locked by a password, is damaged, or holds too much or too many
 */
export function* unpackedEach(bytes: Buffer, limit: number, mostFiles: number): Generator<{ name: string; content: Buffer }> {
  const entries = packedIn(bytes);
  if (entries.length === 0) throw new HostileZip('Cette archive ne peut pas être lue : ce n’est pas un ZIP, ou il est incomplet.');
  const files = entries.filter((one) => !one.name.endsWith('/'));
  if (files.length > mostFiles) throw new HostileZip(`Cette archive contient plus de ${mostFiles} fichiers.`);
  let left = limit;
  for (const { name, method, data, crc, encrypted } of files) {
    if (encrypted) throw new HostileZip(`« ${name} » est protégé par un mot de passe : refaites l’archive sans mot de passe.`);
    if (method !== STORED && method !== DEFLATED) throw new HostileZip(`« ${name} » est compressé d’une façon que nous ne lisons pas : refaites l’archive au format ZIP ordinaire.`);
    const content = method === STORED ? data : inflated(data, left + 1, name);
    left -= content?.byteLength ?? left + 1;
    if (!content || left < 0) throw new HostileZip(`Une fois décompressée, cette archive dépasse ${Math.round(limit / 1_000_000)} Mo.`);
    if (crc32(content) !== crc) throw new HostileZip(`« ${name} » est abîmé dans l’archive : téléchargez-la à nouveau.`);
    yield { name, content };
  }
}

/** Null when it holds more than `maxOutputLength` bytes. */
function inflated(data: Buffer, maxOutputLength: number, name: string): Buffer | null {
  try {
    return inflateRawSync(data, { maxOutputLength });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw new HostileZip(`« ${name} » est abîmé dans l’archive : téléchargez-la à nouveau.`);
  }
}

/** Names of the entries of a zip file; none when it is not one. Nothing is unpacked. */
export function namesIn(bytes: Buffer): string[] {
  return packedIn(bytes).map((one) => one.name);
}

/** Entries as they lie in the file, or none when its directory cannot be read. */
export function packedIn(bytes: Buffer): PackedEntry[] {
  if (bytes.subarray(0, 2).toString('latin1') !== 'PK') return [];
  try {
    return [...entriesOf(bytes)];
  } catch {
    return [];
  }
}

export interface PackedEntry {
  name: string;
  method: number;
  data: Buffer;
  crc: number;
  encrypted: boolean;
}

/** Entries of the central directory, which readers follow. */
function* entriesOf(bytes: Buffer): Generator<PackedEntry> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || bytes.readUInt32LE(end) !== END) throw new Error('No directory');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== ENTRY) throw new Error('Broken directory');
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const nameLength = bytes.readUInt16LE(at + 28);
    yield { name: bytes.toString('utf8', at + 46, at + 46 + nameLength), method, data: bytes.subarray(start, start + packed), crc: bytes.readUInt32LE(at + 16), encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1 };
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}
