import { Injectable } from '@nestjs/common';
import { IsIn } from 'class-validator';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { LEGAL_ZONES } from '../platform/dates.js';
import { Trimmed } from '../platform/web.js';
import { Person } from './people.js';

export class PreferencesForm {
  @Trimmed() @IsIn(['', ...LEGAL_ZONES], { message: 'Choisissez un fuseau horaire de la liste.' }) timeZone: string = '';
  @Trimmed() @IsIn(['at-once', 'daily'], { message: 'Choisissez quand recevoir les courriels de travail.' }) mailPace: 'at-once' | 'daily' = 'at-once';
}

/** What each person settles for themselves: on whose clocks they read, and when work is mailed to them. */
@Injectable()
export class PreferencesService {
  constructor(private readonly acts: Acts) {}

  show(actor: Actor): Promise<Person> {
    return this.acts.look(actor, 'preferences.show', (act) => {
      act.see(actor.mandates.length > 0);
      return act.db.findOneByOrFail(Person, { id: actor.id });
    });
  }

  save(actor: Actor, { timeZone, mailPace }: PreferencesForm): Promise<void> {
    return this.acts.perform(actor, 'preferences.save', async (act) => {
      act.see(actor.mandates.length > 0);
      const person = await act.load(Person, actor.id);
      await act.db.update(Person, { id: person.id }, { timeZone: timeZone || null, mailPace });
      act.record({ timeZone: timeZone || null, mailPace });
    });
  }
}
