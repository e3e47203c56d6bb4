import { Controller, Get, Param } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { Who } from '../platform/web.js';
import { showConsultation, showDocument } from './consultation.view.js';
import { ConsultationsService } from './consultations.service.js';
import { showNotice } from './exchange.view.js';
import { showAnnounced } from './settings.view.js';

@Controller('api/consultations')
export class ConsultationsApi {
  constructor(private readonly consultations: ConsultationsService) {}

  @Get(':id')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { consultation, documents, former, notices, now } = await this.consultations.find(actor, id);
    return { ...showConsultation(consultation, now), ...showAnnounced(consultation), documents: documents.map((one) => showDocument(id, one)), former: former.map((one) => showDocument(id, one)), notices: notices.map((one) => showNotice(one, id)) };
  }
}
