import { Controller, Get, Header, Param } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Who } from '../platform/web.js';
import { calendarOf } from './calendar.js';
import { AGENTS, worksOn } from './consultation.policy.js';
import { Consultation, Invitation } from './consultation.js';
import { visible } from './questions.service.js';

const LISTED = 200;

@Controller()
export class CalendarPages {
  constructor(
    private readonly acts: Acts,
    private readonly config: Config,
  ) {}

  @Get('consultations/:id/echeances.ics')
  @Header('content-type', 'text/calendar; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="echeances.ics"')
  one(@Who() actor: Actor, @Param('id') id: string) {
    return this.acts.look(actor, 'calendar.one', async (act) => {
      const { consultation } = await visible(act, actor, id);
      return calendarOf(consultation.title, [consultation], { baseUrl: this.config.baseUrl, agent: worksOn(actor, consultation.territory) });
    });
  }

  /** Calls in progress of this person: those of their buyers, or those they were invited to. */
  @Get('mes-echeances.ics')
  @Header('content-type', 'text/calendar; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="mes-echeances.ics"')
  mine(@Who() actor: Actor) {
    return this.acts.look(actor, 'calendar.mine', async (act) => {
      const territories = actor.mandates.filter((one) => AGENTS.some((role) => role === one.role)).map((one) => one.territory);
      const organisations = actor.organisations('bidder');
      act.see(territories.length + organisations.length > 0);
      const agent = territories.length > 0;
      const calls = agent
        ? await act.db.find(Consultation, { where: { territory: In(territories), status: 'launched' }, order: { deadline: 'ASC' }, take: LISTED })
        : await act.db.createQueryBuilder(Consultation, 'k').innerJoin(Invitation, 'i', 'i."consultationId" = k.id and i."invitedAt" is not null and i."organisationId" in (:...organisations)', { organisations }).where({ status: 'launched' }).orderBy('k.deadline').limit(LISTED).getMany();
      return calendarOf('Mes échéances Souspli', calls, { baseUrl: this.config.baseUrl, agent });
    });
  }
}
