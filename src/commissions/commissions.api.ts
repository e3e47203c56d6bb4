import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, Who } from '../platform/web.js';
import { AddresseesForm, CommissionForm, CopyForm, EndCommissionForm, OpenersForm } from './commission.forms.js';
import { showCommission, showCommissionRow } from './commission.view.js';
import { CommissionsService } from './commissions.service.js';
import { CommissionEndingService } from './ending.service.js';
import { SendingService } from './sending.service.js';
import { SignatureService } from './signature.service.js';

@Controller('api/commissions')
export class CommissionsApi {
  constructor(
    private readonly commissions: CommissionsService,
    private readonly signature: SignatureService,
    private readonly sending: SendingService,
    private readonly ending: CommissionEndingService,
  ) {}

  @Get()
  async list(@Who() actor: Actor, @Query('after') after?: string) {
    const { rows, next, now } = await this.commissions.list(actor, after);
    return { rows: rows.map(({ commission, consultation }) => showCommissionRow(commission, consultation, now)), next };
  }

  @Post()
  async draft(@Who() actor: Actor, @Body(new As(CommissionForm)) form: CommissionForm) {
    const { id } = await this.commissions.draft(actor, form);
    return this.show(actor, id);
  }

  @Get(':id')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showCommission(await this.commissions.find(actor, id), actor);
  }

  @Put(':id')
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(CommissionForm)) form: CommissionForm) {
    await this.commissions.edit(actor, id, form);
    return this.show(actor, id);
  }

  @Put(':id/addressees')
  async addressees(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AddresseesForm)) form: AddresseesForm) {
    await this.commissions.setAddressees(actor, id, form.addressees);
    return this.show(actor, id);
  }

  @Post(':id/addressees')
  async add(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AddresseesForm)) form: AddresseesForm) {
    await this.sending.add(actor, id, form.addressees);
    return this.show(actor, id);
  }

  @Put(':id/openers')
  async openers(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OpenersForm)) form: OpenersForm) {
    await this.commissions.setOpeners(actor, id, form.openers);
    return this.show(actor, id);
  }

  @Post(':id/submission')
  @HttpCode(200)
  async submit(@Who() actor: Actor, @Param('id') id: string) {
    await this.signature.submit(actor, id);
    return this.show(actor, id);
  }

  @Post(':id/signature')
  @HttpCode(200)
  async sign(@Who() actor: Actor, @Param('id') id: string) {
    await this.signature.sign(actor, id);
    return this.show(actor, id);
  }

  @Post(':id/end')
  @HttpCode(200)
  async end(@Who() actor: Actor, @Param('id') id: string, @Body(new As(EndCommissionForm)) form: EndCommissionForm) {
    await this.ending.abandon(actor, id, form);
    return this.show(actor, id);
  }

  @Post(':id/copy')
  copy(@Who() actor: Actor, @Param('id') id: string, @Body(new As(CopyForm)) form: CopyForm) {
    return this.ending.copy(actor, id, form);
  }

  @Post(':id/sending')
  @HttpCode(200)
  async send(@Who() actor: Actor, @Param('id') id: string) {
    await this.sending.send(actor, id);
    return this.show(actor, id);
  }
}
