import { Body, Controller, Get, HttpCode, Param, Post, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { uploadOf } from '../platform/media.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, type Req as Request, seeOther, Who } from '../platform/web.js';
import { RequestForm } from './award.forms.js';
import { showOwnLetters } from './award.view.js';
import { fileOf } from './awards.pages.js';
import { OwnLettersService } from './own-letters.service.js';

/** « Mes courriers », for the bidder: its own. */
@Controller('consultations/:id/courriers')
export class OwnLettersPages {
  constructor(
    private readonly own: OwnLettersService,
    private readonly config: Config,
  ) {}

  @Get()
  @Render('awards/own-letters')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return { ...showOwnLetters(await this.own.show(actor, id)), upload: uploadOf(this.config) };
  }

  @Get('pieces/:certificateId')
  async file(@Who() actor: Actor, @Param('id') id: string, @Param('certificateId') certificateId: string) {
    return fileOf(await this.own.file(actor, id, certificateId));
  }

  @Get(':letterId.pdf')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('letterId') letterId: string) {
    return new StreamableFile(await this.own.letter(actor, id, letterId), { type: 'application/pdf', disposition: 'inline; filename="lettre.pdf"' });
  }

  @Post('pieces/:certificateId')
  @Redirect()
  async upload(@Who() actor: Actor, @Param('id') id: string, @Param('certificateId') certificateId: string, @Req() request: Request) {
    const { file } = await readFormWithFile(request, 'file', this.config.maxDocumentBytes);
    await this.own.upload(actor, id, certificateId, file);
    return seeOther(`/consultations/${id}/courriers`, 'La pièce est envoyée : l’acheteur la contrôle.');
  }

  @Post('motifs')
  @Redirect()
  async ask(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RequestForm)) form: RequestForm) {
    await this.own.askReasons(actor, id, form.text);
    return seeOther(`/consultations/${id}/courriers`, 'Votre demande est enregistrée : l’acheteur a quinze jours pour répondre.');
  }
}

@Controller('api/consultations/:id/own-letters')
export class OwnLettersApi {
  constructor(
    private readonly own: OwnLettersService,
    private readonly config: Config,
  ) {}

  @Get()
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showOwnLetters(await this.own.show(actor, id));
  }

  @Get(':letterId/pdf')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('letterId') letterId: string) {
    return new StreamableFile(await this.own.letter(actor, id, letterId), { type: 'application/pdf' });
  }

  @Post('certificates/:certificateId')
  @HttpCode(204)
  async upload(@Who() actor: Actor, @Param('id') id: string, @Param('certificateId') certificateId: string, @Req() request: Request) {
    const { file } = await readFormWithFile(request, 'file', this.config.maxDocumentBytes);
    await this.own.upload(actor, id, certificateId, file);
  }

  @Post('reasons-requests')
  async ask(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RequestForm)) form: RequestForm) {
    await this.own.askReasons(actor, id, form.text);
    return this.show(actor, id);
  }
}
