import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import type { Consultation, Invitation } from '../consultations/consultation.js';
import { Organisation } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { canonical } from '../platform/canonical.js';
import { preciseFrench } from '../platform/dates.js';
import { GENESIS, JournalChain } from '../platform/journal-entry.js';
import { Outbox } from '../platform/outbox.js';
import { Vault } from '../platform/vault.js';
import { Keyring } from '../sealing/keyring.js';
import { type DeliveryRecord, type ReceiptBody, RECEIPT_FORMAT, type ReceiptFile, signReceipt } from '../sealing/receipt.js';
import { type Bid, StoredReceipt } from './bid.js';
import { FICTION } from './bid-documents.js';
import type { Delivery } from './delivery.js';
import type { DraftFile } from './drafts.service.js';

interface Acknowledged {
  consultation: Consultation;
  bid: Pick<Bid, 'id' | 'sealHash' | 'replacesId'>;
  invitation: Invitation;
  kind: ReceiptBody['kind'];
  /** None for a withdrawal or a replacement. */
  files: DraftFile[];
  /** Of a replacement: the bid that took its place. */
  replacedBy?: string;
}

interface EnvelopeReceived {
  consultation: Consultation;
  delivery: Delivery;
  record: DeliveryRecord;
  /** The bid that it is; none for a backup copy. */
  bid: Bid | null;
  invitation: Invitation;
}

const SUBJECTS: Record<ReceiptBody['kind'], { mail: string; subject: string }> = {
  copy: { mail: 'delivery', subject: 'Récépissé de votre copie de sauvegarde' },
  deposit: { mail: 'receipt', subject: 'Accusé de réception de votre pli' },
  withdrawal: { mail: 'withdrawal', subject: 'Accusé de retrait de votre pli' },
  replacement: { mail: 'replacement', subject: 'Votre pli est remplacé' },
};

/** Accusés de réception: signed and stored in the transaction of the deposit; mail and PDF follow the commit (decisions.md 12). */
@Injectable()
export class AcknowledgementService {
  constructor(
    private readonly keyring: Keyring,
    private readonly vault: Vault,
    private readonly outbox: Outbox,
    private readonly config: Config,
  ) {}

  async give(act: Act, facts: Acknowledged): Promise<{ receiptId: string }> {
    const { consultation, invitation, kind } = facts;
    return this.keep(act, await this.body(act, facts), { consultation, invitation, ...SUBJECTS[kind] });
  }

  /** For whoever brought it, from whoever recorded it; the candidate has it by mail too. It tells nothing of any other bid. */
  async giveForEnvelope(act: Act, { consultation, delivery, record, bid, invitation }: EnvelopeReceived): Promise<{ receiptId: string }> {
    const kind = delivery.kind === 'copy' ? 'copy' : 'deposit';
    const { receivedAt, late } = delivery;
    const { replaces: _, ...body } = await this.body(act, { consultation, bid: { id: bid?.id ?? delivery.id, sealHash: bid?.sealHash ?? delivery.recordHash, replacesId: null }, invitation, kind, files: [] });
    const received: ReceiptBody = { ...body, depositedBy: record.broughtBy, receivedAt: receivedAt.toISOString(), receivedAtLocal: preciseFrench(receivedAt, consultation.timeZone), status: late ? 'late' : 'in-time', delivery: record };
    return this.keep(act, received, { consultation, invitation, mail: 'delivery', subject: kind === 'copy' ? SUBJECTS.copy.subject : SUBJECTS.deposit.subject, recordedById: act.actor.id });
  }

  private async keep(act: Act, body: ReceiptBody, to: { consultation: Consultation; invitation: Invitation; mail: string; subject: string; recordedById?: string }): Promise<{ receiptId: string }> {
    const { consultation, invitation } = to;
    const id = body.receiptId;
    await act.add(
      Object.assign(new StoredReceipt(), {
        id,
        bidId: body.bidId,
        consultationId: consultation.id,
        organisationId: invitation.organisationId,
        recordedById: to.recordedById ?? null,
        kind: body.kind,
        sealedJson: this.vault.seal(canonical(signReceipt(this.keyring, body)), `receipt/${id}`),
        createdAt: act.now,
      }),
    );
    await this.outbox.queue(act, {
      kind: to.mail,
      to: invitation.email,
      organisationId: invitation.organisationId,
      consultationId: consultation.id,
      subject: `${to.subject}\u00a0: ${consultation.title}`,
      data: { receipt: body, late: body.status === 'late', copy: body.kind === 'copy', url: `${this.config.baseUrl}/recus/${id}`, notice: this.config.demo ? FICTION : undefined },
    });
    await act.later({ kind: 'receipt.print', payload: { id } });
    return { receiptId: id };
  }

  /** The five mentions (arrêté of 22 March 2019, annex 8, art. 2 II) and what proves them. The deadline is the one in force at that instant. */
  private async body(act: Act, { consultation, bid, invitation, kind, files, replacedBy }: Acknowledged): Promise<ReceiptBody> {
    const operator = await act.db.findOneByOrFail(Organisation, { id: invitation.organisationId });
    const chain = await act.db.findOneBy(JournalChain, { id: consultation.id });
    const { id, reference, title, object, timeZone } = consultation;
    return {
      format: RECEIPT_FORMAT,
      kind,
      receiptId: act.random.id(),
      bidId: bid.id,
      consultation: { id, reference, title, object },
      buyer: consultation.buyerName,
      operator: { name: operator.name, ...(operator.scheme && operator.schemeId ? { scheme: operator.scheme, id: operator.schemeId } : {}) },
      depositedBy: act.actor.name,
      receivedAt: act.now.toISOString(),
      timeZone,
      receivedAtLocal: preciseFrench(act.now, timeZone),
      status: consultation.isInTime(act.now) ? 'in-time' : 'late',
      deadline: { instant: consultation.deadline.toISOString(), local: consultation.localDeadline, timeZone, version: consultation.deadlineVersion },
      files: files.map(receiptFile),
      sealHash: bid.sealHash,
      journalCheckpoint: chain?.head ?? GENESIS,
      replaces: bid.replacesId !== null,
      ...(replacedBy ? { replacedBy } : {}),
    };
  }
}

function receiptFile(file: DraftFile): ReceiptFile {
  const { name, size, mediaType, sha256, parts } = file;
  return { name, size, mediaType, sha256, parts: parts.map((part) => ({ size: part.plainSize, sha256: part.sha256 })) };
}
