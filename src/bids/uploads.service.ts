import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import type { Arriving } from '../platform/body.js';
import { DomainError, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { type NewUpload, type Uploads, type UploadState, wrongOffset } from '../platform/tus.js';
import { Custodian } from '../sealing/custodian.js';
import { cleanFileName } from '../sealing/file-name.js';
import { type SealOptions, sealPart } from '../sealing/part.js';
import { BidFile, BidPart, mustFit, tooLarge } from './draft.js';
import { BidDraftsService, type NewFile } from './drafts.service.js';
import { guest } from './guest.js';
import { mostParts, orCut, PART_BYTES, Pieces, RunningHashes, wholeBlocks } from './upload.js';
import { UploadLog } from './upload-log.js';

export type PartFacts = Omit<BidPart, 'id' | 'fileId' | 'position'>;

/** Files on their way into a draft: encrypted as they arrive, part by part. Plaintext never touches the disk. */
@Injectable()
export class BidUploadsService {
  private readonly running = new RunningHashes();

  constructor(
    private readonly acts: Acts,
    private readonly config: Config,
    private readonly files: Files,
    private readonly custodian: Custodian,
    private readonly drafts: BidDraftsService,
    private readonly log: UploadLog,
  ) {}

  /** The uploads of one organisation to one consultation, as the tus protocol asks for them. */
  of(actor: Actor, consultationId: string): Uploads {
    return {
      create: (file) => this.create(actor, consultationId, file),
      find: (id) => this.find(actor, consultationId, id),
      write: (id, offset, body) => this.write(actor, consultationId, id, offset, body),
      remove: (id) => this.drafts.removeFile(actor, consultationId, id).then(() => this.running.forget(id)),
    };
  }

  async create(actor: Actor, consultationId: string, file: NewUpload): Promise<UploadState> {
    const again = await this.acts.look(actor, 'upload.begins', async (act) => {
      const { consultation, invitation } = await guest(act, actor, consultationId);
      return this.drafts.sameCreation(act, consultation.id, invitation.organisationId, file);
    });
    if (!again) await this.log.watch(actor, consultationId, null, async () => mustFit(this.config, { ...file, name: cleanFileName(file.name) }));
    const id = again ?? (await this.acts.perform(actor, 'upload.start', (act) => this.drafts.newFile(act, actor, consultationId, file)));
    return again ? this.find(actor, consultationId, again) : { id, size: file.size, offset: 0 };
  }

  /** How far the file is: what is beyond was not received, or not durable. */
  find(actor: Actor, consultationId: string, id: string): Promise<UploadState> {
    return this.acts.look(actor, 'upload.find', async (act) => {
      const { file } = await this.drafts.ownFile(act, actor, consultationId, id);
      return { id, size: file.size, offset: (await this.drafts.received(act, id)).bytes };
    });
  }

  /** What was received, part by part. */
  show(actor: Actor, consultationId: string, id: string): Promise<{ size: number; parts: { size: number; sha256: string }[] }> {
    return this.acts.look(actor, 'upload.show', async (act) => {
      const { file } = await this.drafts.ownFile(act, actor, consultationId, id);
      const parts = await act.db.find(BidPart, { where: { fileId: id }, order: { position: 'ASC' } });
      return { size: file.size, parts: parts.map(({ plainSize, sha256 }) => ({ size: plainSize, sha256 })) };
    });
  }

  /** Each part is durable, then recorded, before the next one: a server that dies loses less than a part. */
  async write(actor: Actor, consultationId: string, id: string, offset: number, body: Arriving): Promise<number> {
    const { recipient, size } = await this.acts.look(actor, 'upload.part-begins', async (act) => {
      const { file } = await this.drafts.ownFile(act, actor, consultationId, id);
      return { recipient: await this.custodian.recipient(act.db, consultationId), size: file.size };
    });
    const pieces = new Pieces(wholeBlocks(body));
    let at = offset;
    while (await pieces.more()) {
      const hash = this.running.hashFor(id, at);
      const part = await this.log.watch(actor, consultationId, id, () => this.sealed(recipient, pieces.next(PART_BYTES), at === 0 ? { begins: hash } : { onPlain: (chunk) => hash?.update(chunk) }));
      const end = at + part.plainSize;
      const last = end === size;
      await this.orRemoved([part], () =>
        this.acts.perform(actor, last ? 'upload.finish' : 'upload.part', (act) => this.record(act, actor, consultationId, id, at, part, last ? (hash?.copy().digest('hex') ?? null) : undefined)),
      );
      if (last) this.running.forget(id);
      else this.running.advance(id, end, hash);
      at = end;
    }
    if (body.cut && at < size) await this.log.cut(actor, consultationId, id);
    return at;
  }

  /** A file whose size is known at its end only, as a form without JavaScript sends it. */
  async receive(actor: Actor, consultationId: string, file: Omit<NewFile, 'size'>, source: AsyncIterable<Uint8Array>): Promise<{ id: string }> {
    const recipient = await this.log.begin(actor, consultationId, (act) => this.custodian.recipient(act.db, consultationId));
    const { parts, size, sha256 } = await this.log.watch(actor, consultationId, null, () => this.sealWhole(recipient, file.name, source));
    return this.orRemoved(parts, () =>
      this.acts.perform(actor, 'upload.whole', async (act) => {
        const id = await this.drafts.newFile(act, actor, consultationId, { ...file, size, key: null }, sha256);
        for (const [position, part] of parts.entries()) await act.add(Object.assign(new BidPart(), { id: act.random.id(), fileId: id, position, ...part }));
        return { id };
      }),
    );
  }

  /** A stream into durable sealed parts, before any act; nothing of it stays when it fails. */
  async sealWhole(recipient: string, fileName: string, source: AsyncIterable<Uint8Array>): Promise<{ parts: PartFacts[]; size: number; sha256: string }> {
    const name = cleanFileName(fileName);
    const hash = createHash('sha256');
    const parts: PartFacts[] = [];
    let size = 0;
    const within = (chunk: Uint8Array) => {
      size += chunk.length;
      mustFit(this.config, { name, size });
      hash.update(chunk);
    };
    const pieces = new Pieces(orCut(source));
    try {
      while (await pieces.more()) parts.push(await this.sealed(recipient, pieces.next(PART_BYTES), { onPlain: within }));
    } catch (error) {
      await this.drop(parts);
      throw error;
    }
    return { parts, size, sha256: hash.digest('hex') };
  }

  /** Encrypted while it arrives, and durable; before any act, since it is slow (decisions.md 12). */
  private async sealed(recipient: string, source: AsyncIterable<Uint8Array>, seen: Pick<SealOptions, 'begins' | 'onPlain'>): Promise<PartFacts> {
    const blob = await this.files.create();
    try {
      const facts = await sealPart([recipient], source, blob.sink, { maxBytes: PART_BYTES, ...seen });
      await blob.commit();
      return { blob: blob.key, ...facts };
    } catch (error) {
      await blob.abort();
      throw error;
    }
  }

  /** A commit whose answer was lost may have kept these parts: only a refusal is certain. */
  async orRemoved<T>(parts: PartFacts[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DomainError) await this.drop(parts);
      throw error;
    }
  }

  private async drop(parts: PartFacts[]) {
    for (const { blob } of parts) await this.files.remove(blob);
  }

  /** @param sha256 of the whole file when this part is its last; null when no process saw it all */
  private async record(act: Act, actor: Actor, consultationId: string, id: string, offset: number, part: PartFacts, sha256?: string | null) {
    const { file } = await this.drafts.ownFile(act, actor, consultationId, id, true);
    const { bytes, parts } = await this.drafts.received(act, id);
    // Under the lock: another process may have received the same bytes.
    if (bytes !== offset) throw wrongOffset(bytes);
    if (bytes + part.plainSize > file.size) throw tooLarge('Le fichier envoyé est plus grand que le fichier annoncé : retirez-le, puis envoyez-le à nouveau.');
    if (parts >= mostParts(file.size)) throw new Refused('too-many-parts', 'Cet envoi a été coupé trop de fois : retirez ce fichier, puis envoyez-le à nouveau, d’un autre réseau si vous le pouvez.');
    await act.add(Object.assign(new BidPart(), { id: act.random.id(), fileId: id, position: parts, ...part }));
    // Whole when its parts add up to what was announced: a cut upload never passes for a file.
    if (sha256 !== undefined) await act.db.update(BidFile, { id }, { state: 'complete', sha256 });
  }
}
