import { Body, Controller, Get, Param, Post, Redirect, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { NotFound } from '../platform/errors.js';
import { As, seeOther, Who } from '../platform/web.js';
import { AddresseesForm, SignForm } from './commission.forms.js';
import { showCommission, showDelegations, stepsOf } from './commission.view.js';
import { CommissionsService } from './commissions.service.js';
import { SendingService } from './sending.service.js';
import { SignatureService } from './signature.service.js';

/** Letters of a commission: read, sign, send, add an addressee. */
@Controller()
export class CommissionLettersPages {
  constructor(
    private readonly commissions: CommissionsService,
    private readonly signature: SignatureService,
    private readonly sending: SendingService,
  ) {}

  @Get('commandes/:id/lettres')
  @Render('commissions/letters')
  async letters(@Who() actor: Actor, @Param('id') id: string) {
    const found = await this.commissions.find(actor, id);
    const commission = showCommission(found, actor);
    return { commission, steps: stepsOf(commission), delegation: showDelegations(found.delegations, found.now) };
  }

  /** `in-fine.pdf`, `commande.pdf`, or the number of the addressee: `07.pdf`. */
  @Get('commandes/:id/lettres/:name')
  async pdf(@Who() actor: Actor, @Param('id') id: string, @Param('name') name: string) {
    const number = /^(\d{1,3})\.pdf$/.exec(name)?.[1];
    if (!number && name !== 'in-fine.pdf' && name !== 'commande.pdf') throw new NotFound();
    const kind = name === 'commande.pdf' ? 'commission-letter' : 'invitation';
    const bytes = await this.signature.preview(actor, id, { kind, number: Number(number ?? 0) });
    return new StreamableFile(bytes, { type: 'application/pdf', disposition: `inline; filename="${name}"` });
  }

  @Post('commandes/:id/signer')
  @Redirect()
  async sign(@Who() actor: Actor, @Param('id') id: string, @Body(new As(SignForm)) _: SignForm) {
    const { signed } = await this.signature.sign(actor, id);
    return seeOther(`/commandes/${id}/lettres`, `${counted(signed, 'lettre est signée', 'lettres sont signées')}. L’envoi revient maintenant à l’agent instructeur.`);
  }

  @Post('commandes/:id/envoyer')
  @Redirect()
  async send(@Who() actor: Actor, @Param('id') id: string) {
    const { sent } = await this.sending.send(actor, id);
    return seeOther(`/commandes/${id}/lettres`, `${counted(sent, 'organisation est invitée : sa lettre part', 'organisations sont invitées : leurs lettres partent')} par courriel.`);
  }

  @Post('commandes/:id/ajouter')
  @Redirect()
  async add(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AddresseesForm)) form: AddresseesForm) {
    await this.sending.add(actor, id, form.addressees);
    return seeOther(`/commandes/${id}/lettres`, 'L’ajout est enregistré. Chaque organisation ajoutée sera invitée une fois sa lettre signée, puis envoyée.');
  }
}
