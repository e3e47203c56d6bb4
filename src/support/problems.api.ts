import { Body, Controller, Get, Post, Query, Req } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { Vault } from '../platform/vault.js';
import { Arrival, As, Public, queryText, type Req as Request, Who } from '../platform/web.js';
import { ProblemForm } from './problem.forms.js';
import { showProblem, showThanks } from './problem.view.js';
import { ProblemsService } from './problems.service.js';

@Controller('api/problems')
export class ProblemsApi {
  constructor(
    private readonly problems: ProblemsService,
    private readonly vault: Vault,
  ) {}

  @Public()
  @Post()
  async report(@Who() actor: Actor, @Body(new As(ProblemForm)) form: ProblemForm, @Arrival() arrivedAt: Date, @Req() request: Request) {
    return showThanks(await this.problems.report(actor, form, { arrivedAt, userAgent: request.headers['user-agent'], address: request.ip }), this.vault);
  }

  @Get()
  async list(@Who() actor: Actor, @Query('after') after: unknown) {
    const { reports, next } = await this.problems.list(actor, queryText(after));
    return { problems: reports.map((one) => showProblem(one, actor, this.vault)), next };
  }
}
