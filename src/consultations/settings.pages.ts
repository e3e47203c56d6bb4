import { Body, Controller, Get, Param, Post, Put, Redirect, Render, Req } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { uploadOf } from '../platform/media.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, queryText, type Req as Request, seeOther, Who } from '../platform/web.js';
import { showConsultation } from './consultation.view.js';
import { SettingsForm } from './exchange.forms.js';
import { SettingsService } from './settings.service.js';
import { showAnnounced, showSettings } from './settings.view.js';

@Controller()
export class SettingsPages {
  constructor(
    private readonly settings: SettingsService,
    private readonly config: Config,
  ) {}

  @Get('consultations/:id/reglages')
  @Render('consultations/settings')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { consultation, manages, now } = await this.settings.show(actor, id);
    return {
      consultation: showConsultation(consultation, now),
      settings: showSettings(consultation),
      announced: showAnnounced(consultation),
      changes: manages && consultation.status === 'draft' && consultation.frozenAt === null,
      frozen: manages && consultation.status === 'draft' && consultation.frozenAt !== null,
      upload: uploadOf(this.config),
    };
  }

  @Post('consultations/:id/reglages')
  @Redirect()
  async save(@Who() actor: Actor, @Param('id') id: string, @Body(new As(SettingsForm)) form: SettingsForm) {
    await this.settings.save(actor, id, form);
    return seeOther(`/consultations/${id}/reglages`, 'Les réglages sont enregistrés.');
  }

  @Post('consultations/:id/attendus')
  @Redirect()
  async expectedForm(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'document', this.config.maxDocumentBytes);
    await this.settings.expectedForm(actor, id, queryText(fields.label), file);
    return seeOther(`/consultations/${id}/reglages#attendus`, 'Le modèle à remplir est joint.');
  }

  @Get('api/consultations/:id/settings')
  async json(@Who() actor: Actor, @Param('id') id: string) {
    const { consultation } = await this.settings.show(actor, id);
    return { ...showSettings(consultation), announced: showAnnounced(consultation) };
  }

  @Put('api/consultations/:id/settings')
  async put(@Who() actor: Actor, @Param('id') id: string, @Body(new As(SettingsForm)) form: SettingsForm) {
    await this.settings.save(actor, id, form);
    return this.json(actor, id);
  }

  @Post('api/consultations/:id/expected-forms')
  async addForm(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'document', this.config.maxDocumentBytes);
    await this.settings.expectedForm(actor, id, queryText(fields.label), file);
    return this.json(actor, id);
  }
}
