import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { type Req as Request, Who } from '../platform/web.js';
import { showImport, showImportRow } from './import.view.js';
import { readUpload } from './imports.pages.js';
import { ImportsService } from './imports.service.js';

@Controller('api/frameworks/:id/imports')
export class ImportsApi {
  constructor(private readonly imports: ImportsService) {}

  @Get()
  async list(@Who() actor: Actor, @Param('id') id: string) {
    const { imports } = await this.imports.list(actor, id);
    return { rows: imports.map(showImportRow) };
  }

  @Post()
  async upload(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request, @Query('kind') named?: string) {
    const { kind, file } = await readUpload(request, named);
    const { id: importId } = await this.imports.upload(actor, id, kind, file);
    return this.show(actor, id, importId);
  }

  @Get(':importId')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('importId') importId: string) {
    return showImport(await this.imports.find(actor, id, importId));
  }

  @Post(':importId/application')
  @HttpCode(200)
  async apply(@Who() actor: Actor, @Param('id') id: string, @Param('importId') importId: string, @Body() body: { fingerprint?: unknown } = {}) {
    await this.imports.apply(actor, id, importId, typeof body.fingerprint === 'string' ? body.fingerprint : '');
    return this.show(actor, id, importId);
  }

  @Post(':importId/cancellation')
  @HttpCode(200)
  async cancel(@Who() actor: Actor, @Param('id') id: string, @Param('importId') importId: string) {
    await this.imports.cancel(actor, id, importId);
    return this.show(actor, id, importId);
  }
}
