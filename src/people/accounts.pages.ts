import { Body, Controller, Get, Optional, Param, Post, Query, Redirect, Render, Res } from '@nestjs/common';
import { Config } from '../config.js';
import { Actor } from '../platform/actor.js';
import { As, ownPath, Public, type Req as Request, type Res as Response, seeOther, visitorOf, Who } from '../platform/web.js';
import { Req } from '@nestjs/common';
import { inGroups } from './account-groups.js';
import { AskLinkForm, DemoAccountForm, SignInForm } from './accounts.forms.js';
import { AccountsService } from './accounts.service.js';
import { SessionCookie } from './session-cookie.js';
import { Sessions } from './sessions.js';
import { WhatNow } from './what-now.js';

@Controller()
export class AccountsPages {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: Sessions,
    private readonly cookie: SessionCookie,
    private readonly config: Config,
    @Optional() private readonly whatNow?: WhatNow,
  ) {}

  @Public()
  @Get('connexion')
  @Render('people/sign-in')
  async signInPage(@Query('retour') back: unknown) {
    if (!this.config.demo) return { returnTo: ownPath(back), groups: null };
    const sentence = await this.whatNow?.sentences();
    const accounts = await this.accounts.demonstrationAccounts();
    return { returnTo: ownPath(back), groups: inGroups(accounts.map((one) => ({ ...one, whatNow: sentence?.(one.role, one.id) }))) };
  }

  @Public()
  @Post('connexion')
  @Redirect()
  async signIn(@Body(new As(SignInForm)) form: SignInForm, @Query('retour') back: unknown, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    await this.enter(request, response, await this.accounts.signIn(form.email, form.password));
    return seeOther(ownPath(back));
  }

  @Public()
  @Post('connexion/demonstration')
  @Redirect()
  async signInForDemonstration(
    @Body(new As(DemoAccountForm)) form: DemoAccountForm,
    @Query('retour') back: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    await this.enter(request, response, await this.accounts.signInForDemonstration(form.person));
    return seeOther(ownPath(back));
  }

  @Post('deconnexion')
  @Redirect()
  async signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    if (request.session) await this.sessions.close(request.session.id);
    this.cookie.clear(response);
    response.set('clear-site-data', '"cache"'); // « Précédent » must not show the pages of who has left
    return seeOther('/connexion');
  }

  @Public()
  @Get('lien/:token')
  @Render('people/link')
  async linkPage(@Param('token') token: string) {
    return { token, ...(await this.accounts.linkState(token)) };
  }

  @Public()
  @Post('lien/:token')
  @Redirect()
  async useLink(@Param('token') token: string, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const { session, leadsTo } = await this.accounts.useLink(token);
    const held = await this.enter(request, response, session);
    return seeOther(held?.path ?? leadsTo);
  }

  @Public()
  @Get('demander-un-lien')
  @Render('people/ask-link')
  askLinkPage(@Query('envoye') sent: unknown) {
    return { sent: sent === '1' };
  }

  @Public()
  @Post('demander-un-lien')
  @Redirect()
  async askLink(@Body(new As(AskLinkForm)) form: AskLinkForm, @Req() request: Request) {
    if (visitorOf(request) !== Actor.anonymous) return seeOther('/');
    await this.accounts.askForLink(form.email, '/');
    return seeOther('/demander-un-lien?envoye=1');
  }

  @Get('comptes')
  @Render('people/accounts')
  async list(@Who() actor: Actor) {
    return { accounts: await this.accounts.list(actor) };
  }

  private async enter(request: Request, response: Response, token: string) {
    this.cookie.set(response, token);
    return this.sessions.succeed(request.session, token);
  }
}
