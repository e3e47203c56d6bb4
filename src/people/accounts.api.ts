import { Body, Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, Public, type Req as Request, Who } from '../platform/web.js';
import { SignInForm } from './accounts.forms.js';
import { AccountsService } from './accounts.service.js';
import { Sessions } from './sessions.js';

/** Programs send `Authorization: Bearer <token>`: no cookie, hence no CSRF token. */
@Controller('api')
export class AccountsApi {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: Sessions,
  ) {}

  @Public()
  @Post('session')
  async open(@Body(new As(SignInForm)) form: SignInForm) {
    return { token: await this.accounts.signIn(form.email, form.password) };
  }

  @Get('session')
  show(@Who() actor: Actor, @Req() request: Request) {
    return { name: actor.name, mandates: actor.mandates, csrf: request.session?.csrf };
  }

  @Delete('session')
  @HttpCode(204)
  async close(@Req() request: Request) {
    if (request.session) await this.sessions.close(request.session.id);
  }

  @Get('accounts')
  list(@Who() actor: Actor) {
    return this.accounts.list(actor);
  }
}
