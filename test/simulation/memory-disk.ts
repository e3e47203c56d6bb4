import { Readable, Writable } from 'node:stream';
import { dirname } from 'node:path';
import { Disk } from '../../src/platform/files.js';

interface Inode {
  bytes: Buffer;
  /** What a power cut leaves of it; null when it was never synchronised. */
  durable: Buffer | null;
}

/**
 * A disk as strict as POSIX allows: after a power cut, only the bytes of synchronised files are there, under the names
 * of synchronised folders, themselves named in synchronised folders.
 */
export class MemoryDisk extends Disk {
  private constructor(
    private readonly files: Map<string, Inode>,
    private readonly names: Map<string, Inode>,
    private readonly folders: Set<string>,
    private readonly durableFolders: Set<string>,
  ) {
    super();
  }

  /** @param home exists already, for good */
  static empty(home: string) {
    return new MemoryDisk(new Map(), new Map(), new Set([home]), new Set([home]));
  }

  override async makeFolder(path: string) {
    for (let one = path; !this.folders.has(one) && one !== dirname(one); one = dirname(one)) this.folders.add(one);
  }

  override writer(path: string): Writable {
    if (!this.folders.has(dirname(path))) throw missing(path);
    const inode: Inode = { bytes: Buffer.alloc(0), durable: null };
    this.files.set(path, inode);
    return new Writable({
      write(chunk: Buffer, _, done) {
        inode.bytes = Buffer.concat([inode.bytes, chunk]);
        done();
      },
    });
  }

  override reader(path: string): Readable {
    const inode = this.files.get(path);
    if (inode) return Readable.from([inode.bytes]);
    const broken = new Readable({ read() {} });
    broken.destroy(missing(path));
    return broken;
  }

  override async read(path: string) {
    const inode = this.files.get(path);
    if (!inode) throw missing(path);
    return Buffer.from(inode.bytes);
  }

  override async synchronise(path: string) {
    const inode = this.files.get(path);
    if (inode) {
      inode.durable = Buffer.from(inode.bytes);
      return;
    }
    if (!this.folders.has(path)) throw missing(path);
    for (const name of this.names.keys()) if (dirname(name) === path && !this.files.has(name)) this.names.delete(name);
    for (const [name, kept] of this.files) if (dirname(name) === path) this.names.set(name, kept);
    for (const folder of this.folders) if (dirname(folder) === path) this.durableFolders.add(folder);
  }

  override async rename(from: string, to: string) {
    const inode = this.files.get(from);
    if (!inode) throw missing(from);
    this.files.delete(from);
    this.files.set(to, inode);
  }

  override async remove(path: string) {
    this.files.delete(path);
  }

  /** What another process finds after `kill -9`: all that was written. */
  afterKill(): MemoryDisk {
    const files = new Map([...this.files].map(([path, inode]) => [path, { ...inode }]));
    const names = new Map([...this.names].map(([path, inode]) => [path, this.files.get(path) === inode ? (files.get(path) as Inode) : { ...inode }]));
    return new MemoryDisk(files, names, new Set(this.folders), new Set(this.durableFolders));
  }

  /** What is left when the machine starts again. */
  afterPowerCut(): MemoryDisk {
    const reachable = (path: string): boolean => this.durableFolders.has(path) && (dirname(path) === path || !this.folders.has(dirname(path)) || reachable(dirname(path)));
    const left = new Map<string, Inode>();
    for (const [path, { durable }] of this.names) if (reachable(dirname(path))) left.set(path, { bytes: durable ?? Buffer.alloc(0), durable });
    const folders = new Set([...this.durableFolders].filter(reachable));
    return new MemoryDisk(new Map(left), new Map(left), folders, new Set(folders));
  }

  /** The same disk in another machine. */
  moved(from: string, to: string): MemoryDisk {
    const path = (one: string) => (one === from || one.startsWith(`${from}/`) ? to + one.slice(from.length) : one);
    const paths = (set: Set<string>) => new Set([...set].map(path));
    const entries = (map: Map<string, Inode>) => new Map([...map].map(([name, inode]) => [path(name), inode]));
    return new MemoryDisk(entries(this.files), entries(this.names), paths(this.folders), paths(this.durableFolders));
  }

  everything(): Buffer {
    return Buffer.concat([...this.files.values()].map((inode) => inode.bytes));
  }
}

const missing = (path: string) => Object.assign(new Error(`No such file: ${path}`), { code: 'ENOENT' });
