import { Body, Controller, Get, HttpCode, Param, Post, Query, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { worksOn } from '../consultations/consultation.policy.js';
import { department, DEPARTMENTS } from '../people/departments.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { dayOf } from '../platform/working-days.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, type Req as Request, seeOther, Who } from '../platform/web.js';
import { ClearForm, ExpectForm, PublishForm, ReviewForm, SubmitDiagnosticForm } from './diagnostic.forms.js';
import { mayKeepDiagnostic } from './diagnostic.policy.js';
import { showDiagnostic } from './diagnostic.view.js';
import { DIAGNOSTIC_MAX_BYTES, DiagnosticsService } from './diagnostics.service.js';

async function submitFrom(service: DiagnosticsService, actor: Actor, id: string, request: Request) {
  const { file, fields } = await readFormWithFile(request, 'document', DIAGNOSTIC_MAX_BYTES);
  await service.submit(actor, id, new As(SubmitDiagnosticForm).transform(fields, { type: 'body' }), file);
}

@Controller('diagnostics')
export class DiagnosticsPages {
  constructor(private readonly diagnostics: DiagnosticsService) {}

  @Get('nouveau')
  @Render('commissions/diagnostic-new')
  async blank(@Who() actor: Actor, @Query('departement') code: unknown) {
    const mine = [...DEPARTMENTS.values()].filter((one) => mayKeepDiagnostic(actor, one.code));
    if (mine.length === 0) throw new NotFound();
    const chosen = mine.find((one) => one.code === code) ?? (mine.length === 1 ? mine[0] : undefined);
    const orders = chosen ? await this.diagnostics.orders(actor, chosen.code) : [];
    return {
      orders: orders.map((one) => ({ value: one.id, label: one.consultation.title })),
      departments: mine.map((one) => ({ value: one.code, label: `${one.code} – ${one.name}` })),
      values: { departmentCode: chosen?.code, commissionId: orders[0]?.id, title: chosen ? `Diagnostic pré-opérationnel ${department(chosen.code).complement}` : '' },
    };
  }

  @Post()
  @Redirect()
  async expect(@Who() actor: Actor, @Body(new As(ExpectForm)) form: ExpectForm) {
    const { id } = await this.diagnostics.expect(actor, form);
    return seeOther(`/diagnostics/${id}`, 'Le diagnostic est attendu.');
  }

  @Get(':id')
  @Render('commissions/diagnostic')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const found = await this.diagnostics.find(actor, id);
    return { diagnostic: showDiagnostic(found, actor), framework: found.diagnostic.framework, mayReadOrder: worksOn(actor, found.diagnostic.departmentCode), maxBytes: DIAGNOSTIC_MAX_BYTES, today: dayOf(found.now, 'Europe/Paris') };
  }

  @Get(':id/diagnostic.pdf')
  async file(@Who() actor: Actor, @Param('id') id: string) {
    const { stream, size } = await this.diagnostics.file(actor, id);
    return new StreamableFile(stream, { type: 'application/pdf', length: size, disposition: 'inline; filename="diagnostic.pdf"' });
  }

  @Post(':id/remettre')
  @Redirect()
  async submit(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    await submitFrom(this.diagnostics, actor, id, request);
    return seeOther(`/diagnostics/${id}`, 'Le diagnostic est remis.');
  }

  @Post(':id/relire')
  @Redirect()
  async decide(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReviewForm)) form: ReviewForm) {
    await this.diagnostics.decide(actor, id, form);
    return seeOther(`/diagnostics/${id}`, 'Votre relecture est enregistrée.');
  }

  @Post(':id/lever')
  @Redirect()
  async clear(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ClearForm)) form: ClearForm) {
    await this.diagnostics.clear(actor, id, form);
    return seeOther(`/diagnostics/${id}`, 'Le relecteur et sa décision sont enregistrés : le diagnostic peut être publié.');
  }

  @Post(':id/publier')
  @Redirect()
  async publish(@Who() actor: Actor, @Param('id') id: string, @Body(new As(PublishForm)) form: PublishForm) {
    await this.diagnostics.publish(actor, id, form);
    return seeOther(`/diagnostics/${id}`, 'La publication est enregistrée.');
  }

  @Post(':id/diffuser')
  @Redirect()
  async share(@Who() actor: Actor, @Param('id') id: string) {
    await this.diagnostics.share(actor, id);
    return seeOther(`/diagnostics/${id}#diffusion`, 'Le diagnostic part à chaque titulaire actif du lot ; la preuve de chaque envoi est gardée ci-dessous.');
  }
}

@Controller('api/diagnostics')
export class DiagnosticsApi {
  constructor(private readonly diagnostics: DiagnosticsService) {}

  @Post()
  expect(@Who() actor: Actor, @Body(new As(ExpectForm)) form: ExpectForm) {
    return this.diagnostics.expect(actor, form);
  }

  @Get(':id')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showDiagnostic(await this.diagnostics.find(actor, id), actor);
  }

  @Get(':id/file')
  async file(@Who() actor: Actor, @Param('id') id: string) {
    const { stream, size } = await this.diagnostics.file(actor, id);
    return new StreamableFile(stream, { type: 'application/pdf', length: size });
  }

  @Post(':id/submission')
  @HttpCode(200)
  async submit(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    await submitFrom(this.diagnostics, actor, id, request);
    return this.show(actor, id);
  }

  @Post(':id/review')
  @HttpCode(200)
  async decide(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReviewForm)) form: ReviewForm) {
    await this.diagnostics.decide(actor, id, form);
    return this.show(actor, id);
  }

  @Post(':id/clearance')
  @HttpCode(200)
  async clear(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ClearForm)) form: ClearForm) {
    await this.diagnostics.clear(actor, id, form);
    return this.show(actor, id);
  }

  @Post(':id/publication')
  @HttpCode(200)
  async publish(@Who() actor: Actor, @Param('id') id: string, @Body(new As(PublishForm)) form: PublishForm) {
    await this.diagnostics.publish(actor, id, form);
    return this.show(actor, id);
  }

  @Post(':id/sharing')
  @HttpCode(200)
  async share(@Who() actor: Actor, @Param('id') id: string) {
    await this.diagnostics.share(actor, id);
    return this.show(actor, id);
  }
}
