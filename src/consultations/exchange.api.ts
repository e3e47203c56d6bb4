import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, queryRank, type Req as Request, Who } from '../platform/web.js';
import { ChangesService } from './changes.service.js';
import { AddressForm, AnswerForm, AskForm, ColleagueForm, DocumentForm, ExtendForm, IntentForm, RecordQuestionForm, RectifyForm } from './exchange.forms.js';
import { showDispatch, showNotice, showOwnQuestion, showQuestion, showQuestionToBuyer, showWithdrawal, takenBy } from './exchange.view.js';
import { FollowUpService } from './follow-up.service.js';
import { QuestionsService } from './questions.service.js';

@Controller('api/consultations/:id')
export class ExchangeApi {
  constructor(
    private readonly questions: QuestionsService,
    private readonly changes: ChangesService,
    private readonly followUp: FollowUpService,
    private readonly config: Config,
  ) {}

  @Get('questions')
  async list(@Who() actor: Actor, @Param('id') id: string, @Query('after') after: unknown) {
    const { consultation, invitation, agent, questions, next } = await this.questions.list(actor, id, queryRank(after));
    const zone = consultation.timeZone;
    const rows = questions.map((one) => {
      if (agent) return showQuestionToBuyer(one, zone);
      return one.organisationId === invitation?.organisationId ? showOwnQuestion(one, zone) : showQuestion(one, zone);
    });
    return { rows, next };
  }

  @Post('questions')
  ask(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AskForm)) form: AskForm) {
    return this.questions.ask(actor, id, form.text);
  }

  @Post('questions/received')
  async record(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RecordQuestionForm)) form: RecordQuestionForm) {
    await this.questions.record(actor, id, form);
    return this.list(actor, id, '');
  }

  @Post('questions/publication')
  @HttpCode(200)
  publish(@Who() actor: Actor, @Param('id') id: string) {
    return this.questions.publish(actor, id);
  }

  @Put('questions/:questionId/answer')
  async draft(@Who() actor: Actor, @Param('id') id: string, @Param('questionId') questionId: string, @Body(new As(AnswerForm)) form: AnswerForm) {
    await this.questions.draft(actor, id, questionId, form);
    return this.list(actor, id, '');
  }

  @Post('questions/:questionId/withdrawal')
  @HttpCode(200)
  async withdraw(@Who() actor: Actor, @Param('id') id: string, @Param('questionId') questionId: string) {
    await this.questions.withdraw(actor, id, questionId);
    return this.list(actor, id, '');
  }

  @Get('follow-up')
  async follow(@Who() actor: Actor, @Param('id') id: string) {
    const { invitations, documents, withdrawals, notices } = await this.followUp.show(actor, id);
    return { invitations: invitations.map((one) => ({ ...showDispatch(one), documents: takenBy(one, withdrawals, documents) })), withdrawals: withdrawals.map((one) => showWithdrawal(one, documents)), notices: notices.map((one) => showNotice(one, id)) };
  }

  @Post('extension')
  @HttpCode(200)
  async extend(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ExtendForm)) form: ExtendForm) {
    await this.changes.extend(actor, id, form);
    return this.follow(actor, id);
  }

  @Post('documents')
  async addDocument(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'document', this.config.maxDocumentBytes);
    await this.changes.addDocument(actor, id, new As(DocumentForm).transform(fields, { type: 'body' }), file);
    return this.follow(actor, id);
  }

  @Post('rectification')
  @HttpCode(200)
  async rectify(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RectifyForm)) form: RectifyForm) {
    await this.changes.rectify(actor, id, form);
    return this.follow(actor, id);
  }

  @Put('invitations/:invitationId/address')
  async repair(@Who() actor: Actor, @Param('id') id: string, @Param('invitationId') invitationId: string, @Body(new As(AddressForm)) form: AddressForm) {
    await this.followUp.repair(actor, id, invitationId, form.email);
    return this.follow(actor, id);
  }

  @Put('invitations/:invitationId/bounce')
  async bounced(@Who() actor: Actor, @Param('id') id: string, @Param('invitationId') invitationId: string) {
    await this.followUp.bounced(actor, id, invitationId);
    return this.follow(actor, id);
  }

  @Put('intent')
  @HttpCode(204)
  async intent(@Who() actor: Actor, @Param('id') id: string, @Body(new As(IntentForm)) form: IntentForm) {
    await this.followUp.intent(actor, id, form.intent);
  }

  @Post('colleagues')
  @HttpCode(204)
  async colleague(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ColleagueForm)) form: ColleagueForm) {
    await this.followUp.addColleague(actor, id, form.email);
  }
}
