import { Injectable } from '@nestjs/common';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { DomainError, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { sealHash } from '../sealing/envelope.js';
import { AcknowledgementService } from './acknowledgement.service.js';
import { Bid, cameAfter, StoredReceipt, succession } from './bid.js';
import { bidsOf, type FiledBid, mustAgree, mustBeDepositor } from './candidate.js';
import { BidDraft } from './draft.js';
import { guest, openDraft } from './guest.js';
import { BidPreparation, type Prepared } from './preparation.service.js';

/** The deposit, its replacement and its withdrawal (sealing.md 5). */
@Injectable()
export class DepositsService {
  constructor(
    private readonly acts: Acts,
    private readonly preparation: BidPreparation,
    private readonly acknowledgements: AcknowledgementService,
    private readonly files: Files,
  ) {}

  /**
   * Seals the draft. In time if and only if `arrivedAt` is strictly before the deadline: waiting behind the lock
   * never makes a bid late. The same key again gives the same receipt.
   * @param replaces ids of a colleague's or another establishment's bids that the person agreed to replace
   */
  async deposit(actor: Actor, consultationId: string, idempotencyKey: string, arrivedAt: Date, replaces: readonly string[] = []): Promise<{ receiptId: string }> {
    try {
      return await this.attempt(actor, consultationId, idempotencyKey, arrivedAt, replaces);
    } catch (error) {
      // Two acts met on a row that either would have made: that is no reason to turn a bid away. Its arrival stays the same.
      if (error instanceof DomainError && error.code === 'conflict') return this.attempt(actor, consultationId, idempotencyKey, arrivedAt, replaces);
      throw error;
    }
  }

  private async attempt(actor: Actor, consultationId: string, idempotencyKey: string, arrivedAt: Date, replaces: readonly string[]): Promise<{ receiptId: string }> {
    if (!/^[\w-]{16,64}$/.test(idempotencyKey)) throw new Refused('no-key', 'Rechargez la page de dépôt, puis recommencez : rien n’a été perdu.');
    let manifestBlob: string | null = null;
    try {
      const first = await this.already(actor, consultationId, idempotencyKey);
      if (first) return first;
      const ready = await this.preparation.prepare(actor, consultationId, arrivedAt);
      manifestBlob = ready.manifestBlob;
      return await this.acts.perform(actor, 'bid.deposit', (act) => this.seal(act, actor, consultationId, idempotencyKey, ready, replaces), { at: arrivedAt });
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

  /** Its own bid only: an establishment does not withdraw what another one filed. */
  private async takeBack(act: Act, actor: Actor, consultationId: string) {
    const consultation = await act.load(Consultation, consultationId);
    const { invitation, organisation } = await guest(act, actor, consultationId);
    await mustBeDepositor(act, organisation);
    const bid = await act.db.findOneBy(Bid, { consultationId, organisationId: invitation.organisationId, status: 'sealed' });
    // A bid that arrived after this request is not the one its author meant (decisions.md 1).
    if (!bid || cameAfter(bid.receivedAt, { receivedAt: act.now, writtenAt: act.clockNow })) throw new Refused('nothing-to-withdraw', 'Vous n’avez pas de pli à retirer.');
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
      const { invitation, organisation } = await guest(act, actor, consultationId);
      await mustBeDepositor(act, organisation);
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

  private async seal(act: Act, actor: Actor, consultationId: string, idempotencyKey: string, ready: Prepared, replaces: readonly string[]) {
    const consultation = await act.load(Consultation, consultationId);
    const { invitation, organisation } = await guest(act, actor, consultationId);
    if (consultation.status !== 'launched') throw new Refused('not-open', 'Les plis de cette consultation ont été ouverts : elle n’en reçoit plus.');
    consultation.mustTakeBids();
    await mustBeDepositor(act, organisation);
    const draft = await act.load(BidDraft, ready.draft.id);
    await this.preparation.mustBeUnchanged(act, draft, ready);
    const receivedAt = act.now;
    const late = !consultation.isInTime(receivedAt);
    const earlier = (await bidsOf(act, consultationId, organisation).getMany()) as FiledBid[];
    const { replaced, overtaken } = succession(earlier, { receivedAt, writtenAt: act.clockNow, late });
    mustAgree(replaced, { organisationId: organisation.id, personId: actor.id }, replaces, consultation);
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
      startedAt: draft.createdAt,
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
    await this.tellReplaced(act, consultation, replaced.filter((one) => one.organisationId !== organisation.id), bid);
    return this.acknowledgements.give(act, { consultation, bid, invitation, kind: 'deposit', files: ready.files });
  }

  /** The establishment whose bid gave way is told at once, with a receipt of its own: it can still file again in time. */
  private async tellReplaced(act: Act, consultation: Consultation, replaced: readonly FiledBid[], by: Bid) {
    for (const former of replaced) {
      const invitation = await act.db.findOneByOrFail(Invitation, { consultationId: consultation.id, organisationId: former.organisationId });
      await this.acknowledgements.give(act, { consultation, bid: former, invitation, kind: 'replacement', files: [], replacedBy: by.id });
    }
  }

  private already(actor: Actor, consultationId: string, idempotencyKey: string): Promise<{ receiptId: string } | null> {
    return this.acts.look(actor, 'bid.find-own', async (act) => {
      const { invitation } = await guest(act, actor, consultationId);
      const bid = await act.db.findOneBy(Bid, { organisationId: invitation.organisationId, idempotencyKey });
      if (!bid) return null;
      // Same key, other content: another call, or a draft begun since (sealing.md 5.4).
      const another = await openDraft(act, consultationId, invitation.organisationId);
      if (bid.consultationId !== consultationId || (another && another.id !== bid.draftId)) {
        throw new Refused('key-used', 'Ce dépôt a déjà été fait. Rechargez la page pour déposer le nouveau brouillon.');
      }
      const receipt = await act.db.findOneByOrFail(StoredReceipt, { bidId: bid.id, kind: 'deposit' });
      return { receiptId: receipt.id };
    });
  }
}
