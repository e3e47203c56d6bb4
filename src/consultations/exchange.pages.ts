import { Body, Controller, Get, Param, Post, Query, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { preciseFrench } from '../platform/dates.js';
import { uploadOf } from '../platform/media.js';
import { readFormWithFile } from '../platform/multipart.js';
import { csvFile } from '../platform/spreadsheet.js';
import { As, queryRank, type Req as Request, seeOther, Who } from '../platform/web.js';
import { dayInFrench } from '../platform/working-days.js';
import { ChangesService } from './changes.service.js';
import { DOCUMENT_KINDS, UPLOADED_KINDS } from './consultation-parts.js';
import { showConsultation } from './consultation.view.js';
import { AddressForm, AnswerForm, AskForm, ColleagueForm, DocumentForm, ExtendForm, IntentForm, RecordQuestionForm, RectifyForm } from './exchange.forms.js';
import { CHANNELS } from './exchange.js';
import { isLost, questionsUntil, sharedMailboxes, showDispatch, showNotice, showOwnQuestion, showQuestion, showQuestionToBuyer, showWithdrawal, takenBy } from './exchange.view.js';
import { FollowUpService } from './follow-up.service.js';
import { QuestionsService } from './questions.service.js';

@Controller('consultations/:id')
export class ExchangePages {
  constructor(
    private readonly questions: QuestionsService,
    private readonly changes: ChangesService,
    private readonly followUp: FollowUpService,
    private readonly config: Config,
  ) {}

  @Get('questions')
  @Render('consultations/questions')
  async list(@Who() actor: Actor, @Param('id') id: string, @Query('apres') after: unknown) {
    const found = await this.questions.list(actor, id, queryRank(after));
    const { consultation, invitation, agent, counts, now } = found;
    const zone = consultation.timeZone;
    const open = consultation.status === 'launched' && consultation.isInTime(now);
    return {
      consultation: showConsultation(consultation, now),
      agent,
      open,
      until: questionsUntil(consultation),
      pastCutOff: open && !consultation.takesQuestions(consultation.localDay(now)),
      manages: found.manages && open,
      questions: agent ? found.questions.map((one) => showQuestionToBuyer(one, zone)) : [],
      own: agent ? [] : found.questions.filter((one) => one.organisationId === invitation?.organisationId).map((one) => showOwnQuestion(one, zone)),
      published: agent ? [] : found.questions.filter((one) => one.status === 'published').map((one) => showQuestion(one, zone)),
      counts: { received: counts.received ?? 0, drafted: counts.drafted ?? 0, published: counts.published ?? 0 },
      nextHref: found.next ? `/consultations/${id}/questions?apres=${found.next}` : null,
      channels: Object.entries(CHANNELS).filter(([value]) => value !== 'platform').map(([value, label]) => ({ value, label: label.charAt(0).toUpperCase() + label.slice(1) })),
      organisations: found.invited.map((one) => ({ value: one.organisationId, label: one.name })),
    };
  }

  @Get('reponses.pdf')
  async answersPdf(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.questions.pdf(actor, id), { type: 'application/pdf', disposition: 'inline; filename="reponses.pdf"' });
  }

  @Post('questions')
  @Redirect()
  async ask(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AskForm)) form: AskForm) {
    await this.questions.ask(actor, id, form.text);
    return seeOther(`/consultations/${id}/questions`, 'Votre question est envoyée. La réponse sera envoyée à tous les invités, sans dire qui a posé la question.');
  }

  @Post('questions/recues')
  @Redirect()
  async record(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RecordQuestionForm)) form: RecordQuestionForm) {
    await this.questions.record(actor, id, form);
    return seeOther(`/consultations/${id}/questions`, 'La question est enregistrée.');
  }

  @Post('questions/publier')
  @Redirect()
  async publish(@Who() actor: Actor, @Param('id') id: string) {
    await this.questions.publish(actor, id);
    return seeOther(`/consultations/${id}/questions`, 'Les réponses sont publiées ; chaque organisation invitée en est prévenue.');
  }

  @Post('questions/:questionId/repondre')
  @Redirect()
  async draft(@Who() actor: Actor, @Param('id') id: string, @Param('questionId') questionId: string, @Body(new As(AnswerForm)) form: AnswerForm) {
    await this.questions.draft(actor, id, questionId, form);
    return seeOther(`/consultations/${id}/questions`, 'Le projet de réponse est enregistré. Rien n’est encore publié.');
  }

  @Post('questions/:questionId/retirer')
  @Redirect()
  async withdraw(@Who() actor: Actor, @Param('id') id: string, @Param('questionId') questionId: string) {
    await this.questions.withdraw(actor, id, questionId);
    return seeOther(`/consultations/${id}/questions`, 'La question est retirée.');
  }

  @Get('suivi')
  @Render('consultations/follow-up')
  async follow(@Who() actor: Actor, @Param('id') id: string) {
    const { consultation, offer, invitations, documents, withdrawals, notices, manages, now } = await this.followUp.show(actor, id);
    const open = consultation.status === 'launched' && consultation.isInTime(now);
    return {
      consultation: showConsultation(consultation, now),
      status: consultation.status,
      minutesLost: offer?.minutes ?? 0,
      deadlineTyped: consultation.localDeadline,
      manages,
      open: open && manages,
      settingsHref: `/consultations/${id}/reglages`,
      invitations: invitations.map((one) => ({ ...showDispatch(one), documents: takenBy(one, withdrawals, documents) })),
      failed: invitations.filter(isLost).length,
      questionsBefore: consultation.questionsBefore && dayInFrench(consultation.questionsBefore),
      shared: sharedMailboxes(invitations),
      documents: documents.map((one) => ({ id: one.id, title: one.title, version: one.version, note: one.note, superseded: one.supersededAt !== null, href: `/consultations/${id}/documents/${one.id}` })),
      current: documents.filter((one) => one.supersededAt === null).map((one) => ({ value: one.id, label: `${one.title} (version ${one.version})` })),
      withdrawals: withdrawals.map((one) => showWithdrawal(one, documents)),
      notices: notices.map((one) => showNotice(one, id)),
      upload: uploadOf(this.config),
      kinds: UPLOADED_KINDS.map((value) => ({ value, label: DOCUMENT_KINDS[value] })),
    };
  }

  @Post('reporter')
  @Redirect()
  async extend(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ExtendForm)) form: ExtendForm) {
    await this.changes.extend(actor, id, form);
    return seeOther(`/consultations/${id}/suivi#avis`, 'La date limite est reportée ; chaque organisation invitée en est prévenue.');
  }

  @Post('documents')
  @Redirect()
  async addDocument(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'document', this.config.maxDocumentBytes);
    await this.changes.addDocument(actor, id, new As(DocumentForm).transform(fields, { type: 'body' }), file);
    return seeOther(`/consultations/${id}/suivi#documents`, 'Le document est diffusé ; chaque organisation invitée en est prévenue.');
  }

  @Post('rectifier')
  @Redirect()
  async rectify(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RectifyForm)) form: RectifyForm) {
    await this.changes.rectify(actor, id, form);
    return seeOther(`/consultations/${id}/suivi#avis`, 'L’avis est diffusé à chaque organisation invitée.');
  }

  @Post('invitations/:invitationId/adresse')
  @Redirect()
  async repair(@Who() actor: Actor, @Param('id') id: string, @Param('invitationId') invitationId: string, @Body(new As(AddressForm)) form: AddressForm) {
    await this.followUp.repair(actor, id, invitationId, form.email);
    return seeOther(`/consultations/${id}/suivi#invites`, 'L’adresse est corrigée, et l’invitation repart.');
  }

  @Post('invitations/:invitationId/revenu')
  @Redirect()
  async bounced(@Who() actor: Actor, @Param('id') id: string, @Param('invitationId') invitationId: string) {
    await this.followUp.bounced(actor, id, invitationId);
    return seeOther(`/consultations/${id}/suivi#invites`, 'Le retour du courriel est enregistré : corrigez l’adresse, et l’invitation repart.');
  }

  /** Registre des retraits (domain.md 2.3), to keep with the file. */
  @Get('retraits.csv')
  async withdrawals(@Who() actor: Actor, @Param('id') id: string) {
    const { consultation, documents, withdrawals } = await this.followUp.show(actor, id);
    const rows = withdrawals.map((one) => showWithdrawal(one, documents)).map((one) => [one.organisation, one.person, one.document, preciseFrench(one.at, consultation.timeZone)]);
    return new StreamableFile(csvFile(['Organisation', 'Personne', 'Document', 'Retiré le'], rows), { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="registre-des-retraits.csv"' });
  }

  @Post('intention')
  @Redirect()
  async intent(@Who() actor: Actor, @Param('id') id: string, @Body(new As(IntentForm)) form: IntentForm) {
    await this.followUp.intent(actor, id, form.intent);
    return seeOther(`/consultations/${id}#intention`, 'Votre réponse est enregistrée. Elle n’engage à rien, et se change ici.');
  }

  @Post('collegue')
  @Redirect()
  async colleague(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ColleagueForm)) form: ColleagueForm) {
    await this.followUp.addColleague(actor, id, form.email);
    return seeOther(`/consultations/${id}#collegue`, 'Un courriel part à votre collègue.');
  }
}

