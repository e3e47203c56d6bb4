import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, queryText, Who } from '../platform/web.js';
import { AnalysisService } from './analysis.service.js';
import { assessmentOf, ChoiceForm, ClassForm, DeclarationForm, EvaluatorsForm, ReopenForm, TieForm } from './evaluation.forms.js';
import { showAnalysedBid, showAnalysis } from './evaluation.view.js';
import { EvaluationsService } from './evaluations.service.js';
import { PresentationService } from './presentation.service.js';
import { ScoringService } from './scoring.service.js';

@Controller('api/consultations/:id/evaluation')
export class EvaluationsApi {
  constructor(
    private readonly analysis: AnalysisService,
    private readonly evaluations: EvaluationsService,
    private readonly scoring: ScoringService,
    private readonly presentation: PresentationService,
  ) {}

  /** Fifty offers at a time: `?after=` the last one of the answer before. */
  @Get()
  async show(@Who() actor: Actor, @Param('id') id: string, @Query('after') after?: unknown) {
    return showAnalysis(await this.analysis.show(actor, id), queryText(after));
  }

  @Post()
  async begin(@Who() actor: Actor, @Param('id') id: string) {
    await this.evaluations.begin(actor, id);
    return this.show(actor, id);
  }

  @Put('evaluators')
  async name(@Who() actor: Actor, @Param('id') id: string, @Body(new As(EvaluatorsForm)) form: EvaluatorsForm) {
    await this.evaluations.name(actor, id, form.evaluators);
    return this.show(actor, id);
  }

  @Post('declaration')
  @HttpCode(200)
  async declare(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DeclarationForm)) form: DeclarationForm) {
    await this.evaluations.declare(actor, id, form);
    return this.show(actor, id);
  }

  @Post('consensus')
  @HttpCode(200)
  async gather(@Who() actor: Actor, @Param('id') id: string) {
    await this.scoring.gather(actor, id);
    return this.show(actor, id);
  }

  @Put('tie')
  async settle(@Who() actor: Actor, @Param('id') id: string, @Body(new As(TieForm)) form: TieForm) {
    await this.evaluations.settleTie(actor, id, form);
    return this.show(actor, id);
  }

  @Put('choice')
  async choose(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ChoiceForm)) form: ChoiceForm) {
    await this.evaluations.choose(actor, id, form);
    return this.show(actor, id);
  }

  @Post('lock')
  @HttpCode(200)
  async lock(@Who() actor: Actor, @Param('id') id: string) {
    await this.evaluations.lock(actor, id);
    return this.show(actor, id);
  }

  @Post('reopening')
  @HttpCode(200)
  async reopen(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReopenForm)) form: ReopenForm) {
    await this.evaluations.reopen(actor, id, form.reason);
    return this.show(actor, id);
  }

  @Get('report')
  async report(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.analysis.report(actor, id), { type: 'application/pdf' });
  }

  @Get('presentation-report')
  async present(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.presentation.print(actor, id), { type: 'application/pdf' });
  }

  @Get('bids/:bidId')
  async bid(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string) {
    return showAnalysedBid(await this.analysis.bid(actor, id, bidId));
  }

  @Put('bids/:bidId')
  async assess(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body() body: unknown) {
    const { row } = await this.analysis.bid(actor, id, bidId);
    await this.evaluations.assess(actor, id, bidId, assessmentOf(body, (row.assessment?.documents ?? []).map((one) => one.label)));
    return this.bid(actor, id, bidId);
  }

  @Put('bids/:bidId/class')
  async classify(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body(new As(ClassForm)) form: ClassForm) {
    await this.evaluations.classify(actor, id, bidId, form);
    return this.bid(actor, id, bidId);
  }

  /** Own notes while each scores alone; the common ones once they are put together. */
  @Put('bids/:bidId/notes')
  async score(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body() body: unknown) {
    const { evaluation } = await this.analysis.bid(actor, id, bidId);
    await (evaluation.status === 'consensus' ? this.scoring.agree(actor, id, bidId, body) : this.scoring.score(actor, id, bidId, body));
    return this.bid(actor, id, bidId);
  }
}
