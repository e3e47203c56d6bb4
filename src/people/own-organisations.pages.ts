import { Body, Controller, Get, Param, Post, Put, Redirect, Render } from '@nestjs/common';
import { IsString } from 'class-validator';
import type { Actor } from '../platform/actor.js';
import { Many } from '../platform/typed.js';
import { As, seeOther, Who } from '../platform/web.js';
import { OwnOrganisationsService } from './own-organisations.service.js';

export class DepositorsForm {
  @Many() @IsString({ each: true, message: 'Cochez des personnes de la liste.' }) persons: string[] = [];
}

type Own = Awaited<ReturnType<OwnOrganisationsService['list']>>[number];

const show = ({ organisation, members, named, manages }: Own) => ({
  id: organisation.id,
  name: organisation.name,
  siret: organisation.scheme === 'FR-SIRET' ? organisation.schemeId : null,
  restricted: named.length > 0,
  can: { restrict: manages },
  members: members.map((one) => ({ id: one.id, name: one.name, email: one.email, deposits: named.length === 0 || named.includes(one.id), named: named.includes(one.id) })),
});

@Controller('qui-depose')
export class OwnOrganisationPages {
  constructor(private readonly organisations: OwnOrganisationsService) {}

  @Get()
  @Render('people/own-organisation')
  async show(@Who() actor: Actor) {
    return { organisations: (await this.organisations.list(actor)).map(show) };
  }

  @Post(':id')
  @Redirect()
  async restrict(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DepositorsForm)) form: DepositorsForm) {
    await this.organisations.restrict(actor, id, form.persons);
    return seeOther('/qui-depose', 'Votre choix est enregistré.');
  }
}

@Controller('api/own-organisations')
export class OwnOrganisationApi {
  constructor(private readonly organisations: OwnOrganisationsService) {}

  @Get()
  async list(@Who() actor: Actor) {
    return (await this.organisations.list(actor)).map(show);
  }

  @Put(':id/depositors')
  async restrict(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DepositorsForm)) form: DepositorsForm) {
    await this.organisations.restrict(actor, id, form.persons);
    return this.list(actor);
  }
}
