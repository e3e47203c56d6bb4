import { Controller, Get, HttpStatus, Param, Post, Req, Res, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import { CHANNEL_NAMES, type Consultation } from '../consultations/consultation.js';
import { showConsultation } from '../consultations/consultation.view.js';
import type { Actor } from '../platform/actor.js';
import { Invalid } from '../platform/errors.js';
import { readFormWithFiles } from '../platform/multipart.js';
import { csvFile } from '../platform/spreadsheet.js';
import { queryText, type Req as Request, type Res as Response, Who } from '../platform/web.js';
import type { ImportPlan } from './import-plan.js';
import { REGISTER_COLUMNS } from './import-register.js';
import { BidImportsService } from './imports.service.js';

const REGISTER_MAX_BYTES = 8_000_000;

/** Named openers only; what it reads stands in the two files that they hold. */
function showPlan({ bids, errors, openedThereAt, seen }: ImportPlan) {
  return {
    bids: bids.map(({ line, invitation, receivedAt, late, files, folder }) => ({ line, operator: invitation.name, receivedAt, late, folder, files: files.length, bytes: files.reduce((sum, one) => sum + one.size, 0) })),
    errors,
    openedThereAt,
    seen: errors.length === 0 ? seen : null,
  };
}

@Controller('consultations/:id/reprise')
export class BidImportsPages {
  constructor(
    private readonly imports: BidImportsService,
    private readonly config: Config,
  ) {}

  @Get()
  async show(@Who() actor: Actor, @Param('id') id: string, @Res() response: Response) {
    const { consultation, done, may, now } = await this.imports.show(actor, id);
    response.render('bids/import', { ...this.page(consultation, now), imported: done && { at: done.at, openedThereAt: done.openedThereAt }, may, ready: now >= consultation.opensAt });
  }

  /** A rehearsal, or the import of what was rehearsed: the same form, and the same page says what is wrong. */
  @Post()
  async run(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    const { given, seen } = await readImport(request, this.config);
    const plan = seen ? await this.imports.run(actor, id, given, seen) : (await this.imports.plan(actor, id, given)).plan;
    if (!plan) return response.redirect(HttpStatus.SEE_OTHER, `/consultations/${id}/ouverture`);
    const { consultation, now } = await this.imports.show(actor, id);
    response.status(plan.errors.length > 0 ? HttpStatus.UNPROCESSABLE_ENTITY : HttpStatus.OK).render('bids/import', { ...this.page(consultation, now), plan: showPlan(plan), may: true, ready: true, typed: { openedThere: given.openedThere, none: given.none ? 'oui' : '' } });
  }

  @Get('modele.csv')
  async model(@Who() actor: Actor, @Param('id') id: string) {
    await this.imports.show(actor, id);
    return new StreamableFile(csvFile([...REGISTER_COLUMNS], [['12345678900012', 'Association exemple', '26/07/2023 12:34:56', 'pli-1']]), { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="registre-modele.csv"' });
  }

  private page(consultation: Consultation, now: Date) {
    const { channel, externalReference, externalLink } = consultation;
    return {
      consultation: { ...showConsultation(consultation, now), opensAt: consultation.opensAt },
      place: { name: CHANNEL_NAMES[channel], reference: externalReference, href: externalLink },
      columns: REGISTER_COLUMNS.join(', '),
      maxRegisterBytes: REGISTER_MAX_BYTES,
      maxArchiveBytes: this.config.maxImportBytes,
    };
  }
}

@Controller('api/consultations/:id/bid-import')
export class BidImportsApi {
  constructor(
    private readonly imports: BidImportsService,
    private readonly config: Config,
  ) {}

  /** Without `seen`, a rehearsal that gives it back; with it, the import. */
  @Post()
  async run(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const { given, seen } = await readImport(request, this.config);
    const plan = seen ? await this.imports.run(actor, id, given, seen) : (await this.imports.plan(actor, id, given)).plan;
    if (plan && plan.errors.length > 0 && seen) throw new Invalid(plan.errors.map(({ line, message }) => ({ field: line === null ? 'archive' : `register:${line}`, message })));
    response.status(plan ? HttpStatus.OK : HttpStatus.CREATED);
    return plan ? showPlan(plan) : { imported: true };
  }
}

async function readImport(request: Request, { maxImportBytes }: Config) {
  const { files, fields } = await readFormWithFiles(request, { register: REGISTER_MAX_BYTES, archive: maxImportBytes });
  return {
    given: { register: files.register ?? null, archive: files.archive ?? null, openedThere: queryText(fields.openedThere), none: queryText(fields.none) === 'oui' },
    seen: queryText(fields.seen),
  };
}
