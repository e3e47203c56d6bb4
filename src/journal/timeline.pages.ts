import { Controller, Get, Param, Query, Render } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { queryText, Who } from '../platform/web.js';
import { type FileKind, TimelineService } from './timeline.service.js';
import { showTimeline } from './timeline.view.js';

type Asked = Record<'apres' | 'voir' | 'tout', unknown>;

/** « Qui a décidé quoi, et quand », on each file. */
@Controller()
export class TimelinePages {
  constructor(private readonly timeline: TimelineService) {}

  @Get('commandes/:id/journal')
  @Render('journal/timeline')
  commission(@Who() actor: Actor, @Param('id') id: string, @Query() query: Asked) {
    return this.show(actor, 'commission', id, query);
  }

  @Get('marches/:id/journal')
  @Render('journal/timeline')
  contract(@Who() actor: Actor, @Param('id') id: string, @Query() query: Asked) {
    return this.show(actor, 'contract', id, query);
  }

  @Get('consultations/:id/journal')
  @Render('journal/timeline')
  consultation(@Who() actor: Actor, @Param('id') id: string, @Query() query: Asked) {
    return this.show(actor, 'consultation', id, query);
  }

  private async show(actor: Actor, kind: FileKind, id: string, { apres, voir, tout }: Asked) {
    return showTimeline(await this.timeline.read(actor, { kind, id, after: queryText(apres), decisionsOnly: voir === 'decisions', whole: tout === 'oui' }));
  }
}

@Controller('api')
export class TimelineApi {
  constructor(private readonly timeline: TimelineService) {}

  @Get('commissions/:id/journal')
  commission(@Who() actor: Actor, @Param('id') id: string, @Query('after') after: unknown, @Query('only') only: unknown) {
    return this.show(actor, 'commission', id, after, only);
  }

  @Get('contracts/:id/journal')
  contract(@Who() actor: Actor, @Param('id') id: string, @Query('after') after: unknown, @Query('only') only: unknown) {
    return this.show(actor, 'contract', id, after, only);
  }

  @Get('consultations/:id/journal')
  consultation(@Who() actor: Actor, @Param('id') id: string, @Query('after') after: unknown, @Query('only') only: unknown) {
    return this.show(actor, 'consultation', id, after, only);
  }

  private async show(actor: Actor, kind: FileKind, id: string, after: unknown, only: unknown) {
    const { events, next, chain, opened } = showTimeline(await this.timeline.read(actor, { kind, id, after: queryText(after), decisionsOnly: only === 'decisions' }));
    return { opened, chain, events: events.map(({ at, act, label, decision, author }) => ({ at, act, label, decision, author: author ?? null })), next };
  }
}
