import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Invitation } from '../consultations/consultation.js';
import { type Act, Acts } from '../platform/acts.js';
import { PLATFORM_CHAIN } from '../platform/journal-entry.js';
import type { Actor } from '../platform/actor.js';
import { DomainError, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { frenchBytes } from '../platform/templates.js';
import { Vault } from '../platform/vault.js';
import { Custodian } from '../sealing/custodian.js';
import { cleanFileName } from '../sealing/file-name.js';
import { sealPart } from '../sealing/part.js';
import { gone, guest, newDraft, openDraft } from './guest.js';
import { BidDraft, BidFile, BidPart, mustFit, tooLarge } from './draft.js';
import { inPieces, orCut, RunningHashes } from './upload.js';
import { UploadLog } from './upload-log.js';

export const PART_BYTES = 8 * 1024 * 1024;

export type NewFile = { name: string; size: number; mediaType: string };

export interface DraftFile extends NewFile {
  id: string;
  state: BidFile['state'];
  sha256: string | null;
  received: number;
  parts: BidPart[];
}

type PartFacts = Omit<BidPart, 'id' | 'fileId'>;

/** Files of a draft: sealed on arrival, part by part. Plaintext never touches the disk. */
@Injectable()
export class BidDraftsService {
  private readonly running = new RunningHashes();

  constructor(
    private readonly acts: Acts,
    private readonly config: Config,
    private readonly vault: Vault,
    private readonly files: Files,
    private readonly custodian: Custodian,
    private readonly uploads: UploadLog,
  ) {}

  async addFile(actor: Actor, consultationId: string, file: NewFile): Promise<{ id: string }> {
    await this.uploads.watch(actor, consultationId, null, async () => mustFit(this.config, { ...file, name: cleanFileName(file.name) }));
    return this.acts.perform(actor, 'upload.start', async (act) => ({ id: await this.newFile(act, actor, consultationId, file) }));
  }

  /** A file whose size is known at its end only, as a form without JavaScript sends it: one piece is held in memory at a time. */
  async receive(actor: Actor, consultationId: string, file: Omit<NewFile, 'size'>, source: AsyncIterable<Uint8Array>): Promise<{ id: string }> {
    const recipient = await this.uploads.begin(actor, consultationId, (act) => this.custodian.recipient(act.db, consultationId));
    const whole = createHash('sha256');
    const parts: PartFacts[] = [];
    try {
      let size = 0;
      await this.uploads.watch(actor, consultationId, null, async () => {
        for await (const piece of inPieces(orCut(source), PART_BYTES)) {
          size += piece.length;
          mustFit(this.config, { name: cleanFileName(file.name), size });
          parts.push(await this.sealed(recipient, parts.length, Readable.from([piece]), (chunk) => whole.update(chunk)));
        }
      });
      return await this.acts.perform(actor, 'upload.whole', async (act) => {
        const id = await this.newFile(act, actor, consultationId, { ...file, size }, whole.digest('hex'));
        for (const part of parts) await act.add(Object.assign(new BidPart(), { id: act.random.id(), fileId: id, ...part }));
        return { id };
      });
    } catch (error) {
      // A commit whose answer was lost may have kept these parts: only a refusal is certain.
      if (error instanceof DomainError) for (const { blob } of parts) await this.files.remove(blob);
      throw error;
    }
  }

  /** @param sha256 of a file that has arrived in full */
  private async newFile(act: Act, actor: Actor, consultationId: string, file: NewFile, sha256: string | null = null): Promise<string> {
    const { consultation, invitation } = await guest(act, actor, consultationId);
    if (consultation.status !== 'launched') throw new Refused('not-open', 'Cette consultation ne reçoit plus de plis.');
    consultation.mustTakeBids();
    // One organisation's starts wait for each other: two tabs would otherwise make two drafts, and pass the limits together.
    await act.load(Invitation, invitation.id);
    const draft = (await openDraft(act, consultationId, invitation.organisationId)) ?? (await newDraft(act, consultation, invitation));
    act.on(PLATFORM_CHAIN, draft.id); // never the invitation: it names a bidder
    const others = await act.db.findBy(BidFile, { draftId: draft.id });
    const name = cleanFileName(file.name);
    mustFit(this.config, { name, size: file.size }, others);
    const id = act.random.id();
    const words = { name, mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(file.mediaType) ? file.mediaType : 'application/octet-stream' };
    const position = Math.max(0, ...others.map((one) => one.position)) + 1;
    const sealedName = this.vault.seal(JSON.stringify(words), `bid-file/${id}`);
    await act.add(Object.assign(new BidFile(), { id, draftId: draft.id, position, sealedName, size: file.size, sha256, state: sha256 ? 'complete' : 'sending' }));
    return id;
  }

  /** Encrypted while it arrives, and durable; before any act, since it is slow (decisions.md 12). */
  private async sealed(recipient: string, position: number, source: AsyncIterable<Uint8Array>, onPlain?: (chunk: Uint8Array) => void): Promise<PartFacts> {
    const blob = await this.files.create();
    try {
      const facts = await sealPart([recipient], source, blob.sink, { maxBytes: PART_BYTES, onPlain });
      await blob.commit();
      return { position, blob: blob.key, ...facts };
    } catch (error) {
      await blob.abort();
      throw error;
    }
  }

  /** Receives one part: sealed while it arrives, durable, then recorded. The same bytes again change nothing. */
  async putPart(actor: Actor, consultationId: string, fileId: string, position: number, source: AsyncIterable<Uint8Array>): Promise<void> {
    const { recipient } = await this.acts.look(actor, 'upload.part-begins', async (act) => {
      const { file } = await this.ownFile(act, actor, consultationId, fileId);
      // Negated, so that what is not a number is refused too.
      if (!(Number.isInteger(position) && position >= 0 && position < Math.ceil(file.size / PART_BYTES))) {
        throw new Refused('unknown-part', 'Cette partie de fichier n’était pas annoncée.');
      }
      return { recipient: await this.custodian.recipient(act.db, consultationId) };
    });
    const hash = this.running.hashFor(fileId, position);
    const part = await this.uploads.watch(actor, consultationId, fileId, () => this.sealed(recipient, position, orCut(source), (chunk) => hash?.update(chunk)));
    try {
      const useless = await this.acts.perform(actor, 'upload.part', (act) => this.record(act, actor, consultationId, fileId, part));
      if (useless !== part.blob) this.running.advance(fileId, position, hash);
      if (useless) await this.files.remove(useless);
    } catch (error) {
      if (error instanceof DomainError) await this.files.remove(part.blob); // likewise
      throw error;
    }
  }

  /** @returns the blob that serves no more: the former one, the new one when its bytes are already there, or none */
  private async record(act: Act, actor: Actor, consultationId: string, fileId: string, part: PartFacts): Promise<string | undefined> {
    const { file } = await this.ownFile(act, actor, consultationId, fileId, true);
    const parts = await act.db.findBy(BidPart, { fileId });
    const old = parts.find((one) => one.position === part.position);
    if (old && old.sha256 === part.sha256 && old.plainSize === part.plainSize) return part.blob;
    if (file.state === 'complete') throw new Refused('file-complete', 'Ce fichier est déjà reçu en entier : retirez-le pour en envoyer un autre.');
    const sum = parts.reduce((total, one) => total + (one === old ? 0 : one.plainSize), part.plainSize);
    if (sum > file.size) throw tooLarge('Le fichier envoyé est plus grand que le fichier annoncé : retirez-le, puis envoyez-le à nouveau.');
    if (old) await act.db.delete(BidPart, { id: old.id });
    await act.add(Object.assign(new BidPart(), { id: act.random.id(), fileId, ...part }));
    return old?.blob;
  }

  /** The file is whole when its parts add up to what was announced: a cut upload never passes for a file. */
  async finish(actor: Actor, consultationId: string, fileId: string): Promise<void> {
    await this.acts.perform(actor, 'upload.finish', async (act) => {
      const { file } = await this.ownFile(act, actor, consultationId, fileId, true);
      if (file.state === 'complete') return; // asked again after a cut answer
      const parts = await act.db.find(BidPart, { where: { fileId }, order: { position: 'ASC' } });
      const received = parts.reduce((total, part) => total + part.plainSize, 0);
      const inOrder = parts.every((part, index) => part.position === index);
      if (!inOrder || received !== file.size) {
        throw new Refused('incomplete', `L’envoi a été interrompu : ${frenchBytes(received)} reçus sur ${frenchBytes(file.size)}. Renvoyez ce fichier ; les autres sont intacts.`);
      }
      await act.db.update(BidFile, { id: fileId }, { state: 'complete', sha256: this.running.wholeOf(fileId, parts.length) });
    });
    this.running.forget(fileId);
  }

  async removeFile(actor: Actor, consultationId: string, fileId: string): Promise<void> {
    const blobs = await this.acts.perform(actor, 'upload.remove', async (act) => {
      await this.ownFile(act, actor, consultationId, fileId, true);
      const parts = await act.db.findBy(BidPart, { fileId });
      await act.db.delete(BidPart, { fileId });
      await act.db.delete(BidFile, { id: fileId });
      return parts.map((part) => part.blob);
    });
    this.running.forget(fileId);
    for (const blob of blobs) await this.files.remove(blob);
  }

  /** Files with their names, in order; also what a deposit is made of. */
  async filesOf(act: Act, draft: BidDraft): Promise<DraftFile[]> {
    const files = (await act.db
      .createQueryBuilder(BidFile, 'f')
      .leftJoinAndMapMany('f.parts', BidPart, 'p', 'p."fileId" = f.id')
      .where('f."draftId" = :id', { id: draft.id })
      .orderBy('f.position')
      .addOrderBy('p.position')
      .getMany()) as (BidFile & { parts: BidPart[] })[];
    return files.map(({ id, size, state, sha256, sealedName, parts }) => {
      const name = JSON.parse(this.vault.open(sealedName, `bid-file/${id}`)) as { name: string; mediaType: string };
      return { ...name, id, size, state, sha256, parts, received: parts.reduce((sum, part) => sum + part.plainSize, 0) };
    });
  }

  /** @param locked in an act: a deposit freezes the draft, and nothing may move its parts meanwhile */
  private async ownFile(act: Act, actor: Actor, consultationId: string, fileId: string, locked = false) {
    const { invitation } = await guest(act, actor, consultationId);
    const found = await act.db.findOneBy(BidFile, { id: fileId });
    const draft = found && (await act.db.findOneBy(BidDraft, { id: found.draftId, consultationId, organisationId: invitation.organisationId }));
    if (!found || !draft) throw gone();
    draft.mustBeOpen();
    if (!locked) return { file: found, draft };
    act.on(PLATFORM_CHAIN, draft.id);
    (await act.load(BidDraft, draft.id)).mustBeOpen();
    const file = await act.db.findOneBy(BidFile, { id: fileId }); // as it is now that nobody else holds it
    if (!file) throw gone();
    return { file, draft };
  }
}
