import { Body, Controller, Get, Param, Post, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { dayOf } from '../platform/working-days.js';
import { As, type Req as Request, seeOther, Who } from '../platform/web.js';
import { CorrectForm, GreenLightForm, RevokeForm } from './agreement.forms.js';
import { isNational, mayCorrect as mayCorrectLight, mayKeepLot, regionOf } from './agreement.policy.js';
import { departmentName, showGreenLight } from './agreement.view.js';
import { FrameworksService } from './frameworks.service.js';
import { GREEN_LIGHT_SCOPES } from './green-light.js';
import { GreenLightsService } from './green-lights.service.js';
import { readAs, RECEIVED_MAX_BYTES } from './received.js';

@Controller('accords-cadres/:id/feux-verts')
export class GreenLightsPages {
  constructor(
    private readonly greenLights: GreenLightsService,
    private readonly frameworks: FrameworksService,
  ) {}

  @Get('nouveau')
  @Render('agreements/green-light-edit')
  async blank(@Who() actor: Actor, @Param('id') id: string) {
    const { framework, lots, places, now } = await this.frameworks.find(actor, id);
    const national = isNational(actor);
    const mine = lots.filter((lot) => mayKeepLot(actor, lot));
    const scopes = Object.entries(GREEN_LIGHT_SCOPES).filter(([value]) => national || value === 'lot' || value === 'department');
    return {
      framework,
      national,
      scopes: scopes.map(([value, label]) => ({ value, label: label.charAt(0).toUpperCase() + label.slice(1) })),
      lots: mine.map((lot) => ({ value: lot.id, label: `Lot ${lot.number}, ${lot.name}` })),
      waves: [...new Set(places.map((place) => place.wave).filter((wave) => wave !== null))].toSorted((a, b) => a - b).map((wave) => ({ value: String(wave), label: `Vague ${wave}` })),
      departments: places.filter((place) => mine.some((lot) => lot.id === place.lotId)).map((place) => ({ value: place.departmentCode, label: `${place.departmentCode} – ${departmentName(place.departmentCode)}` })),
      maxBytes: RECEIVED_MAX_BYTES,
      values: { scope: national ? 'wave' : 'department', givenOn: dayOf(now, 'Europe/Paris'), issuer: national ? actor.mandates[0]?.organisationName : 'Niveau national' },
    };
  }

  @Post()
  @Redirect()
  async give(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, form } = await readAs(GreenLightForm, request);
    const light = await this.greenLights.give(actor, id, form, file);
    return seeOther(`/accords-cadres/${id}/feux-verts/${light.id}`, 'Le feu vert est enregistré ; les départements concernés en sont prévenus.');
  }

  @Get(':lightId')
  @Render('agreements/green-light')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string) {
    const { light, framework, lot, letter, now } = await this.greenLights.find(actor, id, lightId);
    const day = dayOf(now, 'Europe/Paris');
    return {
      framework,
      light: showGreenLight(light, lot, day),
      letter,
      hasDocument: light.fileId !== null || letter !== null,
      printing: letter !== null && letter.fileId === null,
      mayRevoke: light.revokedOn === null && mayCorrectLight(actor, { regionCode: lot?.regionCode ?? (light.departmentCode ? regionOf(light.departmentCode) : '') }, light),
      mayCorrect: isNational(actor) && light.source === 'recorded-by-region' && light.revokedOn === null,
      values: { givenOn: light.givenOn, reference: light.reference, issuer: light.issuer, conditions: light.conditions },
      today: day,
    };
  }

  @Get(':lightId/document.pdf')
  async document(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string) {
    const bytes = await this.greenLights.document(actor, id, lightId);
    return new StreamableFile(bytes, { type: 'application/pdf', disposition: 'inline; filename="feu-vert.pdf"' });
  }

  @Post(':lightId/corriger')
  @Redirect()
  async correct(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string, @Body(new As(CorrectForm)) form: CorrectForm) {
    await this.greenLights.correct(actor, id, lightId, form);
    return seeOther(`/accords-cadres/${id}/feux-verts/${lightId}`, 'Le feu vert est corrigé.');
  }

  @Post(':lightId/retirer')
  @Redirect()
  async revoke(@Who() actor: Actor, @Param('id') id: string, @Param('lightId') lightId: string, @Body(new As(RevokeForm)) form: RevokeForm) {
    await this.greenLights.revoke(actor, id, lightId, form);
    return seeOther(`/accords-cadres/${id}/feux-verts/${lightId}`, 'Le feu vert est retiré ; les départements concernés en sont prévenus.');
  }
}
