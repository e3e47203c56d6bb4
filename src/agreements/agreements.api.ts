import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { dayOf } from '../platform/working-days.js';
import { As, type Req as Request, Who } from '../platform/web.js';
import { CorrectForm, FrameworkForm, GreenLightForm, LotForm, RenewForm, RevokeForm, TargetForm } from './agreement.forms.js';
import { showFramework, showFrameworkRow, showGreenLight, showLot, showPlace } from './agreement.view.js';
import { FrameworkMoveForm } from './frameworks.pages.js';
import { FrameworksService } from './frameworks.service.js';
import { GreenLightsService } from './green-lights.service.js';
import { showHolder } from './holder.view.js';
import { LotMoveForm, LotNumber } from './lots.pages.js';
import { LotsService } from './lots.service.js';
import { readAs } from './received.js';
import { NOTHING_SPENT } from './spending.js';

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
  async draft(@Who() actor: Actor, @Req() request: Request) {
    const { file, form } = await readAs(FrameworkForm, request);
    return this.frameworks.draft(actor, form, file);
  }

  @Get(':id')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { framework, lots, places, greenLights, spent, now } = await this.frameworks.find(actor, id);
    const day = dayOf(now, 'Europe/Paris');
    return {
      ...showFramework(framework, actor, day),
      lots: lots.map((lot) => showLot(lot, lot.holders, places, spent.get(lot.id) ?? NOTHING_SPENT, day)),
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

  @Post(':id/renewals')
  @HttpCode(200)
  async renew(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RenewForm)) form: RenewForm) {
    await this.frameworks.renew(actor, id, form);
    return this.show(actor, id);
  }

  @Get(':id/document')
  async document(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.frameworks.document(actor, id), { type: 'application/pdf' });
  }

  /** Every lot that has an active holder. */
  @Post(':id/lots/activation')
  @HttpCode(200)
  activateAll(@Who() actor: Actor, @Param('id') id: string) {
    return this.lots.activateAll(actor, id);
  }

  /** The same lots as the framework it follows. */
  @Post(':id/lots/copy')
  copyLots(@Who() actor: Actor, @Param('id') id: string) {
    return this.lots.copyFromPrevious(actor, id);
  }

  @Post(':id/lots')
  addLot(@Who() actor: Actor, @Param('id') id: string, @Body(new As(LotForm)) form: LotForm) {
    return this.lots.add(actor, id, form);
  }

  @Get(':id/lots/:number')
  async lot(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number) {
    const { lot, holders, places, spent, day } = await this.lots.find(actor, id, number);
    return { ...showLot(lot, holders, places, spent, day), holders: holders.map((one) => showHolder(one, day)), places: places.map(showPlace) };
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

  @Get(':id/departments/:code')
  async place(@Who() actor: Actor, @Param('id') id: string, @Param('code') code: string) {
    const place = await this.lots.place(actor, id, code);
    return { ...showPlace(place), lot: place.lot.number, earliest: place.targetEarliest, wantedStart: place.wantedStart, actors: place.actors };
  }

  @Put(':id/departments/:code')
  target(@Who() actor: Actor, @Param('id') id: string, @Param('code') code: string, @Body(new As(TargetForm)) form: TargetForm) {
    return this.lots.target(actor, id, code, form);
  }

  @Post(':id/green-lights')
  async give(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, form } = await readAs(GreenLightForm, request);
    return this.greenLights.give(actor, id, form, file);
  }

  @Get(':id/green-lights/:lightId')
  async greenLight(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string) {
    const { light, lot, now } = await this.greenLights.find(actor, id, lightId);
    return showGreenLight(light, lot, dayOf(now, 'Europe/Paris'));
  }

  @Get(':id/green-lights/:lightId/document')
  async greenLightDocument(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string) {
    return new StreamableFile(await this.greenLights.document(actor, id, lightId), { type: 'application/pdf' });
  }

  @Put(':id/green-lights/:lightId')
  async correct(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string, @Body(new As(CorrectForm)) form: CorrectForm) {
    await this.greenLights.correct(actor, id, lightId, form);
    return this.greenLight(actor, id, lightId);
  }

  @Post(':id/green-lights/:lightId/revocation')
  @HttpCode(200)
  async revoke(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string, @Body(new As(RevokeForm)) form: RevokeForm) {
    await this.greenLights.revoke(actor, id, lightId, form);
    return this.greenLight(actor, id, lightId);
  }
}
