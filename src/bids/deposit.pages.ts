import { Body, Controller, Get, Header, Param, Post, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { Invalid, Refused, TooLarge } from '../platform/errors.js';
import { Random } from '../platform/random.js';
import { Arrival, As, type Req as Request, seeOther, Who } from '../platform/web.js';
import { DepositForm } from './bids.forms.js';
import { showOwnDeposit, showReceipt } from './bid.view.js';
import { DepositsService } from './deposits.service.js';
import { BidDraftsService } from './drafts.service.js';
import { uploadForm } from './multipart-upload.js';
import { OwnDepositService } from './own-deposit.service.js';
import { ReceiptsService } from './receipts.service.js';
import { BidUploadsService } from './uploads.service.js';

/** The bidder's side: files, deposit, withdrawal, receipts. */
@Controller()
export class DepositPages {
  constructor(
    private readonly own: OwnDepositService,
    private readonly drafts: BidDraftsService,
    private readonly uploads: BidUploadsService,
    private readonly deposits: DepositsService,
    private readonly receipts: ReceiptsService,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  @Post('consultations/:id/pli/confirmer')
  @Redirect()
  async confirm(@Who() actor: Actor, @Param('id') id: string) {
    await this.deposits.confirm(actor, id);
    return seeOther(`/consultations/${id}/pli`, 'Votre pli est confirmé tel quel.');
  }

  /** Never from the browser's store: « Précédent » after the deposit would say that nothing is deposited. */
  @Get('consultations/:id/pli')
  @Header('cache-control', 'no-store')
  @Render('bids/deposit')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const view = showOwnDeposit(await this.own.show(actor, id), this.config);
    const [arrived, unfinished] = [true, false].map((whole) => view.files.filter((file) => (file.state === 'complete') === whole));
    return { ...view, arrived, unfinished, idempotencyKey: this.random.id() };
  }

  @Post('consultations/:id/pli/fichiers')
  @Redirect()
  async addFiles(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    try {
      await uploadForm(request, (file, source) => this.uploads.receive(actor, id, file, source), this.config);
    } catch (error) {
      // Beside the field rather than on a page of its own: the rest of the draft is intact.
      if (error instanceof TooLarge || (error instanceof Refused && error.code === 'cut')) throw Invalid.field('files', error.message);
      throw error;
    }
    return seeOther(`/consultations/${id}/pli`);
  }

  @Post('consultations/:id/pli/fichiers/:fileId/supprimer')
  @Redirect()
  async remove(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    await this.drafts.removeFile(actor, id, fileId);
    return seeOther(`/consultations/${id}/pli`);
  }

  @Post('consultations/:id/pli/deposer')
  @Redirect()
  async deposit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DepositForm)) form: DepositForm, @Arrival() arrivedAt: Date) {
    const { receiptId } = await this.deposits.deposit(actor, id, form.idempotencyKey, arrivedAt, form.replaces);
    return seeOther(`/recus/${receiptId}`);
  }

  @Get('consultations/:id/pli/retirer')
  @Render('bids/withdraw')
  async withdrawPage(@Who() actor: Actor, @Param('id') id: string) {
    return showOwnDeposit(await this.own.show(actor, id), this.config);
  }

  @Post('consultations/:id/pli/retirer')
  @Redirect()
  async withdraw(@Who() actor: Actor, @Param('id') id: string, @Arrival() arrivedAt: Date) {
    const { receiptId } = await this.deposits.withdraw(actor, id, arrivedAt);
    return seeOther(`/recus/${receiptId}`);
  }

  @Get('recus/:id')
  @Render('bids/receipt')
  async receipt(@Who() actor: Actor, @Param('id') id: string) {
    const { receipt, stored } = await this.receipts.show(actor, id);
    return { receipt: showReceipt(receipt, stored.recordedById === actor.id) };
  }

  @Get('recus/:id/recu.pdf')
  async receiptPdf(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.receipts.pdf(actor, id), { type: 'application/pdf', disposition: `attachment; filename="accuse-de-reception.pdf"` });
  }

  @Get('recus/:id/recu.json')
  async receiptJson(@Who() actor: Actor, @Param('id') id: string) {
    const { json } = await this.receipts.show(actor, id);
    return new StreamableFile(Buffer.from(json), { type: 'application/json', disposition: `attachment; filename="accuse-de-reception.json"` });
  }
}
