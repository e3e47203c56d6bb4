import { Body, Controller, Get, HttpCode, Injectable, Param, Post, Put, Redirect, Render } from '@nestjs/common';
import { worksOn } from '../consultations/consultation.policy.js';
import { Authority, Organisation } from '../people/people.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { As, seeOther, Who } from '../platform/web.js';
import { mayDecide } from './bid.policy.js';
import { QuorumForm } from './opening.forms.js';
import { quorumInFrench } from './opening-words.js';

/** How many persons open, for one buyer: its own rule, two by default (domain.md 2.7). A call keeps the rule it was created under. */
@Injectable()
export class QuorumService {
  constructor(private readonly acts: Acts) {}

  show(actor: Actor, authorityId: string) {
    return this.acts.look(actor, 'authority.show', async (act) => {
      const authority = await act.db.findOneBy(Authority, { id: authorityId });
      act.see(authority !== null && worksOn(actor, authority.territory));
      if (!authority) throw new NotFound();
      const { name } = await act.db.findOneByOrFail(Organisation, { id: authorityId });
      return { id: authority.id, name, quorum: authority.quorum, rule: quorumInFrench(authority.quorum), can: { set: mayDecide(actor, authority) } };
    });
  }

  set(actor: Actor, authorityId: string, { quorum }: QuorumForm): Promise<void> {
    return this.acts.perform(actor, 'authority.quorum', async (act) => {
      const authority = await act.load(Authority, authorityId);
      act.see(worksOn(actor, authority.territory));
      act.require(mayDecide(actor, authority), 'La règle d’ouverture de l’acheteur se fixe par le signataire.');
      act.record({ from: authority.quorum, to: Number(quorum) });
      await act.db.update(Authority, { id: authorityId }, { quorum: Number(quorum) });
    });
  }
}

@Controller('acheteurs/:id/regle-ouverture')
export class QuorumPages {
  constructor(private readonly quorum: QuorumService) {}

  @Get()
  @Render('bids/quorum')
  show(@Who() actor: Actor, @Param('id') id: string) {
    return this.quorum.show(actor, id);
  }

  @Post()
  @Redirect()
  async set(@Who() actor: Actor, @Param('id') id: string, @Body(new As(QuorumForm)) form: QuorumForm) {
    await this.quorum.set(actor, id, form);
    return seeOther(`/acheteurs/${id}/regle-ouverture`, 'La règle est enregistrée : elle vaut pour les consultations créées à partir de maintenant.');
  }
}

@Controller('api/authorities/:id/quorum')
export class QuorumApi {
  constructor(private readonly quorum: QuorumService) {}

  @Get()
  show(@Who() actor: Actor, @Param('id') id: string) {
    return this.quorum.show(actor, id);
  }

  @Put()
  @HttpCode(204)
  async set(@Who() actor: Actor, @Param('id') id: string, @Body(new As(QuorumForm)) form: QuorumForm) {
    await this.quorum.set(actor, id, form);
  }
}
