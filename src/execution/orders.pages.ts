import { Body, Controller, Get, Param, Post, Redirect, Render } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, seeOther, Who, Whole } from '../platform/web.js';
import { actPage, numbered } from './act-page.js';
import { DeliverableForm, DeliverableMoveForm, FactForm, OrderForm, ReasonForm } from './execution.forms.js';
import { OrdersService } from './orders.service.js';
import { showOrders } from './sequel.view.js';

/** « Commandes et livrables » */
@Controller('marches/:id/execution/prestations')
export class OrdersPages {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @Render('execution/orders')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showOrders(await this.orders.list(actor, id));
  }

  @Get('commandes')
  @Render('execution/act')
  async toOrder(@Who() actor: Actor, @Param('id') id: string) {
    const view = showOrders(await this.orders.list(actor, id));
    return actPage(view, { act: 'order', title: 'Émettre un bon de commande', path: '/prestations/commandes', back: '/prestations', allowed: view.can.run, label: 'Émettre le bon de commande' });
  }

  @Get('commandes/:number')
  @Render('execution/act')
  async toCancel(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const view = showOrders(await this.orders.list(actor, id));
    const one = numbered(view.orders, number);
    return actPage(view, { act: 'reason', title: `Annuler le bon de commande n° ${number}`, path: `/prestations/commandes/${number}/annuler`, back: '/prestations', allowed: one.can.cancel, label: 'Annuler ce bon de commande', about: one });
  }

  @Get('livrables')
  @Render('execution/act')
  async toExpect(@Who() actor: Actor, @Param('id') id: string) {
    const view = showOrders(await this.orders.list(actor, id));
    return actPage(view, { act: 'deliverable', title: 'Attendre un livrable', path: '/prestations/livrables', back: '/prestations', allowed: view.can.run, label: 'Ajouter ce livrable' });
  }

  @Get('livrables/:number')
  @Render('execution/act')
  async toMove(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const view = showOrders(await this.orders.list(actor, id));
    const one = numbered(view.deliverables, number);
    return actPage(view, { act: 'move', title: one.title, path: `/prestations/livrables/${number}`, back: '/prestations', allowed: view.can.run && one.moves.length > 0, label: 'Enregistrer', about: one });
  }

  @Get('service-fait')
  @Render('execution/act')
  async toService(@Who() actor: Actor, @Param('id') id: string) {
    const view = showOrders(await this.orders.list(actor, id));
    return actPage(view, { act: 'service', title: 'Constater un service fait', path: '/prestations/service-fait', back: '/prestations', allowed: view.can.run, label: 'Constater le service fait' });
  }

  @Post('commandes')
  @Redirect()
  async order(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OrderForm)) form: OrderForm) {
    await this.orders.order(actor, id, form);
    return seeOther(`/marches/${id}/execution/prestations`, 'Le bon de commande est émis.');
  }

  @Post('commandes/:number/annuler')
  @Redirect()
  async cancel(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ReasonForm)) form: ReasonForm) {
    await this.orders.cancel(actor, id, number, form.reason);
    return seeOther(`/marches/${id}/execution/prestations`, 'Le bon de commande est annulé ; il reste au dossier.');
  }

  @Post('livrables')
  @Redirect()
  async expect(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DeliverableForm)) form: DeliverableForm) {
    await this.orders.expect(actor, id, form);
    return seeOther(`/marches/${id}/execution/prestations`, 'Le livrable est attendu.');
  }

  @Post('livrables/:number')
  @Redirect()
  async move(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(DeliverableMoveForm)) form: DeliverableMoveForm) {
    await this.orders.move(actor, id, number, form);
    return seeOther(`/marches/${id}/execution/prestations`, 'L’étape du livrable est enregistrée.');
  }

  @Post('service-fait')
  @Redirect()
  async serviceDone(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FactForm)) form: FactForm) {
    await this.orders.serviceDone(actor, id, form);
    return seeOther(`/marches/${id}/execution/prestations`, 'Le service fait est constaté.');
  }
}
