import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { As, Who } from '../platform/web.js';
import { AttestationsService } from './attestations.service.js';
import { DossierService } from './dossier.service.js';
import { IncidentForm } from './evidence.forms.js';
import { EvidenceService } from './evidence.service.js';
import { showEvidence, showIncident } from './evidence.view.js';
import { IncidentsService } from './incidents.service.js';

const Whole = (name: string) => Param(name, new ParseIntPipe({ exceptionFactory: () => new NotFound() }));

@Controller('api/consultations/:id')
export class EvidenceApi {
  constructor(
    private readonly evidence: EvidenceService,
    private readonly attestations: AttestationsService,
    private readonly incidents: IncidentsService,
    private readonly dossiers: DossierService,
  ) {}

  @Get('evidence')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showEvidence(await this.evidence.show(actor, id));
  }

  @Get('evidence/dossier')
  async dossier(@Who() actor: Actor, @Param('id') id: string) {
    const { zip, reference } = await this.dossiers.build(actor, id);
    return new StreamableFile(zip, { type: 'application/zip', disposition: `attachment; filename="preuve-${reference}.zip"`, length: zip.length });
  }

  @Post('evidence/attestations')
  ask(@Who() actor: Actor, @Param('id') id: string) {
    return this.attestations.ask(actor, id);
  }

  @Get('evidence/attestations/:number')
  async statement(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const { statement } = await this.attestations.document(actor, id, number);
    return new StreamableFile(Buffer.from(statement), { type: 'application/json' });
  }

  @Get('evidence/attestations/:number/pdf')
  async pdf(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const { pdf } = await this.attestations.document(actor, id, number);
    return new StreamableFile(await pdf(), { type: 'application/pdf' });
  }

  @Get('incident')
  async incident(@Who() actor: Actor, @Param('id') id: string) {
    return showIncident(await this.incidents.show(actor, id));
  }

  @Post('incident/extension')
  @HttpCode(200)
  async extend(@Who() actor: Actor, @Param('id') id: string, @Body(new As(IncidentForm)) form: IncidentForm) {
    await this.incidents.extend(actor, id, form.deadline);
    return showIncident(await this.incidents.show(actor, id));
  }
}
