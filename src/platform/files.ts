import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import type { Random } from './random.js';

/** A blob being written: it exists for nobody before `commit`, and is durable after. */
export interface NewBlob {
  key: string;
  sink: Writable;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface KeptBlob {
  key: string;
  /** Begun and never committed. */
  partial: boolean;
  /** Machine time. */
  writtenAt: Date;
}

/** Door to the blobs. Names are random: never a company, a consultation or a file name in a path. */
export abstract class Files {
  abstract create(): Promise<NewBlob>;
  abstract stream(key: string): Readable;
  abstract read(key: string): Promise<Buffer>;
  abstract remove(key: string): Promise<void>;
  abstract removePartial(key: string): Promise<void>;

  /** Every blob that is kept, and what a writing that died left: where the sweep begins. */
  abstract kept(): AsyncIterable<KeptBlob>;

  /** Bytes left for new blobs; null where nobody can tell. */
  free(): Promise<number | null> {
    return Promise.resolve(null);
  }

  async write(bytes: Uint8Array): Promise<string> {
    const blob = await this.create();
    try {
      blob.sink.end(bytes);
      await blob.commit();
    } catch (error) {
      await blob.abort(); // half a blob on a full disk would keep it full
      throw error;
    }
    return blob.key;
  }
}

/** Gathered while the disk is busy, then written at once: block by block, sealing would wait for the disk and the disk for sealing. */
const WRITTEN_BYTES = 512 * 1024;

/** Door to the disk beneath `DiskFiles`: a test fills it, breaks its fsync or cuts its power. */
export class Disk {
  makeFolder(path: string): Promise<unknown> {
    return mkdir(path, { recursive: true });
  }

  writer(path: string): Writable {
    return createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: WRITTEN_BYTES });
  }

  reader(path: string): Readable {
    return createReadStream(path);
  }

  read(path: string): Promise<Buffer> {
    return readFile(path);
  }

  /** A file, or a folder: the names in it. */
  async synchronise(path: string): Promise<void> {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  rename(from: string, to: string): Promise<void> {
    return rename(from, to);
  }

  remove(path: string): Promise<void> {
    return rm(path, { force: true });
  }

  /** Names in a folder, with the time of their last writing; none when the folder is absent. */
  async list(path: string): Promise<{ name: string; writtenAt: Date }[]> {
    const names = await readdir(path).catch(() => [] as string[]);
    const found = await Promise.all(names.map(async (name) => ({ name, stat: await stat(join(path, name)).catch(() => null) })));
    return found.flatMap(({ name, stat: one }) => (one ? [{ name, writtenAt: one.mtime }] : []));
  }

  /** Bytes that an ordinary program may still write. */
  async free(path: string): Promise<number> {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  }
}

export class DiskFiles extends Files {
  private readonly folders = new Map<string, Promise<void>>();

  constructor(
    private readonly root: string,
    private readonly random: Random,
    private readonly disk: Disk = new Disk(),
  ) {
    super();
  }

  private path(key: string) {
    if (!/^[\w-]{8,64}$/.test(key)) throw new Error('Not the key of a blob');
    return join(this.root, key.slice(0, 2), key);
  }

  async create(): Promise<NewBlob> {
    const { disk } = this;
    const key = this.random.id();
    const path = this.path(key);
    await this.durableFolder(dirname(path));
    const sink = disk.writer(`${path}.part`);
    sink.on('error', () => undefined); // said by whoever writes; an error before anybody listens would stop the server
    return {
      key,
      sink,
      // file fsync → rename → directory fsync (sealing.md 5): after that, a power cut keeps it
      async commit() {
        if (!sink.writableEnded) sink.end();
        await finished(sink);
        await disk.synchronise(`${path}.part`);
        await disk.rename(`${path}.part`, path);
        await disk.synchronise(dirname(path));
      },
      async abort() {
        sink.destroy();
        await finished(sink).catch(() => undefined); // an opening still under way would make the file again
        await disk.remove(`${path}.part`);
      },
    };
  }

  stream(key: string) {
    const source = this.disk.reader(this.path(key));
    source.on('error', () => undefined); // said by whoever reads; an error before anybody listens would stop the server
    return source;
  }

  read(key: string) {
    return this.disk.read(this.path(key));
  }

  async remove(key: string) {
    await this.disk.remove(this.path(key));
  }

  async *kept() {
    for (const { name: folder } of await this.disk.list(this.root)) {
      for (const { name, writtenAt } of await this.disk.list(join(this.root, folder))) {
        const partial = name.endsWith('.part');
        const key = partial ? name.slice(0, -'.part'.length) : name;
        if (/^[\w-]{8,64}$/.test(key) && key.startsWith(folder)) yield { key, partial, writtenAt };
      }
    }
  }

  /** Of a writing that died. */
  async removePartial(key: string) {
    await this.disk.remove(`${this.path(key)}.part`);
  }

  override async free() {
    await this.disk.makeFolder(this.root);
    return this.disk.free(this.root);
  }

  /** A name is durable once its folder is synchronised, and so is the folder's own name: its parents are, once per process. */
  private durableFolder(folder: string): Promise<void> {
    const known = this.folders.get(folder);
    if (known) return known;
    const made = this.makeDurable(folder).catch((error: unknown) => {
      this.folders.delete(folder); // tried again by the next blob
      throw error;
    });
    this.folders.set(folder, made);
    return made;
  }

  private async makeDurable(folder: string) {
    await this.disk.makeFolder(folder);
    await this.disk.synchronise(this.root);
    await this.disk.synchronise(dirname(this.root));
  }
}
