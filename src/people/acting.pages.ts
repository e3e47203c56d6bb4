import { Body, Controller, Get, HttpCode, Post, Put, Redirect, Render, Req } from '@nestjs/common';
import { IsNotEmpty } from 'class-validator';
import type { Actor } from '../platform/actor.js';
import { As, ownPath, type Req as Request, seeOther, Trimmed, Who } from '../platform/web.js';
import { AccountsService } from './accounts.service.js';

export class ActForForm {
  @Trimmed() @IsNotEmpty({ message: 'Choisissez l’organisation.' }) organisation!: string;
  @Trimmed() back: string = '';
}

const own = (actor: Actor) => actor.mandates.filter((one) => one.role === 'bidder').map((one, index) => ({ value: one.organisationId, label: one.organisationName, checked: index === 0 }));

/** For whom one acts, when one mailbox serves several organisations. */
@Controller()
export class ActingPages {
  constructor(private readonly accounts: AccountsService) {}

  @Get('mon-organisation')
  @Render('people/acting')
  choose(@Who() actor: Actor) {
    return { organisations: own(actor).toSorted((a, b) => a.label.localeCompare(b.label, 'fr')) };
  }

  @Post('mon-organisation')
  @Redirect()
  async act(@Who() actor: Actor, @Req() request: Request, @Body(new As(ActForForm)) form: ActForForm) {
    await this.accounts.actFor(actor, request.session?.id ?? '', form.organisation);
    return seeOther(ownPath(form.back, '/consultations'));
  }

  @Put('api/session/organisation')
  @HttpCode(204)
  async actByApi(@Who() actor: Actor, @Req() request: Request, @Body(new As(ActForForm)) form: ActForForm) {
    await this.accounts.actFor(actor, request.session?.id ?? '', form.organisation);
  }
}
