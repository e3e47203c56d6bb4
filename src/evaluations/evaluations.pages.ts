import { Body, Controller, Get, Param, Post, Query, Redirect, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, queryText, seeOther, Who } from '../platform/web.js';
import { AnalysisService } from './analysis.service.js';
import { assessmentOf, ChoiceForm, ClassForm, DeclarationForm, EvaluatorsForm, ReopenForm, TieForm } from './evaluation.forms.js';
import { showAnalysedBid, showAnalysis } from './evaluation.view.js';
import { EvaluationsService } from './evaluations.service.js';
import { PresentationService } from './presentation.service.js';
import { ScoringService } from './scoring.service.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Analyse des offres: the table of all, then one page per offer. */
@Controller('consultations/:id/analyse')
export class EvaluationsPages {
  constructor(
    private readonly analysis: AnalysisService,
    private readonly evaluations: EvaluationsService,
    private readonly scoring: ScoringService,
    private readonly presentation: PresentationService,
  ) {}

  @Get()
  @Render('evaluations/show')
  async show(@Who() actor: Actor, @Param('id') id: string, @Query('apres') after: unknown) {
    return { analysis: showAnalysis(await this.analysis.show(actor, id), queryText(after)) };
  }

  @Get('rapport.pdf')
  async report(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.analysis.report(actor, id), { type: 'application/pdf', disposition: 'inline; filename="rapport-d-analyse.pdf"' });
  }

  @Get('rapport-de-presentation.pdf')
  async present(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.presentation.print(actor, id), { type: 'application/pdf', disposition: 'inline; filename="rapport-de-presentation.pdf"' });
  }

  @Get('tableau.xlsx')
  async table(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.analysis.table(actor, id), { type: XLSX, disposition: 'attachment; filename="analyse-des-offres.xlsx"' });
  }

  @Post('commencer')
  @Redirect()
  async begin(@Who() actor: Actor, @Param('id') id: string) {
    await this.evaluations.begin(actor, id);
    return seeOther(`/consultations/${id}/analyse`, 'L’analyse est commencée.');
  }

  @Post('evaluateurs')
  @Redirect()
  async name(@Who() actor: Actor, @Param('id') id: string, @Body(new As(EvaluatorsForm)) form: EvaluatorsForm) {
    await this.evaluations.name(actor, id, form.evaluators);
    return seeOther(`/consultations/${id}/analyse`, 'Les évaluateurs sont désignés.');
  }

  @Post('declaration')
  @Redirect()
  async declare(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DeclarationForm)) form: DeclarationForm) {
    await this.evaluations.declare(actor, id, form);
    return seeOther(`/consultations/${id}/analyse`, 'Votre déclaration est enregistrée.');
  }

  @Post('mise-en-commun')
  @Redirect()
  async gather(@Who() actor: Actor, @Param('id') id: string) {
    await this.scoring.gather(actor, id);
    return seeOther(`/consultations/${id}/analyse`, 'Les notes de chacun sont mises en commun.');
  }

  @Post('departager')
  @Redirect()
  async settle(@Who() actor: Actor, @Param('id') id: string, @Body(new As(TieForm)) form: TieForm) {
    await this.evaluations.settleTie(actor, id, form);
    return seeOther(`/consultations/${id}/analyse`, 'L’égalité est tranchée ; le motif est gardé.');
  }

  @Post('choix')
  @Redirect()
  async choose(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ChoiceForm)) form: ChoiceForm) {
    await this.evaluations.choose(actor, id, form);
    return seeOther(`/consultations/${id}/analyse`, 'Le choix est enregistré.');
  }

  @Post('arreter')
  @Redirect()
  async lock(@Who() actor: Actor, @Param('id') id: string) {
    await this.evaluations.lock(actor, id);
    return seeOther(`/consultations/${id}/analyse`, 'L’analyse est arrêtée : notes et classement ne changent plus.');
  }

  @Post('reprendre')
  @Redirect()
  async reopen(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReopenForm)) form: ReopenForm) {
    await this.evaluations.reopen(actor, id, form.reason);
    return seeOther(`/consultations/${id}/analyse`, 'L’analyse est reprise ; le motif est gardé.');
  }

  @Get(':bidId')
  @Render('evaluations/bid')
  async bid(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string) {
    return { offer: showAnalysedBid(await this.analysis.bid(actor, id, bidId)) };
  }

  @Post(':bidId/examen')
  @Redirect()
  async assess(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body() body: unknown) {
    const { row } = await this.analysis.bid(actor, id, bidId);
    await this.evaluations.assess(actor, id, bidId, assessmentOf(body, (row.assessment?.documents ?? []).map((one) => one.label)));
    return seeOther(`/consultations/${id}/analyse/${bidId}`, 'L’examen est enregistré.');
  }

  @Post(':bidId/classe')
  @Redirect()
  async classify(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body(new As(ClassForm)) form: ClassForm) {
    await this.evaluations.classify(actor, id, bidId, form);
    return seeOther(`/consultations/${id}/analyse/${bidId}`, 'Le classement de l’offre est enregistré.');
  }

  @Post(':bidId/notes')
  @Redirect()
  async score(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body() body: unknown) {
    const { evaluation } = await this.analysis.bid(actor, id, bidId);
    await (evaluation.status === 'consensus' ? this.scoring.agree(actor, id, bidId, body) : this.scoring.score(actor, id, bidId, body));
    return seeOther(`/consultations/${id}/analyse/${bidId}`, 'Les notes sont enregistrées.');
  }
}
