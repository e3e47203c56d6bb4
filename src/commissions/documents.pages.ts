import { Controller, Delete, Get, HttpCode, Param, Post, Redirect, Req, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { isShown } from '../platform/media.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, type Req as Request, seeOther, Who } from '../platform/web.js';
import { JoinedDocumentForm } from './commission.forms.js';
import { CommissionDocumentsService } from './documents.service.js';

/** Documents joined to a commission before its launch, by page and by API. */
@Controller()
export class CommissionDocumentsPages {
  constructor(
    private readonly documents: CommissionDocumentsService,
    private readonly config: Config,
  ) {}

  @Post('commandes/:id/documents')
  @Redirect()
  async add(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    await this.read(actor, id, request);
    return seeOther(`/commandes/${id}#documents`, 'Le document est joint.');
  }

  @Post('commandes/:id/documents/:fileId/retirer')
  @Redirect()
  async remove(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    await this.documents.remove(actor, id, fileId);
    return seeOther(`/commandes/${id}#documents`, 'Le document est retiré.');
  }

  @Get('commandes/:id/documents/:fileId')
  async file(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    const { name, mediaType, size, stream } = await this.documents.read(actor, id, fileId);
    return new StreamableFile(stream, { type: mediaType, length: size, disposition: `${isShown(mediaType) ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}` });
  }

  @Post('api/commissions/:id/documents')
  @HttpCode(204)
  async addByApi(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    await this.read(actor, id, request);
  }

  @Delete('api/commissions/:id/documents/:fileId')
  @HttpCode(204)
  async removeByApi(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    await this.documents.remove(actor, id, fileId);
  }

  private async read(actor: Actor, id: string, request: Request) {
    const { file, fields } = await readFormWithFile(request, 'document', this.config.maxDocumentBytes);
    await this.documents.add(actor, id, new As(JoinedDocumentForm).transform(fields, { type: 'body' }), file);
  }
}
