import { Body, Controller, Get, HttpCode, Param, Post, Put, Redirect, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, seeOther, Who } from '../platform/web.js';
import { OpenedBidsService } from './opened-bids.service.js';
import { OpeningMembersService } from './opening-members.service.js';
import { OpeningPlanningService } from './opening-planning.service.js';
import { ObservationForm, PlanForm, RecuseForm, ReplaceOpenerForm, UnreadableForm } from './opening.forms.js';
import { OpeningService } from './opening.service.js';
import { showOpening, showPlanning, showReplacing, unreadableOptions } from './opening.view.js';

/** Séance d’ouverture : fixed by the agent, its members changed by recusals and by the signatory, told in its minutes. */
@Controller('consultations/:id')
export class OpeningSessionPages {
  constructor(
    private readonly opening: OpeningService,
    private readonly planning: OpeningPlanningService,
    private readonly members: OpeningMembersService,
    private readonly opened: OpenedBidsService,
  ) {}

  @Get('ouverture/seance')
  @Render('bids/opening-plan')
  async planPage(@Who() actor: Actor, @Param('id') id: string) {
    return showPlanning(await this.planning.planning(actor, id));
  }

  @Post('ouverture/seance')
  @Redirect()
  async plan(@Who() actor: Actor, @Param('id') id: string, @Body(new As(PlanForm)) form: PlanForm) {
    await this.planning.plan(actor, id, form);
    return seeOther(`/consultations/${id}/ouverture`, 'La séance est fixée. Chaque membre reçoit sa convocation, avec un fichier pour son agenda.');
  }

  @Get('ouverture/convocation.pdf')
  async letter(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.opening.convocation(actor, id, 'letter'), { type: 'application/pdf', disposition: 'inline; filename="convocation.pdf"' });
  }

  @Get('ouverture/seance.ics')
  async calendar(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.opening.convocation(actor, id, 'calendar'), { type: 'text/calendar; charset=utf-8', disposition: 'attachment; filename="seance.ics"' });
  }

  @Get('ouverture/remplacer')
  @Render('bids/opening-replace')
  async replacePage(@Who() actor: Actor, @Param('id') id: string) {
    return showReplacing(await this.members.replacing(actor, id));
  }

  @Post('ouverture/remplacer')
  @Redirect()
  async replace(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReplaceOpenerForm)) form: ReplaceOpenerForm) {
    await this.members.replace(actor, id, form);
    return seeOther(`/consultations/${id}/ouverture`, 'Le remplacement est enregistré, avec son motif : le procès-verbal le dira.');
  }

  @Get('ouverture/recusation')
  @Render('bids/opening-recuse')
  async recusePage(@Who() actor: Actor, @Param('id') id: string) {
    return showOpening(await this.opening.state(actor, id));
  }

  @Post('ouverture/recusation')
  @Redirect()
  async recuse(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RecuseForm)) form: RecuseForm) {
    await this.members.recuse(actor, id, form);
    return seeOther(`/consultations/${id}/ouverture`, 'Votre récusation est enregistrée : vous ne participez plus à cette ouverture.');
  }

  @Get('ouverture/observations')
  @Render('bids/opening-observe')
  async observePage(@Who() actor: Actor, @Param('id') id: string) {
    return showOpening(await this.opening.state(actor, id));
  }

  @Post('ouverture/observations')
  @Redirect()
  async observe(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ObservationForm)) form: ObservationForm) {
    await this.planning.observe(actor, id, form);
    return seeOther(`/consultations/${id}/ouverture`, 'Votre observation figurera au procès-verbal.');
  }

  @Post('ouverture/clore')
  @Redirect()
  async close(@Who() actor: Actor, @Param('id') id: string) {
    await this.planning.close(actor, id);
    return seeOther(`/consultations/${id}/ouverture`, 'La séance est close : son procès-verbal est dressé.');
  }

  @Get('plis/:bidId/illisible')
  @Render('bids/unreadable')
  async unreadablePage(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string) {
    return { ...(await this.opened.bid(actor, id, bidId)), reasons: unreadableOptions() };
  }

  @Post('plis/:bidId/illisible')
  @Redirect()
  async unreadable(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body(new As(UnreadableForm)) form: UnreadableForm) {
    await this.planning.declareUnreadable(actor, id, bidId, form);
    return seeOther(`/consultations/${id}/plis`, 'Le pli est déclaré illisible. L’analyse en tient compte.');
  }
}

@Controller('api/consultations/:id')
export class OpeningSessionApi {
  constructor(
    private readonly planning: OpeningPlanningService,
    private readonly members: OpeningMembersService,
  ) {}

  @Put('opening/session')
  @HttpCode(204)
  async plan(@Who() actor: Actor, @Param('id') id: string, @Body(new As(PlanForm)) form: PlanForm) {
    await this.planning.plan(actor, id, form);
  }

  @Post('opening/replacements')
  @HttpCode(204)
  async replace(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReplaceOpenerForm)) form: ReplaceOpenerForm) {
    await this.members.replace(actor, id, form);
  }

  @Post('opening/recusal')
  @HttpCode(204)
  async recuse(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RecuseForm)) form: RecuseForm) {
    await this.members.recuse(actor, id, form);
  }

  @Post('opening/observations')
  @HttpCode(204)
  async observe(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ObservationForm)) form: ObservationForm) {
    await this.planning.observe(actor, id, form);
  }

  @Post('opening/closing')
  @HttpCode(204)
  async close(@Who() actor: Actor, @Param('id') id: string) {
    await this.planning.close(actor, id);
  }

  @Post('bids/:bidId/unreadable')
  @HttpCode(204)
  async unreadable(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body(new As(UnreadableForm)) form: UnreadableForm) {
    await this.planning.declareUnreadable(actor, id, bidId, form);
  }
}
