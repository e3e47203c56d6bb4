import { Body, Controller, Get, Param, Post, Redirect, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { isShown } from '../platform/media.js';
import { As, seeOther, Who } from '../platform/web.js';
import { AnswerForm, AskForm, CheckForm, InformForm, OutcomeForm, PassForm, RecordedRequestForm, RemedyForm, ReverseForm, WhyForm } from './award.forms.js';
import { showAward } from './award.view.js';
import { DecisionService } from './decision.service.js';
import { ExhibitsService } from './exhibits.service.js';
import { AwardFollowUpService } from './follow-up.service.js';
import { ProposalsService } from './proposals.service.js';

export const fileOf = ({ name, mediaType, size, stream }: Awaited<ReturnType<AwardFollowUpService['piece']>>) =>
  new StreamableFile(stream, { type: mediaType, length: size, disposition: `${isShown(mediaType) ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}` });

const page = (id: string) => `/consultations/${id}/attribution`;

/** Attribution, for the agents of the buyer. */
@Controller('consultations/:id/attribution')
export class AwardsPages {
  constructor(
    private readonly proposals: ProposalsService,
    private readonly decisions: DecisionService,
    private readonly followUp: AwardFollowUpService,
    private readonly exhibits: ExhibitsService,
  ) {}

  @Get()
  @Render('awards/show')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return { award: showAward(await this.followUp.show(actor, id)) };
  }

  @Get('lettres/:which.pdf')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('which') which: string) {
    return new StreamableFile(await this.decisions.preview(actor, id, which), { type: 'application/pdf', disposition: 'inline; filename="lettre.pdf"' });
  }

  @Get('pieces/:certificateId')
  async piece(@Who() actor: Actor, @Param('id') id: string, @Param('certificateId') certificateId: string) {
    return fileOf(await this.followUp.piece(actor, id, certificateId));
  }

  /** The numbered exhibits for the judge. */
  @Get('pieces-du-dossier.zip')
  async exhibit(@Who() actor: Actor, @Param('id') id: string) {
    const { stream, reference } = await this.exhibits.build(actor, id);
    return new StreamableFile(stream, { type: 'application/zip', disposition: `attachment; filename*=UTF-8''pieces-${encodeURIComponent(reference)}.zip` });
  }

  @Post('proposer')
  @Redirect()
  async propose(@Who() actor: Actor, @Param('id') id: string) {
    await this.proposals.propose(actor, id);
    return seeOther(page(id), 'L’attributaire est proposé : demandez-lui ses pièces.');
  }

  @Post('pieces')
  @Redirect()
  async ask(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AskForm)) form: AskForm) {
    await this.proposals.ask(actor, id, form);
    return seeOther(page(id), form.certificates.length > 0 ? 'Les pièces sont demandées à l’attributaire pressenti, et à lui seul.' : 'Aucune pièce n’est demandée ; le motif est gardé.');
  }

  @Post('pieces/:certificateId')
  @Redirect()
  async check(@Who() actor: Actor, @Param('id') id: string, @Param('certificateId') certificateId: string, @Body(new As(CheckForm)) form: CheckForm) {
    await this.proposals.check(actor, id, certificateId, form);
    return seeOther(page(id), form.outcome === 'accepted' ? 'La pièce est acceptée.' : 'La pièce est refusée ; l’attributaire pressenti est prié d’en envoyer une autre.');
  }

  @Post('ecarter')
  @Redirect()
  async pass(@Who() actor: Actor, @Param('id') id: string, @Body(new As(PassForm)) form: PassForm) {
    await this.proposals.pass(actor, id, form);
    return seeOther(page(id), 'Le candidat suivant est proposé ; le motif est gardé.');
  }

  @Post('retirer')
  @Redirect()
  async withdraw(@Who() actor: Actor, @Param('id') id: string, @Body(new As(WhyForm)) form: WhyForm) {
    await this.proposals.withdraw(actor, id, form.reason);
    return seeOther(page(id), 'La proposition est retirée ; le motif est gardé.');
  }

  @Post('decider')
  @Redirect()
  async decide(@Who() actor: Actor, @Param('id') id: string) {
    await this.decisions.decide(actor, id);
    return seeOther(page(id), 'La décision d’attribution est signée. Relisez les lettres, puis envoyez-les.');
  }

  @Post('lettres')
  @Redirect()
  async inform(@Who() actor: Actor, @Param('id') id: string, @Body(new As(InformForm)) form: InformForm) {
    const { letters } = await this.decisions.inform(actor, id, form);
    return seeOther(page(id), `${counted(letters, 'lettre est signée et part', 'lettres sont signées et partent ensemble')}.`);
  }

  @Post('rapporter')
  @Redirect()
  async reverse(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReverseForm)) form: ReverseForm) {
    await this.decisions.reverse(actor, id, form);
    return seeOther(page(id), 'La décision est rapportée ; elle reste au dossier avec son motif.');
  }

  @Post('recours')
  @Redirect()
  async remedy(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RemedyForm)) form: RemedyForm) {
    await this.followUp.record(actor, id, form);
    return seeOther(`${page(id)}#recours`, 'Le recours est enregistré.');
  }

  @Post('recours/:remedyId')
  @Redirect()
  async outcome(@Who() actor: Actor, @Param('id') id: string, @Param('remedyId') remedyId: string, @Body(new As(OutcomeForm)) form: OutcomeForm) {
    await this.followUp.close(actor, id, remedyId, form);
    return seeOther(`${page(id)}#recours`, 'L’issue du recours est enregistrée.');
  }

  @Post('motifs')
  @Redirect()
  async request(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RecordedRequestForm)) form: RecordedRequestForm) {
    await this.followUp.recordRequest(actor, id, form);
    return seeOther(`${page(id)}#motifs`, 'La demande est enregistrée : quinze jours pour y répondre.');
  }

  @Post('motifs/:requestId')
  @Redirect()
  async answer(@Who() actor: Actor, @Param('id') id: string, @Param('requestId') requestId: string, @Body(new As(AnswerForm)) form: AnswerForm) {
    await this.followUp.answer(actor, id, requestId, form);
    return seeOther(`${page(id)}#motifs`, 'La réponse est signée, et part.');
  }
}
