import { Controller, Get, HttpCode, Param, Post, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { Files } from '../platform/files.js';
import { Random } from '../platform/random.js';
import { type Req as Request, seeOther, Who } from '../platform/web.js';
import { answerLimits, readAnswer } from './answer-upload.js';
import { OwnRequestsService } from './own-requests.service.js';
import { showOwnRequest, showOwnRequests } from './request.view.js';
import { attachment, LETTER } from './requests.pages.js';

/** « Demandes de l’acheteur », for the bidder: its own. */
@Controller('consultations/:id/demandes')
export class OwnRequestsPages {
  constructor(
    private readonly requests: OwnRequestsService,
    readonly files: Files,
    readonly random: Random,
    readonly config: Config,
  ) {}

  @Get()
  @Render('evaluations/own-requests')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showOwnRequests(await this.requests.list(actor, id));
  }

  @Get(':requestId')
  @Render('evaluations/own-request')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string) {
    return { ...showOwnRequest(await this.requests.show(actor, id, requestId)), limits: answerLimits(this.config) };
  }

  @Post(':requestId/reponse')
  @Redirect()
  async answer(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Req() request: Request) {
    await this.requests.mayStillAnswer(actor, id, requestId);
    await this.requests.answer(actor, id, requestId, await readAnswer(request, this));
    return seeOther(`/consultations/${id}/demandes/${requestId}`, 'Votre réponse est envoyée : l’acheteur peut la lire.');
  }

  @Get(':requestId/lettre.pdf')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string) {
    return new StreamableFile(await this.requests.letter(actor, id, requestId), LETTER);
  }

  @Get(':requestId/fichiers/:fileId')
  async file(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Param('fileId') fileId: string) {
    return attachment(await this.requests.file(actor, id, requestId, fileId));
  }
}

@Controller('api/consultations/:id/own-requests')
export class OwnRequestsApi {
  constructor(
    private readonly requests: OwnRequestsService,
    readonly files: Files,
    readonly random: Random,
    readonly config: Config,
  ) {}

  @Get()
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showOwnRequests(await this.requests.list(actor, id));
  }

  @Get(':requestId')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string) {
    return showOwnRequest(await this.requests.show(actor, id, requestId));
  }

  @Post(':requestId/answer')
  @HttpCode(200)
  async answer(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Req() request: Request) {
    await this.requests.mayStillAnswer(actor, id, requestId);
    await this.requests.answer(actor, id, requestId, await readAnswer(request, this));
    return this.show(actor, id, requestId);
  }

  @Get(':requestId/letter')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string) {
    return new StreamableFile(await this.requests.letter(actor, id, requestId), LETTER);
  }

  @Get(':requestId/files/:fileId')
  async file(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Param('fileId') fileId: string) {
    return attachment(await this.requests.file(actor, id, requestId, fileId));
  }
}
