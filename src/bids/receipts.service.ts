import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config.js';
import { Consultation } from '../consultations/consultation.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { Jobs } from '../platform/jobs.js';
import { Vault } from '../platform/vault.js';
import type { Receipt } from '../sealing/receipt.js';
import { Bid, StoredReceipt } from './bid.js';
import { receiptDocument } from './bid-documents.js';

/** Receipts, for the organisation that deposited, and for whoever recorded its envelope; for nobody else. */
@Injectable()
export class ReceiptsService implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly vault: Vault,
    private readonly letters: LettersService,
    private readonly jobs: Jobs,
    private readonly config: Config,
  ) {}

  onModuleInit() {
    this.jobs.handle('receipt.print', ({ id }) => this.print(id));
  }

  async show(actor: Actor, id: string): Promise<{ stored: StoredReceipt; receipt: Receipt; json: string }> {
    const stored = await this.acts.look(actor, 'receipt.show', async (act) => {
      const found = await act.db.findOneBy(StoredReceipt, { id });
      act.see(found !== null && (actor.organisations('bidder').includes(found.organisationId) || found.recordedById === actor.id));
      if (!found) throw new NotFound();
      return found;
    });
    const json = this.vault.open(stored.sealedJson, `receipt/${id}`);
    return { stored, json, receipt: JSON.parse(json) as Receipt };
  }

  async pdf(actor: Actor, id: string): Promise<Buffer> {
    const { stored } = await this.show(actor, id);
    if (stored.sealedPdf) return this.openPdf(stored);
    await this.print(id);
    const { stored: printed } = await this.show(actor, id);
    return this.openPdf(printed);
  }

  private openPdf(stored: StoredReceipt) {
    if (!stored.sealedPdf) throw new NotFound('Cet accusé de réception est en cours d’impression : réessayez dans quelques secondes.');
    return Buffer.from(this.vault.open(stored.sealedPdf, `receipt-pdf/${stored.id}`), 'base64');
  }

  /** Once: a second run finds the PDF there. */
  private async print(id: string) {
    const facts = await this.acts.look(Actor.system, 'receipt.read', async (act) => {
      act.see(act.actor.isSystem);
      const stored = await act.db.findOneByOrFail(StoredReceipt, { id });
      const consultation = await act.db.findOneByOrFail(Consultation, { id: stored.consultationId });
      const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
      const bid = await act.db.findOneBy(Bid, { id: stored.bidId }); // none for a backup copy
      return { stored, consultation, authority, bid, config: this.config };
    });
    if (facts.stored.sealedPdf) return;
    const receipt = JSON.parse(this.vault.open(facts.stored.sealedJson, `receipt/${id}`)) as Receipt;
    const { kind, data } = receiptDocument(facts, receipt);
    const pdf = await this.letters.print(kind, data);
    await this.acts.perform(Actor.system, 'receipt.printed', async (act) => {
      act.require(act.actor.isSystem);
      const stored = await act.load(StoredReceipt, id);
      if (stored.sealedPdf) return;
      await act.db.update(StoredReceipt, { id }, { sealedPdf: this.vault.seal(pdf.toString('base64'), `receipt-pdf/${id}`) });
    });
  }
}
