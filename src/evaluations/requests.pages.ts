import { Body, Controller, Get, Param, Post, Query, Redirect, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, queryText, seeOther, Who } from '../platform/web.js';
import { RequestDecisionForm, requestOf } from './request.forms.js';
import { RequestSigningService } from './request-signing.service.js';
import { showNewRequest, showRequest, showRequests } from './request.view.js';
import { BidRequestsService } from './requests.service.js';

/** Of a candidate: kept, never shown inside a page of ours. */
export const attachment = ({ stream, name, size }: Awaited<ReturnType<BidRequestsService['file']>>) =>
  new StreamableFile(stream, { type: 'application/octet-stream', length: size, disposition: `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}` });
export const LETTER = { type: 'application/pdf', disposition: 'inline; filename="demande.pdf"' };

/** « Demandes aux candidats », for the buyer. */
@Controller('consultations/:id/analyse/demandes')
export class BidRequestsPages {
  constructor(
    private readonly requests: BidRequestsService,
    private readonly signing: RequestSigningService,
  ) {}

  @Get()
  @Render('evaluations/requests')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showRequests(await this.requests.list(actor, id));
  }

  @Get('nouvelle')
  @Render('evaluations/request-new')
  async blank(@Who() actor: Actor, @Param('id') id: string, @Query('nature') nature: unknown) {
    return showNewRequest(await this.requests.list(actor, id), queryText(nature));
  }

  @Post()
  @Redirect()
  async prepare(@Who() actor: Actor, @Param('id') id: string, @Body() body: unknown) {
    await this.requests.prepare(actor, id, requestOf(body));
    return seeOther(`/consultations/${id}/analyse/demandes`, 'Les demandes sont préparées : le signataire les relit et les signe.');
  }

  @Post('envois/:batchId/signer')
  @Redirect()
  async sign(@Who() actor: Actor, @Param('id') id: string, @Param('batchId') batchId: string) {
    await this.signing.sign(actor, id, batchId);
    return seeOther(`/consultations/${id}/analyse/demandes`, 'Les demandes sont signées : elles partent aux candidats.');
  }

  @Post('envois/:batchId/annuler')
  @Redirect()
  async cancel(@Who() actor: Actor, @Param('id') id: string, @Param('batchId') batchId: string) {
    await this.requests.cancel(actor, id, batchId);
    return seeOther(`/consultations/${id}/analyse/demandes`, 'Les demandes sont annulées : rien n’est parti.');
  }

  @Get(':requestId')
  @Render('evaluations/request')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string) {
    return showRequest(await this.requests.show(actor, id, requestId));
  }

  @Get(':requestId/lettre.pdf')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string) {
    return new StreamableFile(await this.signing.letter(actor, id, requestId), LETTER);
  }

  @Get(':requestId/fichiers/:fileId')
  async file(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Param('fileId') fileId: string) {
    return attachment(await this.requests.file(actor, id, requestId, fileId));
  }

  @Post(':requestId/decision')
  @Redirect()
  async decide(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Body(new As(RequestDecisionForm)) form: RequestDecisionForm) {
    await this.requests.decide(actor, id, requestId, form);
    return seeOther(`/consultations/${id}/analyse/demandes/${requestId}`, 'La décision est enregistrée, avec son motif.');
  }
}
