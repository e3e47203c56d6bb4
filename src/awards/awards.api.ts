import { Body, Controller, Get, HttpCode, Param, Post, Put, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, Who } from '../platform/web.js';
import { AnswerForm, AskForm, CheckForm, InformForm, OutcomeForm, PassForm, RecordedRequestForm, RemedyForm, ReverseForm, WhyForm } from './award.forms.js';
import { showAward } from './award.view.js';
import { fileOf } from './awards.pages.js';
import { DecisionService } from './decision.service.js';
import { ExhibitsService } from './exhibits.service.js';
import { AwardFollowUpService } from './follow-up.service.js';
import { ProposalsService } from './proposals.service.js';

@Controller('api/consultations/:id/award')
export class AwardsApi {
  constructor(
    private readonly proposals: ProposalsService,
    private readonly decisions: DecisionService,
    private readonly followUp: AwardFollowUpService,
    private readonly exhibits: ExhibitsService,
  ) {}

  @Get()
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showAward(await this.followUp.show(actor, id));
  }

  @Post()
  async propose(@Who() actor: Actor, @Param('id') id: string) {
    await this.proposals.propose(actor, id);
    return this.show(actor, id);
  }

  @Put('certificates')
  async ask(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AskForm)) form: AskForm) {
    await this.proposals.ask(actor, id, form);
    return this.show(actor, id);
  }

  @Get('certificates/:certificateId')
  async piece(@Who() actor: Actor, @Param('id') id: string, @Param('certificateId') certificateId: string) {
    return fileOf(await this.followUp.piece(actor, id, certificateId));
  }

  @Put('certificates/:certificateId')
  async check(@Who() actor: Actor, @Param('id') id: string, @Param('certificateId') certificateId: string, @Body(new As(CheckForm)) form: CheckForm) {
    await this.proposals.check(actor, id, certificateId, form);
    return this.show(actor, id);
  }

  @Post('next')
  @HttpCode(200)
  async pass(@Who() actor: Actor, @Param('id') id: string, @Body(new As(PassForm)) form: PassForm) {
    await this.proposals.pass(actor, id, form);
    return this.show(actor, id);
  }

  @Post('withdrawal')
  @HttpCode(200)
  async withdraw(@Who() actor: Actor, @Param('id') id: string, @Body(new As(WhyForm)) form: WhyForm) {
    await this.proposals.withdraw(actor, id, form.reason);
    return this.show(actor, id);
  }

  @Post('decision')
  @HttpCode(200)
  async decide(@Who() actor: Actor, @Param('id') id: string) {
    await this.decisions.decide(actor, id);
    return this.show(actor, id);
  }

  @Post('letters')
  @HttpCode(200)
  async inform(@Who() actor: Actor, @Param('id') id: string, @Body(new As(InformForm)) form: InformForm) {
    await this.decisions.inform(actor, id, form);
    return this.show(actor, id);
  }

  @Get('letters/:which')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('which') which: string) {
    return new StreamableFile(await this.decisions.preview(actor, id, which), { type: 'application/pdf' });
  }

  @Post('reversal')
  @HttpCode(200)
  async reverse(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReverseForm)) form: ReverseForm) {
    await this.decisions.reverse(actor, id, form);
    return this.show(actor, id);
  }

  @Post('remedies')
  async remedy(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RemedyForm)) form: RemedyForm) {
    await this.followUp.record(actor, id, form);
    return this.show(actor, id);
  }

  @Put('remedies/:remedyId/outcome')
  async outcome(@Who() actor: Actor, @Param('id') id: string, @Param('remedyId') remedyId: string, @Body(new As(OutcomeForm)) form: OutcomeForm) {
    await this.followUp.close(actor, id, remedyId, form);
    return this.show(actor, id);
  }

  @Post('reasons-requests')
  async request(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RecordedRequestForm)) form: RecordedRequestForm) {
    await this.followUp.recordRequest(actor, id, form);
    return this.show(actor, id);
  }

  @Put('reasons-requests/:requestId/answer')
  async answer(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Body(new As(AnswerForm)) form: AnswerForm) {
    await this.followUp.answer(actor, id, requestId, form);
    return this.show(actor, id);
  }

  @Get('exhibits')
  async exhibit(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile((await this.exhibits.build(actor, id)).stream, { type: 'application/zip' });
  }
}
