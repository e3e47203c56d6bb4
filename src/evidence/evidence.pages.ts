import { Body, Controller, Get, Param, ParseIntPipe, Post, Redirect, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { As, seeOther, Who } from '../platform/web.js';
import { AttestationsService } from './attestations.service.js';
import { DossierService } from './dossier.service.js';
import { IncidentForm } from './evidence.forms.js';
import { EvidenceService } from './evidence.service.js';
import { showEvidence, showIncident } from './evidence.view.js';
import { IncidentsService } from './incidents.service.js';

const Whole = (name: string) => Param(name, new ParseIntPipe({ exceptionFactory: () => new NotFound() }));

@Controller('consultations/:id')
export class EvidencePages {
  constructor(
    private readonly evidence: EvidenceService,
    private readonly attestations: AttestationsService,
    private readonly incidents: IncidentsService,
    private readonly dossiers: DossierService,
  ) {}

  @Get('preuve')
  @Render('evidence/show')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showEvidence(await this.evidence.show(actor, id));
  }

  /** What proves the call, to be replayed offline; before the opening, nothing about bids is in it. */
  @Get('preuve/dossier.zip')
  async dossier(@Who() actor: Actor, @Param('id') id: string) {
    const { zip, reference } = await this.dossiers.build(actor, id);
    return new StreamableFile(zip, { type: 'application/zip', disposition: `attachment; filename="preuve-${reference}.zip"`, length: zip.length });
  }

  @Post('preuve/attestations')
  @Redirect()
  async ask(@Who() actor: Actor, @Param('id') id: string) {
    await this.attestations.ask(actor, id);
    return seeOther(`/consultations/${id}/preuve#attestations`, 'L’attestation est demandée : elle paraît ci-dessous dès qu’elle est prête.');
  }

  @Get('preuve/attestations/:number.pdf')
  async pdf(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const { pdf } = await this.attestations.document(actor, id, number);
    return new StreamableFile(await pdf(), { type: 'application/pdf', disposition: `inline; filename="attestation-${number}.pdf"` });
  }

  /** The exact bytes that were signed. */
  @Get('preuve/attestations/:number.json')
  async json(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const { statement } = await this.attestations.document(actor, id, number);
    return new StreamableFile(Buffer.from(statement), { type: 'application/json', disposition: `attachment; filename="attestation-${number}.json"` });
  }

  @Get('incident')
  @Render('evidence/incident')
  async incident(@Who() actor: Actor, @Param('id') id: string) {
    return showIncident(await this.incidents.show(actor, id));
  }

  @Post('incident')
  @Redirect()
  async extend(@Who() actor: Actor, @Param('id') id: string, @Body(new As(IncidentForm)) form: IncidentForm) {
    await this.incidents.extend(actor, id, form.deadline);
    return seeOther(`/consultations/${id}/suivi#avis`, 'La date limite est reportée ; chaque organisation invitée en est prévenue.');
  }
}
