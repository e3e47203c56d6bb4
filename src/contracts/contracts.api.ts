import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { OpenersForm } from '../commissions/commission.forms.js';
import type { Actor } from '../platform/actor.js';
import { As, queryText, Who } from '../platform/web.js';
import { ContractForm, EndForm, OverrideForm, PrepareForm, RelaunchForm } from './contract.forms.js';
import { ContractLaunchService } from './contract-launch.service.js';
import { ContractReadingService } from './contract-reading.service.js';
import { ContractSigningService } from './contract-signing.service.js';
import { reasonsJson, showContract, showContractRow } from './contract.view.js';
import { ContractsService } from './contracts.service.js';

@Controller('api/contracts')
export class ContractsApi {
  constructor(
    private readonly contracts: ContractsService,
    private readonly reading: ContractReadingService,
    private readonly signing: ContractSigningService,
    private readonly launching: ContractLaunchService,
  ) {}

  @Get()
  async list(@Who() actor: Actor, @Query('after') after: unknown) {
    const { rows, next, now } = await this.reading.list(actor, queryText(after));
    return { rows: rows.map((row) => showContractRow(row, now)), next };
  }

  @Post()
  prepare(@Who() actor: Actor, @Body(new As(PrepareForm)) form: PrepareForm) {
    return this.contracts.prepare(actor, form);
  }

  /** Before `:id`: a department is no contract. */
  @Get('preflight/:departmentCode')
  async preflightOfDepartment(@Who() actor: Actor, @Param('departmentCode') code: string) {
    return reasonsJson(await this.reading.preflightOfDepartment(actor, code));
  }

  @Get(':id')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showContract(await this.reading.find(actor, id), actor);
  }

  @Put(':id')
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ContractForm)) form: ContractForm) {
    await this.contracts.edit(actor, id, form);
    return this.show(actor, id);
  }

  @Put(':id/openers')
  async openers(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OpenersForm)) form: OpenersForm) {
    await this.contracts.setOpeners(actor, id, form.openers);
    return this.show(actor, id);
  }

  @Put(':id/invitees')
  async invitees(@Who() actor: Actor, @Param('id') id: string) {
    await this.contracts.refreshInvitees(actor, id);
    return this.show(actor, id);
  }

  @Post(':id/submission')
  @HttpCode(200)
  async submit(@Who() actor: Actor, @Param('id') id: string) {
    await this.signing.submit(actor, id);
    return this.show(actor, id);
  }

  @Post(':id/signature')
  @HttpCode(200)
  async sign(@Who() actor: Actor, @Param('id') id: string) {
    await this.signing.sign(actor, id);
    return this.show(actor, id);
  }

  @Get(':id/preflight')
  async preflight(@Who() actor: Actor, @Param('id') id: string) {
    return reasonsJson((await this.reading.preflight(actor, id)).reasons);
  }

  @Post(':id/overrides')
  @HttpCode(200)
  async override(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OverrideForm)) form: OverrideForm) {
    await this.launching.override(actor, id, form);
    return this.show(actor, id);
  }

  @Post(':id/launch')
  @HttpCode(200)
  async launch(@Who() actor: Actor, @Param('id') id: string) {
    await this.launching.launch(actor, id);
    return this.show(actor, id);
  }

  @Post(':id/end')
  @HttpCode(200)
  async end(@Who() actor: Actor, @Param('id') id: string, @Body(new As(EndForm)) form: EndForm) {
    await this.launching.end(actor, id, form);
    return this.show(actor, id);
  }

  @Post(':id/relaunch')
  relaunch(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RelaunchForm)) form: RelaunchForm) {
    return this.launching.relaunch(actor, id, form);
  }
}
