import { Controller, Get, Render } from '@nestjs/common';
import { SignatureService } from '../commissions/signature.service.js';
import type { Actor } from '../platform/actor.js';
import { Who } from '../platform/web.js';
import { ContractReadingService } from './contract-reading.service.js';
import { TodoService } from './todo.service.js';

@Controller()
export class TodoPages {
  constructor(private readonly todo: TodoService) {}

  @Get('a-faire')
  @Render('contracts/todo')
  list(@Who() actor: Actor) {
    return this.todo.list(actor);
  }

  @Get('api/todo')
  json(@Who() actor: Actor) {
    return this.todo.list(actor);
  }
}

/** The signatory's parapheur: what waits, of commissions and of contracts, the oldest first. Two queries. */
@Controller('parapheur')
export class ToSignPages {
  constructor(
    private readonly commissions: SignatureService,
    private readonly contracts: ContractReadingService,
  ) {}

  @Get()
  @Render('contracts/to-sign')
  async waiting(@Who() actor: Actor) {
    const rows = [...(await this.commissions.waiting(actor)), ...(await this.contracts.waiting(actor))];
    return { rows: rows.toSorted((a, b) => a.submittedAt.localeCompare(b.submittedAt)) };
  }
}
