import { Body, Controller, Get, HttpCode, Param, Post, Put, Redirect, Render } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { Forbidden, NotFound } from '../platform/errors.js';
import { As, seeOther, Who } from '../platform/web.js';
import { ProgrammeForm } from './agreement.forms.js';
import { isNational, mayDraftFramework } from './agreement.policy.js';
import type { Programme } from './framework-agreement.js';
import { ProgrammesService } from './programmes.service.js';

@Controller('programmes')
export class ProgrammesPages {
  constructor(private readonly programmes: ProgrammesService) {}

  @Get('nouveau')
  @Render('agreements/programme')
  async blank(@Who() actor: Actor) {
    await this.programmes.list(actor);
    if (!mayDraftFramework(actor)) throw new Forbidden('Une fiche programme est tenue par le niveau national, ou enregistrée par une plateforme régionale.');
    return { heading: 'Nouvelle fiche programme', action: '/programmes', back: '/accords-cadres', values: {} };
  }

  @Post()
  @Redirect()
  async create(@Who() actor: Actor, @Body(new As(ProgrammeForm)) form: ProgrammeForm) {
    await this.programmes.create(actor, form);
    return seeOther('/accords-cadres/nouveau', 'Le programme est enregistré. Décrivez maintenant son accord-cadre.');
  }

  @Get(':id/modifier')
  @Render('agreements/programme')
  async editPage(@Who() actor: Actor, @Param('id') id: string) {
    const programme = (await this.programmes.list(actor)).find((one) => one.id === id);
    if (!programme) throw new NotFound();
    if (!isNational(actor)) throw new Forbidden('Une fiche programme se modifie au niveau national.');
    return { heading: `Fiche programme ${programme.code}`, action: `/programmes/${id}/modifier`, back: '/accords-cadres', values: typed(programme) };
  }

  @Post(':id/modifier')
  @Redirect()
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ProgrammeForm)) form: ProgrammeForm) {
    await this.programmes.edit(actor, id, form);
    return seeOther('/accords-cadres', 'Le programme est enregistré.');
  }
}

@Controller('api/programmes')
export class ProgrammesApi {
  constructor(private readonly programmes: ProgrammesService) {}

  @Get()
  async list(@Who() actor: Actor) {
    return { rows: await this.programmes.list(actor) };
  }

  @Post()
  create(@Who() actor: Actor, @Body(new As(ProgrammeForm)) form: ProgrammeForm) {
    return this.programmes.create(actor, form);
  }

  @Put(':id')
  @HttpCode(204)
  edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ProgrammeForm)) form: ProgrammeForm) {
    return this.programmes.edit(actor, id, form);
  }
}

const typed = (one: Programme) => ({ ...one, services: one.services.join('\n'), fundedItems: one.fundedItems.join('\n'), pathMaxMonths: one.pathMaxMonths ?? '', supportMaxMonths: one.supportMaxMonths ?? '' });
