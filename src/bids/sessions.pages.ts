import { Body, Controller, Get, HttpCode, Param, Post, Redirect, Render, StreamableFile } from '@nestjs/common';
import { showConsultation } from '../consultations/consultation.view.js';
import type { Actor } from '../platform/actor.js';
import { As, seeOther, Who, Whole } from '../platform/web.js';
import { ConfirmForm } from './bids.forms.js';
import { DELIVERY_KINDS } from './delivery.js';
import { OpenedBidsService } from './opened-bids.service.js';
import { SessionsService } from './sessions.service.js';

function showSession({ consultation, session, openers, confirmed, subjects, can, now }: Awaited<ReturnType<SessionsService['state']>>) {
  return {
    consultation: showConsultation(consultation, now),
    number: session.number,
    quorum: session.quorum,
    openedAt: session.releasedAt,
    openers,
    confirmed,
    subjects: subjects.map((one) => ({ operator: one.organisation.name, receivedAt: one.receivedAt, what: one.handed ? `${DELIVERY_KINDS[one.handed.kind]} sur support physique` : 'Pli électronique' })),
    can,
  };
}

/** Séances complémentaires, after the opening. */
@Controller('consultations/:id/ouverture/:number')
export class SessionsPages {
  constructor(
    private readonly sessions: SessionsService,
    private readonly opened: OpenedBidsService,
  ) {}

  @Get()
  @Render('bids/session')
  async show(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    return showSession(await this.sessions.state(actor, id, number));
  }

  @Post('confirmer')
  @Redirect()
  async confirm(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ConfirmForm)) _: ConfirmForm) {
    await this.sessions.confirm(actor, id, number);
    return seeOther(`/consultations/${id}/ouverture/${number}`, 'Votre confirmation est enregistrée.');
  }

  @Post('ouvrir')
  @Redirect()
  async open(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    await this.sessions.open(actor, id, number);
    return seeOther(`/consultations/${id}/plis`, 'Le pli est ouvert.');
  }

  @Get('proces-verbal.pdf')
  async minutes(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    return new StreamableFile(await this.opened.document(actor, id, 'minutes', number), { type: 'application/pdf', disposition: `inline; filename="proces-verbal-${number}.pdf"` });
  }

  @Get('registre.pdf')
  async register(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    return new StreamableFile(await this.opened.document(actor, id, 'register', number), { type: 'application/pdf', disposition: `inline; filename="registre-${number}.pdf"` });
  }
}

@Controller('api/consultations/:id/sessions/:number')
export class SessionsApi {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  async show(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    return showSession(await this.sessions.state(actor, id, number));
  }

  @Post('confirmation')
  @HttpCode(204)
  async confirm(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ConfirmForm)) _: ConfirmForm) {
    await this.sessions.confirm(actor, id, number);
  }

  @Post('opening')
  @HttpCode(200)
  open(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    return this.sessions.open(actor, id, number);
  }
}
