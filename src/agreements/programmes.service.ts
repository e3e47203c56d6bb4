import { Injectable } from '@nestjs/common';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Invalid } from '../platform/errors.js';
import { linesOf, numberOrNull } from '../platform/typed.js';
import type { ProgrammeForm } from './agreement.forms.js';
import { isNational, mayDraftFramework, maySeeFrameworks } from './agreement.policy.js';
import { Programme } from './framework-agreement.js';

/** Programme sheets: what letters, specifications and public pages quote. */
@Injectable()
export class ProgrammesService {
  constructor(private readonly acts: Acts) {}

  list(actor: Actor) {
    return this.acts.look(actor, 'programme.list', async (act) => {
      act.see(maySeeFrameworks(actor));
      return act.db.find(Programme, { order: { name: 'ASC' } });
    });
  }

  create(actor: Actor, form: ProgrammeForm): Promise<{ id: string }> {
    return this.acts.perform(actor, 'programme.create', async (act) => {
      act.see(maySeeFrameworks(actor));
      act.require(mayDraftFramework(actor), 'Les fiches programme reviennent au niveau national, ou à la plateforme régionale qui les enregistre.');
      if (await act.db.existsBy(Programme, { code: form.code })) throw Invalid.field('code', 'Un programme porte déjà ce sigle.', { ...form });
      const programme = fill(Object.assign(new Programme(), { id: act.random.id() }), form);
      await act.add(programme);
      act.subject = programme.id;
      return { id: programme.id };
    });
  }

  edit(actor: Actor, id: string, form: ProgrammeForm): Promise<void> {
    return this.acts.perform(actor, 'programme.edit', async (act) => {
      act.see(maySeeFrameworks(actor));
      act.require(isNational(actor), 'Une fiche programme se modifie au niveau national.');
      const programme = await act.load(Programme, id);
      const other = await act.db.findOneBy(Programme, { code: form.code });
      if (other && other.id !== id) throw Invalid.field('code', 'Un programme porte déjà ce sigle.', { ...form });
      await act.db.save(fill(programme, form));
    });
  }
}

function fill(programme: Programme, form: ProgrammeForm): Programme {
  const { services, fundedItems, pathMaxMonths, supportMaxMonths, ...same } = form;
  return Object.assign(programme, same, {
    services: linesOf(services),
    fundedItems: linesOf(fundedItems),
    pathMaxMonths: numberOrNull(pathMaxMonths),
    supportMaxMonths: numberOrNull(supportMaxMonths),
  });
}
