import { Controller, Delete, Get, Head, Inject, Options, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { serveTus } from '../platform/tus.js';
import { type Req as Request, type Res as Response, Who } from '../platform/web.js';
import { BidUploadsService } from './uploads.service.js';

/** Files on their way to a draft, by the tus 1.0 protocol (tus.io): creation, creation-with-upload, termination. One set of routes, two addresses. */
abstract class UploadRoutes {
  protected abstract readonly collection: (id: string) => string;

  // By property: the controllers below then need no constructor of their own.
  @Inject(BidUploadsService) private readonly uploads!: BidUploadsService;
  @Inject(Config) private readonly config!: Config;

  @Options()
  ask(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(actor, id, request, response);
  }

  @Post()
  create(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(actor, id, request, response);
  }

  @Options(':fileId')
  askOne(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(actor, id, request, response, fileId);
  }

  @Head(':fileId')
  offset(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(actor, id, request, response, fileId);
  }

  @Patch(':fileId')
  append(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(actor, id, request, response, fileId);
  }

  @Delete(':fileId')
  cancel(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string, @Req() request: Request, @Res() response: Response) {
    return this.serve(actor, id, request, response, fileId);
  }

  /** What was received, part by part: who resumes checks that it is the same file before adding to it. */
  @Get(':fileId')
  show(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    return this.uploads.show(actor, id, fileId);
  }

  private serve(actor: Actor, id: string, request: Request, response: Response, fileId?: string) {
    return serveTus(request, response, this.uploads.of(actor, id), { path: this.collection(id), maxBytes: this.config.maxFileBytes, holder: actor.id }, fileId);
  }
}

/** What the deposit page speaks. */
@Controller('consultations/:id/pli/envois')
export class UploadPages extends UploadRoutes {
  protected readonly collection = (id: string) => `/consultations/${id}/pli/envois`;
}

/** For programs: docs/api-depot.md. */
@Controller('api/consultations/:id/bid/uploads')
export class UploadApi extends UploadRoutes {
  protected readonly collection = (id: string) => `/api/consultations/${id}/bid/uploads`;
}
