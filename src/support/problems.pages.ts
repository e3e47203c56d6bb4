import { Body, Controller, Get, Param, Post, Query, Render, Req, Res } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { type FieldError, Invalid, TooMany } from '../platform/errors.js';
import { Arrival, As, Public, queryText, type Req as Request, type Res as Response, Who } from '../platform/web.js';
import { ProblemForm } from './problem.forms.js';
import { mayListProblems } from './problem.policy.js';
import { pagePath } from './problem-report.js';
import { showProblem, showThanks } from './problem.view.js';
import { ProblemsService } from './problems.service.js';
import { Vault } from '../platform/vault.js';

@Controller()
export class ProblemsPages {
  constructor(
    private readonly problems: ProblemsService,
    private readonly vault: Vault,
  ) {}

  @Public()
  @Get('signaler-un-probleme')
  @Render('support/problem')
  form(@Who() actor: Actor, @Req() request: Request, @Query('consultation') reference: unknown, @Query('octets') bytes: unknown) {
    return { reference: queryText(reference), page: pageOf(request), lastUploadBytes: queryText(bytes), readable: mayListProblems(actor) };
  }

  /** Refusals are shown on this answer itself, whatever the length: nothing that was typed travels through a redirect. */
  @Public()
  @Post('signaler-un-probleme')
  async report(@Who() actor: Actor, @Body() body: unknown, @Arrival() arrivedAt: Date, @Req() request: Request, @Res() response: Response) {
    try {
      const form = new As(ProblemForm).transform(body, { type: 'body' });
      const { id } = await this.problems.report(actor, form, { arrivedAt, userAgent: request.headers['user-agent'], address: request.ip });
      response.redirect(303, `/signaler-un-probleme/${id}`);
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof TooMany)) throw error;
      const errors: FieldError[] = error instanceof Invalid ? error.errors : [{ field: '', message: error.message }];
      const { website: _, _csrf, ...typed } = (body ?? {}) as Record<string, unknown>;
      const errorOf = Object.fromEntries(errors.map((one) => [one.field, one.message]));
      response.status(error.status).render('support/problem', { errors, errorOf, typed, page: typed.page, lastUploadBytes: typed.lastUploadBytes, readable: mayListProblems(actor) });
    }
  }

  @Public()
  @Get('signaler-un-probleme/:id')
  @Render('support/problem-thanks')
  async thanks(@Param('id') id: string) {
    return { report: showThanks(await this.problems.thanks(id), this.vault) };
  }

  @Get('problemes')
  @Render('support/problems')
  async list(@Who() actor: Actor, @Query('apres') after: unknown) {
    const { reports, next } = await this.problems.list(actor, queryText(after));
    return { reports: reports.map((one) => showProblem(one, actor, this.vault)), next, nextHref: next ? `/problemes?apres=${next}` : null, technical: actor.has('sysadmin') };
  }
}

/** The page of ours one comes from. */
function pageOf(request: Request): string {
  const { referer, host } = request.headers;
  if (!referer || !URL.canParse(referer)) return '';
  const url = new URL(referer);
  return url.host === host && !url.pathname.startsWith('/signaler-un-probleme') ? (pagePath(url.pathname) ?? '') : '';
}
