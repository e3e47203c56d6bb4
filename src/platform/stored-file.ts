import { Entity } from 'typeorm';
import { Id, Instant, Money, Text } from './columns.js';
import type { Files } from './files.js';
import { type Random, sha256 } from './random.js';

/** A document that is not sealed: a letter, the specifications, the minutes. */
@Entity('stored_file')
export class StoredFile {
  @Id() id!: string;
  @Text() name!: string;
  @Text() mediaType!: string;
  /** Bytes. */
  @Money() size!: number;
  @Text() sha256!: string;
  @Text() blob!: string;
  @Instant() createdAt!: Date;

  /** Writes the blob before the act that will keep the row; an orphan is swept. */
  static async write(files: Files, random: Random, now: Date, name: string, mediaType: string, bytes: Uint8Array) {
    return Object.assign(new StoredFile(), {
      id: random.id(),
      name,
      mediaType,
      size: bytes.byteLength,
      sha256: sha256(bytes),
      blob: await files.write(bytes),
      createdAt: now,
    });
  }
}
