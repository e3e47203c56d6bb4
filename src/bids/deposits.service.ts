import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { canonical } from '../platform/canonical.js';
import { DomainError, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Random } from '../platform/random.js';
import { Custodian } from '../sealing/custodian.js';
import { envelopeOf, type Manifest, sealHash, sealManifest } from '../sealing/envelope.js';
import { Bid, StoredReceipt, succession } from './bid.js';
import { BidDraft } from './draft.js';
import { AcknowledgementService } from './acknowledgement.service.js';
import { BidDraftsService, type DraftFile } from './drafts.service.js';
import { guest, openDraft } from './guest.js';

/** What is ready before the lock is taken: nothing slow happens inside the act (decisions.md 12). */
interface Prepared {
  draft: BidDraft;
  files: DraftFile[];
  manifest: Manifest;
  manifestBlob: string;
  envelope: ReturnType<typeof envelopeOf>;
}

/** The deposit, its replacement and its withdrawal (sealing.md 5). */
@Injectable()
export class DepositsService {
  constructor(
    private readonly acts: Acts,
    private readonly drafts: BidDraftsService,
    private readonly custodian: Custodian,
    private readonly acknowledgements: AcknowledgementService,
    private readonly files: Files,
    private readonly random: Random,
  ) {}

  /**
   * Seals the draft. In time if and only if `arrivedAt` is strictly before the deadline: waiting behind the lock
   * never makes a bid late. The same key again gives the same receipt.
   */
  async deposit(actor: Actor, consultationId: string, idempotencyKey: string, arrivedAt: Date): Promise<{ receiptId: string }> {
    if (!/^[\w-]{16,64}$/.test(idempotencyKey)) throw new Refused('no-key', 'Rechargez la page de dépôt, puis recommencez : rien n’a été perdu.');
    let manifestBlob: string | null = null;
    try {
      const ready = await this.prepare(actor, consultationId, idempotencyKey, arrivedAt);
      if ('receiptId' in ready) return ready;
      manifestBlob = ready.manifestBlob;
      return await this.acts.perform(actor, 'bid.deposit', (act) => this.seal(act, actor, consultationId, idempotencyKey, ready), { at: arrivedAt });
    } catch (error) {
      // A commit whose answer was lost may have kept the manifest: only a refusal is certain.
      if (manifestBlob && error instanceof DomainError) await this.files.remove(manifestBlob);
      // Two requests of one double click: the second finds the bid of the first, whichever step it had reached.
      const first = await this.already(actor, consultationId, idempotencyKey);
      if (first) return first;
      throw error;
    }
  }

  /** Only before the deadline (R2151-6). Asked twice, it gives the receipt of the first time. */
  async withdraw(actor: Actor, consultationId: string, arrivedAt: Date): Promise<{ receiptId: string }> {
    try {
      return await this.acts.perform(actor, 'bid.withdraw', (act) => this.takeBack(act, actor, consultationId), { at: arrivedAt });
    } catch (error) {
      const first = error instanceof DomainError && error.code === 'nothing-to-withdraw' ? await this.lastWithdrawal(actor, consultationId) : null;
      if (first) return { receiptId: first.id };
      throw error;
    }
  }

  private async takeBack(act: Act, actor: Actor, consultationId: string) {
    const consultation = await act.load(Consultation, consultationId);
    const { invitation } = await guest(act, actor, consultationId);
    const bid = await act.db.findOneBy(Bid, { consultationId, organisationId: invitation.organisationId, status: 'sealed' });
    // A bid that arrived after this request is not the one its author meant (decisions.md 1).
    if (!bid || bid.receivedAt > act.now) throw new Refused('nothing-to-withdraw', 'Vous n’avez pas de pli à retirer.');
    act.on(consultationId, bid.id);
    bid.withdraw(act.now, consultation.deadline);
    await act.db.update(Bid, { id: bid.id }, { status: bid.status, withdrawnAt: bid.withdrawnAt });
    act.record({ bid: bid.id, sealHash: bid.sealHash });
    return this.acknowledgements.give(act, { consultation, bid, invitation, kind: 'withdrawal', files: [] });
  }

  /** After a significant change: the bid stands as it is, for the documents of today. Silence leaves it valid. */
  confirm(actor: Actor, consultationId: string): Promise<void> {
    return this.acts.perform(actor, 'bid.confirm', async (act) => {
      const consultation = await act.load(Consultation, consultationId);
      const { invitation } = await guest(act, actor, consultationId);
      if (!consultation.isInTime(act.now)) throw new Refused('deadline-passed', 'La date limite est passée : votre pli reste valable tel qu’il est.');
      const bid = await act.db.findOneBy(Bid, { consultationId, organisationId: invitation.organisationId, status: 'sealed' });
      if (!bid || bid.documentsVersion >= consultation.documentsVersion) throw new Refused('nothing-to-confirm', 'Aucun pli n’attend de confirmation.');
      act.on(consultationId, bid.id);
      await act.db.update(Bid, { id: bid.id }, { documentsVersion: consultation.documentsVersion });
      act.record({ bid: bid.id, documentsVersion: consultation.documentsVersion });
    });
  }

  private lastWithdrawal(actor: Actor, consultationId: string) {
    return this.acts.look(actor, 'receipt.find-own', async (act) => {
      const { invitation } = await guest(act, actor, consultationId);
      return act.db.findOne(StoredReceipt, { where: { consultationId, organisationId: invitation.organisationId, kind: 'withdrawal' }, order: { createdAt: 'DESC' } });
    });
  }

