import { Body, Controller, Get, Post, Put, Redirect, Render } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { LEGAL_ZONES, zoneInFrench } from '../platform/dates.js';
import { As, seeOther, Who } from '../platform/web.js';
import { PreferencesForm, PreferencesService } from './preferences.service.js';

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

@Controller()
export class PreferencesPages {
  constructor(private readonly preferences: PreferencesService) {}

  @Get('mes-preferences')
  @Render('people/preferences')
  async show(@Who() actor: Actor) {
    const { email, timeZone, mailPace } = await this.preferences.show(actor);
    return {
      email,
      timeZone: timeZone ?? '',
      zones: LEGAL_ZONES.map((value) => ({ value, label: capital(zoneInFrench(value)) })),
      agent: actor.mandates.some((one) => one.role !== 'bidder'),
      paces: [
        { value: 'at-once', label: 'Un courriel pour chaque chose, aussitôt', checked: mailPace === 'at-once' },
        { value: 'daily', label: 'Un seul courriel par jour, à 8 h', hint: 'Visas demandés, questions reçues. Les dates limites, les accusés et les liens de connexion partent toujours aussitôt.', checked: mailPace === 'daily' },
      ],
    };
  }

  @Post('mes-preferences')
  @Redirect()
  async save(@Who() actor: Actor, @Body(new As(PreferencesForm)) form: PreferencesForm) {
    await this.preferences.save(actor, form);
    return seeOther('/mes-preferences', 'Vos préférences sont enregistrées.');
  }

  @Get('api/preferences')
  async json(@Who() actor: Actor) {
    const { timeZone, mailPace } = await this.preferences.show(actor);
    return { timeZone, mailPace };
  }

  @Put('api/preferences')
  async put(@Who() actor: Actor, @Body(new As(PreferencesForm)) form: PreferencesForm) {
    await this.preferences.save(actor, form);
    return this.json(actor);
  }
}
