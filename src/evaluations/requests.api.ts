import { Body, Controller, Delete, Get, HttpCode, Param, Post, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, Who } from '../platform/web.js';
import { RequestDecisionForm, requestOf } from './request.forms.js';
import { RequestSigningService } from './request-signing.service.js';
import { showRequest, showRequests } from './request.view.js';
import { attachment, LETTER } from './requests.pages.js';
import { BidRequestsService } from './requests.service.js';

@Controller('api/consultations/:id/requests')
export class BidRequestsApi {
  constructor(
    private readonly requests: BidRequestsService,
    private readonly signing: RequestSigningService,
  ) {}

  @Get()
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showRequests(await this.requests.list(actor, id));
  }

  @Post()
  async prepare(@Who() actor: Actor, @Param('id') id: string, @Body() body: unknown) {
    await this.requests.prepare(actor, id, requestOf(body));
    return this.list(actor, id);
  }

  @Post('batches/:batchId/signature')
  @HttpCode(200)
  async sign(@Who() actor: Actor, @Param('id') id: string, @Param('batchId') batchId: string) {
    await this.signing.sign(actor, id, batchId);
    return this.list(actor, id);
  }

  @Delete('batches/:batchId')
  async cancel(@Who() actor: Actor, @Param('id') id: string, @Param('batchId') batchId: string) {
    await this.requests.cancel(actor, id, batchId);
    return this.list(actor, id);
  }

  @Get(':requestId')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string) {
    return showRequest(await this.requests.show(actor, id, requestId));
  }

  @Get(':requestId/letter')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string) {
    return new StreamableFile(await this.signing.letter(actor, id, requestId), LETTER);
  }

  @Get(':requestId/files/:fileId')
  async file(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Param('fileId') fileId: string) {
    return attachment(await this.requests.file(actor, id, requestId, fileId));
  }

  @Post(':requestId/decision')
  @HttpCode(200)
  async decide(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Body(new As(RequestDecisionForm)) form: RequestDecisionForm) {
    await this.requests.decide(actor, id, requestId, form);
    return this.show(actor, id, requestId);
  }
}
