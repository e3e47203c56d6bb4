import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const STORED = 0;

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
    yield { name: bytes.toString('utf8', at + 46, at + 46 + nameLength), method, data: bytes.subarray(start, start + packed) };
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}
