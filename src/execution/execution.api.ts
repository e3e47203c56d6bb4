import { Body, Controller, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, type Req as Request, Who, Whole } from '../platform/web.js';
import { AmendmentsService } from './amendments.service.js';
import { AmendmentForm, DecisionForm, DeliverableForm, DeliverableMoveForm, FactForm, HolderSignatureForm, NotificationForm, OrderForm, ReasonForm, ReceptionForm, RecordForm, RenewalForm, SubContractorForm, TerminationForm } from './execution.forms.js';
import { showExecution, showSubContractors } from './execution.view.js';
import { OrdersService } from './orders.service.js';
import { RecordsService } from './records.service.js';
import { SequelService } from './sequel.service.js';
import { showAmendments, showOrders, showSequel } from './sequel.view.js';
import { SubContractorsService } from './sub-contractors.service.js';

@Controller('api/contracts/:id')
export class ExecutionApi {
  constructor(
    private readonly records: RecordsService,
    private readonly subContractors: SubContractorsService,
    private readonly orders: OrdersService,
    private readonly amendments: AmendmentsService,
    private readonly sequel: SequelService,
    private readonly config: Config,
  ) {}

  @Get('execution')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showExecution(await this.records.show(actor, id));
  }

  @Put('record')
  async fill(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RecordForm)) form: RecordForm) {
    await this.records.fill(actor, id, form);
    return this.show(actor, id);
  }

  @Post('holder-signature')
  @HttpCode(200)
  async holder(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'copy', this.config.maxDocumentBytes);
    await this.records.signByHolder(actor, id, new As(HolderSignatureForm).transform(fields, { type: 'body' }), file);
    return this.show(actor, id);
  }

  @Post('conclusion')
  @HttpCode(200)
  async conclude(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file } = await readFormWithFile(request, 'copy', this.config.maxDocumentBytes);
    await this.records.conclude(actor, id, file);
    return this.show(actor, id);
  }

  @Post('notification')
  @HttpCode(200)
  async notify(@Who() actor: Actor, @Param('id') id: string, @Body(new As(NotificationForm)) form: NotificationForm) {
    await this.records.notify(actor, id, form);
    return this.show(actor, id);
  }

  @Get('sub-contractors')
  async subs(@Who() actor: Actor, @Param('id') id: string) {
    return showSubContractors(await this.subContractors.list(actor, id));
  }

  @Post('sub-contractors')
  async declare(@Who() actor: Actor, @Param('id') id: string, @Body(new As(SubContractorForm)) form: SubContractorForm) {
    await this.subContractors.declare(actor, id, form);
    return this.subs(actor, id);
  }

  @Post('sub-contractors/:number/decision')
  @HttpCode(200)
  async decide(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(DecisionForm)) form: DecisionForm) {
    await this.subContractors.decide(actor, id, number, form);
    return this.subs(actor, id);
  }

  @Get('orders')
  async listOrders(@Who() actor: Actor, @Param('id') id: string) {
    return showOrders(await this.orders.list(actor, id));
  }

  @Post('orders')
  async order(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OrderForm)) form: OrderForm) {
    await this.orders.order(actor, id, form);
    return this.listOrders(actor, id);
  }

  @Post('orders/:number/cancellation')
  @HttpCode(200)
  async cancelOrder(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ReasonForm)) form: ReasonForm) {
    await this.orders.cancel(actor, id, number, form.reason);
    return this.listOrders(actor, id);
  }

  @Post('deliverables')
  async expect(@Who() actor: Actor, @Param('id') id: string, @Body(new As(DeliverableForm)) form: DeliverableForm) {
    await this.orders.expect(actor, id, form);
    return this.listOrders(actor, id);
  }

  @Post('deliverables/:number/moves')
  @HttpCode(200)
  async move(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(DeliverableMoveForm)) form: DeliverableMoveForm) {
    await this.orders.move(actor, id, number, form);
    return this.listOrders(actor, id);
  }

  @Post('services-done')
  async serviceDone(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FactForm)) form: FactForm) {
    await this.orders.serviceDone(actor, id, form);
    return this.listOrders(actor, id);
  }

  @Get('amendments')
  async listAmendments(@Who() actor: Actor, @Param('id') id: string) {
    return showAmendments(await this.amendments.list(actor, id));
  }

  @Post('amendments')
  async draft(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AmendmentForm)) form: AmendmentForm) {
    await this.amendments.draft(actor, id, form);
    return this.listAmendments(actor, id);
  }

  @Post('amendments/:number/signature')
  @HttpCode(200)
  async signAmendment(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Req() request: Request) {
    const { file } = await readFormWithFile(request, 'copy', this.config.maxDocumentBytes);
    await this.amendments.sign(actor, id, number, file);
    return this.listAmendments(actor, id);
  }

  @Post('amendments/:number/notification')
  @HttpCode(200)
  async notifyAmendment(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ReceptionForm)) form: ReceptionForm) {
    await this.amendments.notify(actor, id, number, form.receivedOn);
    return this.listAmendments(actor, id);
  }

  @Post('amendments/:number/cancellation')
  @HttpCode(200)
  async cancelAmendment(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ReasonForm)) form: ReasonForm) {
    await this.amendments.cancel(actor, id, number, form.reason);
    return this.listAmendments(actor, id);
  }

  @Get('sequel')
  async listSequel(@Who() actor: Actor, @Param('id') id: string) {
    return showSequel(await this.sequel.list(actor, id));
  }

  @Post('formal-notices')
  async notice(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FactForm)) form: FactForm) {
    await this.sequel.putOnNotice(actor, id, form);
    return this.listSequel(actor, id);
  }

  @Post('penalties')
  async penalise(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FactForm)) form: FactForm) {
    await this.sequel.penalise(actor, id, form);
    return this.listSequel(actor, id);
  }

  @Post('penalties/:number/waiver')
  @HttpCode(200)
  async waive(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ReasonForm)) form: ReasonForm) {
    await this.sequel.waive(actor, id, number, form.reason);
    return this.listSequel(actor, id);
  }

  @Post('renewals')
  async renew(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RenewalForm)) form: RenewalForm) {
    await this.sequel.renew(actor, id, form);
    return this.listSequel(actor, id);
  }

  @Post('termination')
  @HttpCode(200)
  async terminate(@Who() actor: Actor, @Param('id') id: string, @Body(new As(TerminationForm)) form: TerminationForm) {
    await this.sequel.terminate(actor, id, form);
    return this.listSequel(actor, id);
  }

  @Post('completion')
  @HttpCode(200)
  async complete(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FactForm)) form: FactForm) {
    await this.sequel.complete(actor, id, form);
    return this.listSequel(actor, id);
  }
}
