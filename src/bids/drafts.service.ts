import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Invitation } from '../consultations/consultation.js';
import { type Act, Acts } from '../platform/acts.js';
import { PLATFORM_CHAIN } from '../platform/journal-entry.js';
import type { Actor } from '../platform/actor.js';
import { Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Vault } from '../platform/vault.js';
import { cleanFileName } from '../sealing/file-name.js';
import type { Checklist } from './checklist.js';
import type { DraftConsortium } from './consortium.js';
import { gone, guest, newDraft, openDraft } from './guest.js';
import { BidDraft, BidFile, BidPart, mustFit } from './draft.js';

export type NewFile = { name: string; size: number; mediaType: string };

export interface DraftFile extends NewFile {
  id: string;
  state: BidFile['state'];
  sha256: string | null;
  received: number;
  parts: BidPart[];
}

/** The files of a draft: their names, their places, and who may touch them. How they arrive: uploads.service.ts. */
@Injectable()
export class BidDraftsService {
  constructor(
    private readonly acts: Acts,
    private readonly config: Config,
    private readonly vault: Vault,
    private readonly files: Files,
  ) {}

  /**
   * @param file its `key` is the sender's: the same creation again is found by `sameCreation`
   * @param sha256 of a file that has arrived in full
   */
  async newFile(act: Act, actor: Actor, consultationId: string, file: NewFile & { key: string | null }, sha256: string | null = null): Promise<string> {
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
    await act.add(Object.assign(new BidFile(), { id, draftId: draft.id, position, sealedName, size: file.size, clientKey: keyOf(file.key), sha256, state: sha256 ? 'complete' : 'sending' }));
    return id;
  }

  /** The file that this very creation made before, when its answer was lost. */
  async sameCreation(act: Act, consultationId: string, organisationId: string, { key, size }: { key: string | null; size: number }): Promise<string | null> {
    const clientKey = keyOf(key);
    const draft = clientKey ? await openDraft(act, consultationId, organisationId) : null;
    const found = draft && (await act.db.findOneBy(BidFile, { draftId: draft.id, clientKey: clientKey ?? '', size }));
    return found?.id ?? null;
  }

  /** What is durable of a file. */
  async received(act: Act, fileId: string): Promise<{ bytes: number; parts: number }> {
    const query = act.db.createQueryBuilder(BidPart, 'p').select('coalesce(sum(p."plainSize"), 0)', 'bytes').addSelect('count(*)', 'parts');
    const sum = await query.where('p."fileId" = :fileId', { fileId }).getRawOne<{ bytes: number | string; parts: number | string }>();
    return { bytes: Number(sum?.bytes), parts: Number(sum?.parts) };
  }

  async removeFile(actor: Actor, consultationId: string, fileId: string): Promise<void> {
    const blobs = await this.acts.perform(actor, 'upload.remove', async (act) => {
      await this.ownFile(act, actor, consultationId, fileId, true);
      const parts = await act.db.findBy(BidPart, { fileId });
      await act.db.delete(BidPart, { fileId });
      await act.db.delete(BidFile, { id: fileId });
      return parts.map((part) => part.blob);
    });
    for (const blob of blobs) await this.files.remove(blob);
  }

  /** Null: the organisation bids alone. */
  consortiumOf(draft: BidDraft | null): DraftConsortium | null {
    return draft?.sealedConsortium ? (JSON.parse(this.vault.open(draft.sealedConsortium, `bid-draft/${draft.id}/consortium`)) as DraftConsortium) : null;
  }

  /** Null before the bidder has said which file is which expected document. */
  checklistOf(draft: BidDraft | null): Checklist | null {
    return draft?.sealedChecklist ? (JSON.parse(this.vault.open(draft.sealedChecklist, `bid-draft/${draft.id}/checklist`)) as Checklist) : null;
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
  async ownFile(act: Act, actor: Actor, consultationId: string, fileId: string, locked = false) {
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

/** A key that the sender made by chance, or none. */
const keyOf = (given: string | null) => (given && /^[\w-]{16,64}$/.test(given) ? given : null);
