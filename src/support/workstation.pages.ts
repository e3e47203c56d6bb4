import { Controller, Delete, Get, Header, HttpCode, Param, ParseIntPipe, Post, Put, Render, Req, Res } from '@nestjs/common';
import { withBody } from '../bids/upload.js';
import { PART_BYTES } from '../bids/drafts.service.js';
import { Config } from '../config.js';
import { machineNow } from '../platform/clock.js';
import { DomainError } from '../platform/errors.js';
import { Public, type Req as Request, type Res as Response } from '../platform/web.js';
import { Keyring } from '../sealing/keyring.js';
import { MOST_BYTES } from './trials.js';
import { trialForm } from './trial-form.js';
import { WorkstationService, type TrialResult } from './workstation.service.js';

/** « Tester mon poste » : for everybody, at any time. The routes are those of a deposit, under another name. */
@Public()
@Controller('tester-mon-poste')
export class WorkstationPages {
  constructor(
    private readonly workstation: WorkstationService,
    private readonly keyring: Keyring,
    private readonly config: Config,
  ) {}

  @Get()
  @Render('support/workstation')
  page() {
    return this.view();
  }

  /** Machine time: it is the computer that is compared, and in the demonstration legal time is another year. */
  @Get('heure')
  @Header('cache-control', 'no-store')
  hour() {
    return { now: machineNow().toISOString() };
  }

  @Post('fichiers')
  async begin(@Req() request: Request, @Res() response: Response) {
    if (request.is('application/json')) {
      const { size } = (request.body ?? {}) as { size?: unknown };
      const id = this.workstation.begin(request.ip ?? '', typeof size === 'number' ? size : 0);
      response.status(201).json({ id, partUrl: `/tester-mon-poste/fichiers/${id}/parties` });
      return;
    }
    try {
      const result = await trialForm(request, this.workstation);
      response.status(200).render('support/workstation', { ...this.view(), result: shown(result) });
    } catch (error) {
      // The page and a sentence, never an error page: whoever tests must not think that deposits fail.
      if (!(error instanceof DomainError)) throw error;
      request.resume();
      response.status(error.status).render('support/workstation', { ...this.view(), refusal: error.message });
    }
  }

  @Put('fichiers/:id/parties/:n')
  @HttpCode(204)
  async putPart(@Param('id') id: string, @Param('n', ParseIntPipe) n: number, @Req() request: Request) {
    await withBody(request, (body) => this.workstation.putPart(id, n, body));
  }

  @Post('fichiers/:id/fin')
  @HttpCode(200)
  finish(@Param('id') id: string) {
    return this.workstation.finish(id);
  }

  @Delete('fichiers/:id')
  @HttpCode(204)
  cancel(@Param('id') id: string) {
    this.workstation.cancel(id);
  }

  private view() {
    const { maxFileBytes, maxBidBytes, maxBidFiles } = this.config;
    return { limits: { maxFileBytes, maxBidBytes, maxBidFiles }, mostBytes: MOST_BYTES, partBytes: PART_BYTES, publicKey: this.keyring.publicKeyPem };
  }
}

function shown({ receipt, milliseconds }: TrialResult) {
  const seconds = Math.max(milliseconds, 1) / 1000;
  return {
    receipt,
    json: JSON.stringify(receipt, null, 2),
    seconds: seconds.toFixed(1).replace('.', ','),
    speed: ((receipt.size * 8) / seconds / 1_000_000).toFixed(1).replace('.', ','),
  };
}
