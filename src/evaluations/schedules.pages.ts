import { Controller, Get, Param, Post, Put, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { Invalid } from '../platform/errors.js';
import { readFormWithFile, readOneFile } from '../platform/multipart.js';
import { type Req as Request, seeOther, Who } from '../platform/web.js';
import { showAnalysedBid } from './evaluation.view.js';
import { AnalysisService } from './analysis.service.js';
import { showSchedule } from './schedule.view.js';
import { SchedulesService } from './schedules.service.js';

const MAX_BYTES = 8_000_000;
const XLSX = { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', disposition: 'attachment; filename="bordereau-vierge.xlsx"' };

async function blankOf(request: Request) {
  const { file, fields } = await readFormWithFile(request, 'file', MAX_BYTES);
  const decimals = typeof fields.decimals === 'string' ? fields.decimals.trim() : '';
  if (!file) throw Invalid.field('file', 'Choisissez le bordereau vierge, au format XLSX ou CSV.', { decimals });
  return { file, decimals };
}

/** « Bordereau de prix »: the buyer's blank form, and each bidder's, checked. */
@Controller('consultations/:id')
export class SchedulesPages {
  constructor(private readonly schedules: SchedulesService) {}

  @Get('bordereau')
  @Render('evaluations/schedule')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showSchedule(await this.schedules.show(actor, id));
  }

  @Get('bordereau/vierge.xlsx')
  async blank(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.schedules.blank(actor, id), XLSX);
  }

  @Post('bordereau')
  @Redirect()
  async setBlank(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    await this.schedules.show(actor, id); // who may not see sends no file
    const { file, decimals } = await blankOf(request);
    const lines = await this.schedules.setBlank(actor, id, file, decimals);
    return seeOther(`/consultations/${id}/bordereau`, `Le bordereau vierge est enregistré, avec ${lines} ligne${lines > 1 ? 's' : ''}.`);
  }

  @Post('analyse/:bidId/bordereau')
  @Redirect()
  async fill(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Req() request: Request) {
    await this.schedules.show(actor, id);
    const { faults } = await this.schedules.fill(actor, id, bidId, await readOneFile(request, 'file', MAX_BYTES));
    return seeOther(`/consultations/${id}/analyse/${bidId}`, faults === 0 ? 'Le bordereau est contrôlé, sans anomalie : son total est le prix de l’offre.' : 'Le bordereau est contrôlé : voyez ses anomalies, ligne par ligne.');
  }
}

@Controller('api/consultations/:id')
export class SchedulesApi {
  constructor(
    private readonly schedules: SchedulesService,
    private readonly analysis: AnalysisService,
  ) {}

  @Get('price-schedule')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showSchedule(await this.schedules.show(actor, id));
  }

  @Put('price-schedule')
  async setBlank(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    await this.schedules.show(actor, id);
    const { file, decimals } = await blankOf(request);
    await this.schedules.setBlank(actor, id, file, decimals);
    return this.show(actor, id);
  }

  @Put('evaluation/bids/:bidId/price-schedule')
  async fill(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Req() request: Request) {
    await this.schedules.show(actor, id);
    await this.schedules.fill(actor, id, bidId, await readOneFile(request, 'file', MAX_BYTES));
    return showAnalysedBid(await this.analysis.bid(actor, id, bidId));
  }
}
