import { Body, Controller, Delete, Get, HttpCode, Param, Post, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { Arrival, As, Who } from '../platform/web.js';
import { ConfirmForm, DepositForm } from './bids.forms.js';
import { showOpenedBids, showOwnDeposit } from './bid.view.js';
import { DepositsService } from './deposits.service.js';
import { BidDraftsService } from './drafts.service.js';
import { OpenedBidsService } from './opened-bids.service.js';
import { OpeningService } from './opening.service.js';
import { showOpening } from './opening.view.js';
import { OwnDepositService } from './own-deposit.service.js';
import { ReceiptsService } from './receipts.service.js';

@Controller('api')
export class BidsApi {
  constructor(
    private readonly own: OwnDepositService,
    private readonly drafts: BidDraftsService,
    private readonly deposits: DepositsService,
    private readonly receipts: ReceiptsService,
    private readonly opening: OpeningService,
    private readonly opened: OpenedBidsService,
    private readonly config: Config,
  ) {}

  @Get('consultations/:id/bid')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showOwnDeposit(await this.own.show(actor, id), this.config, `/api/consultations/${id}/bid/uploads`);
  }

  @Delete('consultations/:id/bid/files/:fileId')
  @HttpCode(204)
  async remove(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    await this.drafts.removeFile(actor, id, fileId);
  }

  @Post('consultations/:id/bid/deposit')
  async deposit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DepositForm)) form: DepositForm, @Arrival() arrivedAt: Date) {
    const { receiptId } = await this.deposits.deposit(actor, id, form.idempotencyKey, arrivedAt, form.replaces);
    return (await this.receipts.show(actor, receiptId)).receipt;
  }

  @Post('consultations/:id/bid/confirmation')
  @HttpCode(200)
  async confirmBid(@Who() actor: Actor, @Param('id') id: string) {
    await this.deposits.confirm(actor, id);
    return this.show(actor, id);
  }

  @Post('consultations/:id/bid/withdrawal')
  async withdraw(@Who() actor: Actor, @Param('id') id: string, @Arrival() arrivedAt: Date) {
    const { receiptId } = await this.deposits.withdraw(actor, id, arrivedAt);
    return (await this.receipts.show(actor, receiptId)).receipt;
  }

  @Get('receipts/:id')
  async receipt(@Who() actor: Actor, @Param('id') id: string) {
    return (await this.receipts.show(actor, id)).receipt;
  }

  /** The exact bytes that were signed. */
  @Get('receipts/:id/signed')
  async signed(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(Buffer.from((await this.receipts.show(actor, id)).json), { type: 'application/json' });
  }

  @Get('consultations/:id/opening')
  async openingState(@Who() actor: Actor, @Param('id') id: string) {
    return showOpening(await this.opening.state(actor, id));
  }

  @Post('consultations/:id/opening/confirmation')
  @HttpCode(204)
  async confirm(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ConfirmForm)) _: ConfirmForm) {
    await this.opening.confirm(actor, id);
  }

  @Post('consultations/:id/opening')
  @HttpCode(200)
  open(@Who() actor: Actor, @Param('id') id: string) {
    return this.opening.open(actor, id);
  }

  @Get('consultations/:id/bids')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    const { chain, ...register } = await this.opened.page(actor, id);
    return { ...showOpenedBids(register), chain };
  }
}
