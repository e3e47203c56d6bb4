import { createHash, type Hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { mayBid } from '../consultations/consultation.policy.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused, TooLarge } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { frenchBytes } from '../platform/templates.js';
import { Vault } from '../platform/vault.js';
import { Custodian } from '../sealing/custodian.js';
import { cleanFileName } from '../sealing/file-name.js';
import { sealPart } from '../sealing/part.js';
import { Bid, StoredReceipt } from './bid.js';
import { BidDraft, BidFile, BidPart } from './draft.js';

export const PART_BYTES = 8 * 1024 * 1024;

export interface NewFile {
  name: string;
  size: number;
  mediaType: string;
}

export interface DraftFile extends NewFile {
  id: string;
  state: BidFile['state'];
  sha256: string | null;
  received: number;
  parts: BidPart[];
}

/** Files of a draft: sealed on arrival, part by part. Plaintext never touches the disk. */
@Injectable()
export class BidDraftsService {
  /** SHA-256 of files in progress; lost at a restart, and then absent from the receipt: the parts prove as much. */
  private readonly running = new Map<string, { next: number; hash: Hash }>();

  constructor(
    private readonly acts: Acts,
    private readonly config: Config,
    private readonly vault: Vault,
    private readonly files: Files,
    private readonly custodian: Custodian,
  ) {}

  /** What an organisation sees of its own deposit, and of nobody else's. */
  show(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'bid.show-own', async (act) => {
      const { consultation, invitation } = await guest(act, actor, consultationId);
      const draft = await openDraft(act, consultationId, invitation.organisationId);
      const bids = await act.db.find(Bid, { where: { consultationId, organisationId: invitation.organisationId }, order: { receivedAt: 'DESC' } });
      const receipts = await act.db.find(StoredReceipt, { where: { consultationId, organisationId: invitation.organisationId }, order: { createdAt: 'DESC' } });
      return { consultation, invitation, files: draft ? await this.filesOf(act, draft) : [], bids, receipts, now: act.now };
    });
  }

  addFile(actor: Actor, consultationId: string, file: NewFile): Promise<{ id: string }> {
    const { maxFileBytes, maxBidBytes, maxBidFiles } = this.config;
    if (!Number.isSafeInteger(file.size) || file.size <= 0) throw Invalid.field('files', `« ${cleanFileName(file.name)} » est vide : choisissez un fichier qui contient quelque chose.`);
    if (file.size > maxFileBytes) throw tooLarge(`« ${cleanFileName(file.name)} » dépasse la taille annoncée : ${frenchBytes(maxFileBytes)} par fichier.`);
    return this.acts.perform(actor, 'upload.start', async (act) => {
      const { consultation, invitation } = await guest(act, actor, consultationId);
      if (consultation.status !== 'launched') throw new Refused('not-open', 'Cette consultation ne reçoit plus de plis.');
      const draft = (await openDraft(act, consultationId, invitation.organisationId)) ?? (await newDraft(act, consultation, invitation));
      const others = await act.db.findBy(BidFile, { draftId: draft.id });
      if (others.length >= maxBidFiles) throw tooLarge(`Un pli contient ${maxBidFiles} fichiers au plus.`);
      const total = others.reduce((sum, one) => sum + one.size, file.size);
      if (total > maxBidBytes) throw tooLarge(`Avec ce fichier, votre pli dépasserait ${frenchBytes(maxBidBytes)} au total.`);
      const id = act.random.id();
      const name = { name: cleanFileName(file.name), mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(file.mediaType) ? file.mediaType : 'application/octet-stream' };
      await act.add(
        Object.assign(new BidFile(), {
          id,
          draftId: draft.id,
          position: Math.max(0, ...others.map((one) => one.position)) + 1,
          sealedName: this.vault.seal(JSON.stringify(name), `bid-file/${id}`),
          size: file.size,
        }),
      );
      return { id };
    });
  }

  /** Receives one part: sealed while it arrives, durable, then recorded. The same number again replaces the part. */
  async putPart(actor: Actor, consultationId: string, fileId: string, position: number, source: AsyncIterable<Uint8Array>): Promise<void> {
    const { recipient } = await this.acts.look(actor, 'upload.part-begins', async (act) => {
      const { file } = await this.ownFile(act, actor, consultationId, fileId);
      if (position < 0 || position >= Math.ceil(file.size / PART_BYTES)) throw new Refused('unknown-part', 'Cette partie de fichier n’était pas annoncée.');
      return { recipient: await this.custodian.recipient(act.db, consultationId) };
    });
    const hash = this.hashFor(fileId, position);
    const blob = await this.files.create();
    try {
      const sealed = await sealPart([recipient], source, blob.sink, { maxBytes: PART_BYTES, onPlain: (chunk) => hash?.update(chunk) });
      await blob.commit();
      const former = await this.acts.perform(actor, 'upload.part', async (act) => {
        const { file } = await this.ownFile(act, actor, consultationId, fileId);
        const old = await act.db.findOneBy(BidPart, { fileId, position });
        const others = await act.db.findBy(BidPart, { fileId });
        const sum = others.reduce((total, part) => total + (part.position === position ? 0 : part.plainSize), sealed.plainSize);
        if (sum > file.size) throw tooLarge('Le fichier envoyé est plus grand que le fichier annoncé : retirez-le, puis envoyez-le à nouveau.');
        if (old) await act.db.delete(BidPart, { id: old.id });
        await act.add(Object.assign(new BidPart(), { id: act.random.id(), fileId, position, blob: blob.key, ...sealed }));
        return old?.blob;
      });
      if (former) await this.files.remove(former);
      if (hash) this.running.set(fileId, { next: position + 1, hash });
    } catch (error) {
      await blob.abort();
      throw error;
    }
  }

  /** The file is whole when its parts add up to what was announced: a cut upload never passes for a file. */
  finish(actor: Actor, consultationId: string, fileId: string): Promise<void> {
    return this.acts.perform(actor, 'upload.finish', async (act) => {
      const { file } = await this.ownFile(act, actor, consultationId, fileId);
      const parts = await act.db.find(BidPart, { where: { fileId }, order: { position: 'ASC' } });
      const received = parts.reduce((total, part) => total + part.plainSize, 0);
      const inOrder = parts.every((part, index) => part.position === index);
      if (!inOrder || received !== file.size) {
        throw new Refused('incomplete', `L’envoi a été interrompu : ${frenchBytes(received)} reçus sur ${frenchBytes(file.size)}. Renvoyez ce fichier ; les autres sont intacts.`);
      }
      const running = this.running.get(fileId);
      const whole = running?.next === parts.length ? running.hash.copy().digest('hex') : null;
      await act.db.update(BidFile, { id: fileId }, { state: 'complete', sha256: whole });
    });
  }

  async removeFile(actor: Actor, consultationId: string, fileId: string): Promise<void> {
    const blobs = await this.acts.perform(actor, 'upload.remove', async (act) => {
      await this.ownFile(act, actor, consultationId, fileId);
      const parts = await act.db.findBy(BidPart, { fileId });
      await act.db.delete(BidPart, { fileId });
      await act.db.delete(BidFile, { id: fileId });
      return parts.map((part) => part.blob);
    });
    this.running.delete(fileId);
    for (const blob of blobs) await this.files.remove(blob);
  }

  /** Files with their names, in order; also what a deposit is made of. */
  async filesOf(act: Act, draft: BidDraft): Promise<DraftFile[]> {
    const files = await act.db.find(BidFile, { where: { draftId: draft.id }, order: { position: 'ASC' } });
    const parts = await act.db.find(BidPart, { where: { fileId: In([...files.map((file) => file.id), '-']) }, order: { position: 'ASC' } });
    return files.map((file) => {
      const own = parts.filter((part) => part.fileId === file.id);
      const name = JSON.parse(this.vault.open(file.sealedName, `bid-file/${file.id}`)) as { name: string; mediaType: string };
      return { ...name, id: file.id, size: file.size, state: file.state, sha256: file.sha256, parts: own, received: own.reduce((sum, part) => sum + part.plainSize, 0) };
    });
  }

  private async ownFile(act: Act, actor: Actor, consultationId: string, fileId: string) {
    const { invitation } = await guest(act, actor, consultationId);
    const file = await act.db.findOneBy(BidFile, { id: fileId });
    const draft = file && (await act.db.findOneBy(BidDraft, { id: file.draftId, consultationId, organisationId: invitation.organisationId }));
    if (!file || !draft) throw new NotFound('Ce fichier n’est plus dans votre brouillon.');
    draft.mustBeOpen();
    return { file, draft };
  }

  /** A copy that goes on from the parts already seen; none when a part was seen by another process. */
  private hashFor(fileId: string, position: number): Hash | undefined {
    if (position === 0) return createHash('sha256');
    const running = this.running.get(fileId);
    return running?.next === position ? running.hash.copy() : undefined;
  }
}

/** The consultation and the invitation of the person's organisation; 404 for anybody else. */
export async function guest(act: Act, actor: Actor, consultationId: string) {
  const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
  const invitation = await act.db.findOneBy(Invitation, { consultationId, organisationId: In([...actor.organisations('bidder'), '-']) });
  act.see(consultation !== null && mayBid(actor, consultation, invitation));
  if (!consultation || !invitation) throw new NotFound();
  return { consultation, invitation };
}

export function openDraft(act: Act, consultationId: string, organisationId: string) {
  return act.db.findOneBy(BidDraft, { consultationId, organisationId, state: 'open' });
}

async function newDraft(act: Act, consultation: Consultation, invitation: Invitation) {
  const draft = Object.assign(new BidDraft(), {
    id: act.random.id(),
    consultationId: consultation.id,
    organisationId: invitation.organisationId,
    createdAt: act.now,
  });
  await act.add(draft);
  return draft;
}

const tooLarge = (sentence: string) => new TooLarge('too-large', sentence);
