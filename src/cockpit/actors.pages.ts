import { Controller, Get, Param, Query, Render } from '@nestjs/common';
import { mayKeepLot } from '../agreements/agreement.policy.js';
import { department } from '../people/departments.js';
import type { Actor } from '../platform/actor.js';
import { queryText, Who } from '../platform/web.js';
import { ActorsService } from './actors.service.js';
import { showActors } from './actors.view.js';

/** Each department has a page of its actors, with their contacts and who follows what. */
@Controller()
export class ActorsPages {
  constructor(private readonly actors: ActorsService) {}

  @Get('deploiement/:code/acteurs')
  @Render('cockpit/actors')
  async show(@Who() actor: Actor, @Param('code') code: string, @Query('accord') framework: unknown) {
    const found = await this.actors.read(actor, code, queryText(framework));
    const { name } = department(code);
    return { code, name, framework: { id: found.framework.id, title: found.framework.title }, groups: showActors(found), mayEdit: mayKeepLot(actor, found.place.lot) };
  }

  @Get('api/deployment/:code/actors')
  async json(@Who() actor: Actor, @Param('code') code: string, @Query('framework') framework: unknown) {
    return { groups: showActors(await this.actors.read(actor, code, queryText(framework))) };
  }
}
