import { Controller, Get, Param, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { isShown } from '../platform/media.js';
import { Who, Whole } from '../platform/web.js';
import { showConsultation, showDocument } from './consultation.view.js';
import { ConsultationsService } from './consultations.service.js';
import { showNotice } from './exchange.view.js';
import { FollowUpService } from './follow-up.service.js';
import { showAnnounced } from './settings.view.js';

const disposition = (name: string, shown: boolean) => `${shown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`;

@Controller('consultations')
export class ConsultationsPages {
  constructor(
    private readonly consultations: ConsultationsService,
    private readonly followUp: FollowUpService,
  ) {}

  @Get(':id')
  @Render('consultations/show')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { consultation, invitation, documents, former, notices, invited, now } = await this.consultations.find(actor, id);
    if (invited && invitation && !invitation.openedAt) await this.followUp.opened(actor, id);
    return {
      consultation: showConsultation(consultation, now),
      documents: documents.map((one) => showDocument(id, one)),
      former: former.map((one) => showDocument(id, one)),
      notices: notices.map((one) => showNotice(one, id)),
      announced: showAnnounced(consultation),
      intent: invitation?.intent ?? null,
      open: consultation.status === 'launched' && consultation.isInTime(now),
      invited,
    };
  }

  @Get(':id/documents.zip')
  async archive(@Who() actor: Actor, @Param('id') id: string) {
    const { name, stream, documents } = await this.consultations.archive(actor, id);
    if (actor.has('bidder')) await this.followUp.withdrawn(actor, id, documents);
    return new StreamableFile(stream, { type: 'application/zip', disposition: disposition(name, false) });
  }

  @Get(':id/documents/:documentId')
  async document(@Who() actor: Actor, @Param('id') id: string, @Param('documentId') documentId: string) {
    const { name, mediaType, stream, size } = await this.consultations.document(actor, id, documentId);
    if (actor.has('bidder')) await this.followUp.withdrawn(actor, id, [documentId]);
    return new StreamableFile(stream, { type: mediaType, length: size, disposition: disposition(name, isShown(mediaType)) });
  }

  @Get(':id/attendus/:index')
  async form(@Who() actor: Actor, @Param('id') id: string, @Whole('index') index: number) {
    const { name, mediaType, stream, size } = await this.consultations.form(actor, id, index);
    return new StreamableFile(stream, { type: mediaType, length: size, disposition: disposition(name, false) });
  }

  @Get(':id/avis/:number.pdf')
  async notice(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const { stream, size } = await this.consultations.notice(actor, id, number);
    return new StreamableFile(stream, { type: 'application/pdf', length: size, disposition: disposition(`avis-${number}.pdf`, true) });
  }
}