  private async prepare(actor: Actor, consultationId: string, idempotencyKey: string, arrivedAt: Date): Promise<Prepared | { receiptId: string }> {
    const first = await this.already(actor, consultationId, idempotencyKey);
    if (first) return first;
    const bidId = this.random.id();
    const { draft, files, recipient, replaces } = await this.acts.look(actor, 'bid.prepare', async (act) => {
      const { consultation, invitation } = await guest(act, actor, consultationId);
      const own = await openDraft(act, consultationId, invitation.organisationId);
      if (!own) throw new Refused('empty', 'Votre brouillon est vide : envoyez d’abord vos fichiers.');
      return {
        draft: own,
        files: await this.drafts.filesOf(act, own),
        recipient: await this.custodian.recipient(act.db, consultationId),
        // A late bid never takes the place of one in time (sealing.md 1.4).
        replaces: consultation.isInTime(arrivedAt) && (await act.db.existsBy(Bid, { consultationId, organisationId: invitation.organisationId, status: 'sealed' })),
      };
    });
    mustBeWhole(files);
    const manifest: Manifest = {
      version: 1,
      consultationId,
      bidId,
      mode: replaces ? 'replaces' : 'first',
      files: files.map(({ name, size, sha256, mediaType, parts }) => ({
        name,
        size,
        sha256,
        mediaType,
        parts: parts.map(({ plainSize, sha256: plain, cipherSize, cipherSha256 }) => ({ plainSize, sha256: plain, cipherSize, cipherSha256 })),
      })),
    };
    const sealed = await sealManifest([recipient], manifest);
    const manifestBlob = await this.files.write(sealed.bytes);
    return { draft, files, manifest, manifestBlob, envelope: envelopeOf(manifest, sealed, files.flatMap((file) => file.parts.map((part) => part.blob))) };
  }

  private async seal(act: Act, actor: Actor, consultationId: string, idempotencyKey: string, ready: Prepared) {
    const consultation = await act.load(Consultation, consultationId);
    const { invitation } = await guest(act, actor, consultationId);
    if (consultation.status !== 'launched') throw new Refused('not-open', 'Les plis de cette consultation ont été ouverts : elle n’en reçoit plus.');
    const draft = await act.load(BidDraft, ready.draft.id);
    draft.mustBeOpen();
    // Frozen: a file added or removed since the preparation would not be in the manifest.
    if (canonical(blobsOf(await this.drafts.filesOf(act, draft))) !== canonical(blobsOf(ready.files))) {
      throw new Refused('changed', 'Le brouillon a changé pendant le dépôt : relisez la liste des fichiers, puis déposez à nouveau.');
    }
    const receivedAt = act.now;
    const late = !consultation.isInTime(receivedAt);
    const earlier = await act.db.findBy(Bid, { consultationId, organisationId: invitation.organisationId });
    const { replaced, overtaken } = succession(earlier, { receivedAt, late });
    for (const former of replaced) {
      former.replace();
      await act.db.update(Bid, { id: former.id }, { status: former.status });
    }
    const bid = Object.assign(new Bid(), {
      id: ready.manifest.bidId,
      consultationId,
      organisationId: invitation.organisationId,
      draftId: draft.id,
      status: overtaken ? 'replaced' : late ? 'late' : 'sealed',
      receivedAt,
      deadline: consultation.deadline,
      deadlineVersion: consultation.deadlineVersion,
      documentsVersion: consultation.documentsVersion,
      sealHash: sealHash(ready.envelope),
      envelope: ready.envelope,
      manifestBlob: ready.manifestBlob,
      idempotencyKey,
      depositedById: actor.id,
      replacesId: replaced[0]?.id ?? null,
    });
    await act.add(bid);
    await act.db.update(BidDraft, { id: draft.id }, { state: 'deposited' });
    act.on(consultationId, bid.id);
    act.record({ bid: bid.id, sealHash: bid.sealHash, late, deadlineVersion: bid.deadlineVersion });
    return this.acknowledgements.give(act, { consultation, bid, invitation, kind: 'deposit', files: ready.files });
  }

  private already(actor: Actor, consultationId: string, idempotencyKey: string): Promise<{ receiptId: string } | null> {
    return this.acts.look(actor, 'bid.find-own', async (act) => {
      const { invitation } = await guest(act, actor, consultationId);
      const bid = await act.db.findOneBy(Bid, { organisationId: invitation.organisationId, idempotencyKey });
      if (!bid) return null;
      const another = await openDraft(act, consultationId, invitation.organisationId);
      if (another && another.id !== bid.draftId) {
        throw new Refused('key-used', 'Ce dépôt a déjà été fait. Rechargez la page pour déposer le nouveau brouillon.');
      }
      const receipt = await act.db.findOneByOrFail(StoredReceipt, { bidId: bid.id, kind: 'deposit' });
      return { receiptId: receipt.id };
    });
  }
}

function mustBeWhole(files: DraftFile[]) {
  if (files.length === 0) throw new Refused('empty', 'Votre brouillon est vide : envoyez d’abord vos fichiers.');
  const cut = files.filter((file) => file.state !== 'complete');
  if (cut.length > 0) {
    throw new Refused('incomplete', `L’envoi de ${cut.map((file) => `« ${file.name} »`).join(', ')} n’est pas terminé : renvoyez-le, ou retirez-le du brouillon.`);
  }
}

const blobsOf = (files: DraftFile[]) => files.map((file) => ({ id: file.id, state: file.state, blobs: file.parts.map((part) => part.blob) }));
