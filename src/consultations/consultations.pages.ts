import { Controller, Get, Param, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { Who } from '../platform/web.js';
import { showConsultation, showDocument } from './consultation.view.js';
import { ConsultationsService } from './consultations.service.js';

@Controller('consultations')
export class ConsultationsPages {
  constructor(private readonly consultations: ConsultationsService) {}

  @Get()
  @Render('consultations/list')
  async list(@Who() actor: Actor) {
    const { rows, now } = await this.consultations.mine(actor);
    return { rows: rows.map((row) => showConsultation(row, now)) };
  }

  @Get(':id')
  @Render('consultations/show')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { consultation, documents, invited, now } = await this.consultations.find(actor, id);
    return { consultation: showConsultation(consultation, now), documents: documents.map((one) => showDocument(id, one)), invited };
  }

  @Get(':id/documents/:documentId')
  async document(@Who() actor: Actor, @Param('id') id: string, @Param('documentId') documentId: string) {
    const { name, stream, size } = await this.consultations.document(actor, id, documentId);
    return new StreamableFile(stream, { type: 'application/pdf', length: size, disposition: `inline; filename*=UTF-8''${encodeURIComponent(name)}` });
  }
}
