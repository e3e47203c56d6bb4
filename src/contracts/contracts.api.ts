import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import { OpenersForm } from '../commissions/commission.forms.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, queryText, type Req as Request, Who } from '../platform/web.js';
import { ContractForm, EndForm, OverrideForm, PrepareForm, RelaunchForm } from './contract.forms.js';
import { ContractLaunchService } from './contract-launch.service.js';
import { ContractReadingService } from './contract-reading.service.js';
import { ContractSigningService } from './contract-signing.service.js';
import { reasonsJson, showContract, showContractRow } from './contract.view.js';
import { documentOf } from './contracts.pages.js';
import { ContractsService } from './contracts.service.js';

@Controller('api/contracts')
export class ContractsApi {
  constructor(
    private readonly contracts: ContractsService,
    private readonly reading: ContractReadingService,
    private readonly signing: ContractSigningService,
    private readonly launching: ContractLaunchService,
    private readonly config: Config,
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

  @Post(':id/documents')
  async addDocument(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'document', this.config.maxDocumentBytes);
    await this.contracts.addDocument(actor, id, documentOf(fields), file);
    return this.show(actor, id);
  }

  @Get(':id/documents/:fileId')
  async document(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    const { mediaType, stream, size } = await this.contracts.document(actor, id, fileId);
    return new StreamableFile(stream, { type: mediaType, length: size });
  }

  @Delete(':id/documents/:fileId')
  async removeDocument(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    await this.contracts.removeDocument(actor, id, fileId);
    return this.show(actor, id);
  }

  /** `0` is the letter with all its addressees; the others go by the number of the holder. */
  @Get(':id/letters/:number')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('number') number: string) {
    if (!/^\d{1,3}$/.test(number)) throw new NotFound();
    return new StreamableFile(await this.signing.preview(actor, id, Number(number)), { type: 'application/pdf' });
  }

  @Post(':id/take-back')
  @HttpCode(200)
  async takeBack(@Who() actor: Actor, @Param('id') id: string) {
    await this.signing.takeBack(actor, id);
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
