import { Controller, Delete, Get, Head, Header, HttpCode, Options, Param, Patch, Post, Render, Req, Res } from '@nestjs/common';
import { Config } from '../config.js';
import { machineNow } from '../platform/clock.js';
import { DomainError } from '../platform/errors.js';
import { serveTus } from '../platform/tus.js';
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
  async form(@Req() request: Request, @Res() response: Response) {
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

  @Options('envois')
  ask(@Req() request: Request, @Res() response: Response) {
    return this.serve(request, response);
  }

  @Post('envois')
  create(@Req() request: Request, @Res() response: Response) {
    return this.serve(request, response);
  }

  @Options('envois/:id')
  askOne(@Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(request, response, id);
  }

  @Head('envois/:id')
  offset(@Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(request, response, id);
  }

  @Patch('envois/:id')
  append(@Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(request, response, id);
  }

  @Delete('envois/:id')
  cancel(@Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(request, response, id);
  }

  /** The trial's receipt, once: nothing is left of it afterwards. */
  @Post('envois/:id/recu')
  @HttpCode(200)
  finish(@Param('id') id: string) {
    return this.workstation.finish(id);
  }

  private serve(request: Request, response: Response, id?: string) {
    return serveTus(request, response, this.workstation.of(request.ip ?? ''), { path: '/tester-mon-poste/envois', holder: request.ip ?? '', maxBytes: MOST_BYTES }, id);
  }

  private view() {
    const { maxFileBytes, maxBidBytes, maxBidFiles } = this.config;
    return { limits: { maxFileBytes, maxBidBytes, maxBidFiles }, mostBytes: MOST_BYTES, publicKey: this.keyring.publicKeyPem };
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
