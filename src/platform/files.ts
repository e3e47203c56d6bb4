import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
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

/** Door to the blobs. Names are random: never a company, a consultation or a file name in a path. */
export abstract class Files {
  abstract create(): Promise<NewBlob>;
  abstract stream(key: string): Readable;
  abstract read(key: string): Promise<Buffer>;
  abstract remove(key: string): Promise<void>;

  async write(bytes: Uint8Array): Promise<string> {
    const blob = await this.create();
    blob.sink.end(bytes);
    await blob.commit();
    return blob.key;
  }
}

export class DiskFiles extends Files {
  constructor(
    private readonly root: string,
    private readonly random: Random,
  ) {
    super();
  }

  private path(key: string) {
    if (!/^[\w-]{8,64}$/.test(key)) throw new Error('Not the key of a blob');
    return join(this.root, key.slice(0, 2), key);
  }

  async create(): Promise<NewBlob> {
    const key = this.random.id();
    const path = this.path(key);
    await mkdir(dirname(path), { recursive: true });
    const sink = createWriteStream(`${path}.part`, { flags: 'wx', mode: 0o600 });
    return {
      key,
      sink,
      // file fsync → rename → directory fsync (sealing.md 5): after that, a power cut keeps it
      async commit() {
        if (!sink.writableEnded) sink.end();
        await finished(sink);
        await synchronise(`${path}.part`);
        await rename(`${path}.part`, path);
        await synchronise(dirname(path));
      },
      async abort() {
        sink.destroy();
        await rm(`${path}.part`, { force: true });
      },
    };
  }

  stream(key: string) {
    return createReadStream(this.path(key));
  }

  read(key: string) {
    return readFile(this.path(key));
  }

  async remove(key: string) {
    await rm(this.path(key), { force: true });
  }
}

async function synchronise(path: string) {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
