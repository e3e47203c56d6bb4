import { Body, Controller, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { readFormWithFile } from '../platform/multipart.js';
import { dayOf } from '../platform/working-days.js';
import { As, type Req as Request, Who } from '../platform/web.js';
import { FrameworkForm, GreenLightForm, HolderForm, LeaveForm, LotForm, ProgrammeForm, RevokeForm, TargetForm } from './agreement.forms.js';
import { showFramework, showFrameworkRow, showGreenLight, showHolder, showLot, showPlace } from './agreement.view.js';
import { FrameworkMoveForm } from './frameworks.pages.js';
import { FrameworksService } from './frameworks.service.js';
import { GreenLightsService } from './green-lights.service.js';
import { LotMoveForm, LotNumberPipe } from './lots.pages.js';
import { LotsService } from './lots.service.js';

const LotNumber = () => Param('number', new LotNumberPipe());

@Controller('api/frameworks')
export class AgreementsApi {
  constructor(
    private readonly frameworks: FrameworksService,
    private readonly lots: LotsService,
    private readonly greenLights: GreenLightsService,
  ) {}

  @Get()
  async list(@Who() actor: Actor) {
    const { frameworks, now } = await this.frameworks.list(actor);
    return { rows: frameworks.map((one) => showFrameworkRow(one, dayOf(now, 'Europe/Paris'))) };
  }

  @Post()
  draft(@Who() actor: Actor, @Body(new As(FrameworkForm)) form: FrameworkForm) {
    return this.frameworks.draft(actor, form);
  }

  @Post('programmes')
  programme(@Who() actor: Actor, @Body(new As(ProgrammeForm)) form: ProgrammeForm) {
    return this.frameworks.createProgramme(actor, form);
  }

  @Get(':id')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { framework, lots, places, greenLights, spent, now } = await this.frameworks.find(actor, id);
    const day = dayOf(now, 'Europe/Paris');
    return {
      ...showFramework(framework, actor, day),
      lots: lots.map((lot) => showLot(lot, lot.holders, places, spent.get(lot.id) ?? 0, day)),
      greenLights: greenLights.map((light) => showGreenLight(light, lots.find((one) => one.id === light.lotId) ?? null, day)),
    };
  }

  @Put(':id')
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FrameworkForm)) form: FrameworkForm) {
    await this.frameworks.edit(actor, id, form);
    return this.show(actor, id);
  }

  @Post(':id/moves')
  @HttpCode(200)
  async move(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FrameworkMoveForm)) form: FrameworkMoveForm) {
    await this.frameworks.move(actor, id, form.move);
    return this.show(actor, id);
  }

  @Post(':id/lots')
  addLot(@Who() actor: Actor, @Param('id') id: string, @Body(new As(LotForm)) form: LotForm) {
    return this.lots.add(actor, id, form);
  }

  @Get(':id/lots/:number')
  async lot(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number) {
    const { lot, holders, places, spentCents, day } = await this.lots.find(actor, id, number);
    return { ...showLot(lot, holders, places, spentCents, day), holders: holders.map((one) => showHolder(one, day)), places: places.map(showPlace) };
  }

  @Put(':id/lots/:number')
  editLot(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Body(new As(LotForm)) form: LotForm) {
    return this.lots.edit(actor, id, number, form);
  }

  @Post(':id/lots/:number/moves')
  @HttpCode(200)
  async moveLot(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Body(new As(LotMoveForm)) form: LotMoveForm) {
    await this.lots.move(actor, id, number, form.move);
    return this.lot(actor, id, number);
  }

  @Post(':id/lots/:number/holders')
  addHolder(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Body(new As(HolderForm)) form: HolderForm) {
    return this.lots.addHolder(actor, id, number, form);
  }

  @Post(':id/lots/:number/holders/:holderId/moves')
  @HttpCode(200)
  async leave(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string, @Body(new As(LeaveForm)) form: LeaveForm) {
    await this.lots.leave(actor, id, number, holderId, form);
    return this.lot(actor, id, number);
  }

  @Put(':id/departments/:code')
  target(@Who() actor: Actor, @Param('id') id: string, @Param('code') code: string, @Body(new As(TargetForm)) form: TargetForm) {
    return this.lots.target(actor, id, code, form);
  }

  @Post(':id/green-lights')
  async give(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'document', 10_000_000);
    return this.greenLights.give(actor, id, new As(GreenLightForm).transform(fields, { type: 'body' }), file ?? undefined);
  }

  @Get(':id/green-lights/:lightId')
  async greenLight(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string) {
    const { light, lot, now } = await this.greenLights.find(actor, id, lightId);
    return showGreenLight(light, lot, dayOf(now, 'Europe/Paris'));
  }

  @Post(':id/green-lights/:lightId/revocation')
  @HttpCode(200)
  async revoke(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string, @Body(new As(RevokeForm)) form: RevokeForm) {
    await this.greenLights.revoke(actor, id, lightId, form);
    return this.greenLight(actor, id, lightId);
  }
}
