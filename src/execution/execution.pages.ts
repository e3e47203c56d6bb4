import { Body, Controller, Get, Param, Post, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, type Req as Request, seeOther, Who, Whole } from '../platform/web.js';
import { DecisionForm, HolderSignatureForm, NotificationForm, RecordForm, SubContractorForm } from './execution.forms.js';
import { actPage, numbered } from './act-page.js';
import { showExecution, showSubContractors, typedRecord } from './execution.view.js';
import { RecordsService } from './records.service.js';
import { SubContractorsService } from './sub-contractors.service.js';

/** What the contractor or the buyer signed: kept, never shown inside a page of ours. */
export const keptCopy = ({ stream, name, size }: { stream: Awaited<ReturnType<RecordsService['copy']>>['stream']; name: string; size: number }) =>
  new StreamableFile(stream, { type: 'application/pdf', length: size, disposition: `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}` });

/** « Exécution du marché »: its record, both signatures, its notification, its sub-contractors. */
@Controller('marches/:id/execution')
export class ExecutionPages {
  constructor(
    private readonly records: RecordsService,
    private readonly subContractors: SubContractorsService,
    private readonly config: Config,
  ) {}

  @Get()
  @Render('execution/show')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return { ...showExecution(await this.records.show(actor, id)), maxBytes: this.config.maxDocumentBytes };
  }

  @Get('fiche')
  @Render('execution/record')
  async blank(@Who() actor: Actor, @Param('id') id: string) {
    const found = await this.records.show(actor, id);
    return { ...showExecution(found), filled: typedRecord(found) };
  }

  @Post('fiche')
  @Redirect()
  async fill(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RecordForm)) form: RecordForm) {
    await this.records.fill(actor, id, form);
    return seeOther(`/marches/${id}/execution`, 'La fiche du marché est enregistrée.');
  }

  @Get('signature-titulaire')
  @Render('execution/act')
  async toHolder(@Who() actor: Actor, @Param('id') id: string) {
    const view = showExecution(await this.records.show(actor, id));
    return actPage(view, { act: 'holder', title: 'Signature du titulaire', path: '/signature-titulaire', back: '', allowed: view.can.holder, multipart: true, label: 'Enregistrer l’exemplaire signé', maxBytes: this.config.maxDocumentBytes });
  }

  @Get('signature')
  @Render('execution/act')
  async toConclude(@Who() actor: Actor, @Param('id') id: string) {
    const view = showExecution(await this.records.show(actor, id));
    return actPage(view, { act: 'conclude', title: 'Signature de l’acheteur', path: '/signature', back: '', allowed: view.can.conclude && view.reasons.length === 0, multipart: true, label: 'Signer le marché', maxBytes: this.config.maxDocumentBytes });
  }

  @Get('notification')
  @Render('execution/act')
  async toNotify(@Who() actor: Actor, @Param('id') id: string) {
    const view = showExecution(await this.records.show(actor, id));
    return actPage(view, { act: 'notify', title: 'Notification du marché', path: '/notification', back: '', allowed: view.can.notify, label: 'Enregistrer la notification' });
  }

  @Post('signature-titulaire')
  @Redirect()
  async holder(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'copy', this.config.maxDocumentBytes);
    await this.records.signByHolder(actor, id, new As(HolderSignatureForm).transform(fields, { type: 'body' }), file);
    return seeOther(`/marches/${id}/execution`, 'La signature du titulaire est enregistrée : le signataire peut conclure.');
  }

  @Post('signature')
  @Redirect()
  async conclude(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file } = await readFormWithFile(request, 'copy', this.config.maxDocumentBytes);
    await this.records.conclude(actor, id, file);
    return seeOther(`/marches/${id}/execution`, 'Le marché est signé des deux parties. Il prendra effet à la réception de sa notification.');
  }

  @Post('notification')
  @Redirect()
  async notify(@Who() actor: Actor, @Param('id') id: string, @Body(new As(NotificationForm)) form: NotificationForm) {
    await this.records.notify(actor, id, form);
    return seeOther(`/marches/${id}/execution`, 'La notification est enregistrée : le marché a pris effet.');
  }

  @Get('exemplaires/titulaire.pdf')
  async holderCopy(@Who() actor: Actor, @Param('id') id: string) {
    return keptCopy(await this.records.copy(actor, id, 'holder'));
  }

  @Get('exemplaires/signe.pdf')
  async signedCopy(@Who() actor: Actor, @Param('id') id: string) {
    return keptCopy(await this.records.copy(actor, id, 'both'));
  }

  @Get('sous-traitants')
  @Render('execution/sub-contractors')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showSubContractors(await this.subContractors.list(actor, id));
  }

  @Get('sous-traitants/nouveau')
  @Render('execution/act')
  async toDeclare(@Who() actor: Actor, @Param('id') id: string) {
    const view = showSubContractors(await this.subContractors.list(actor, id));
    return actPage(view, { act: 'declare', title: 'Déclarer un sous-traitant', path: '/sous-traitants', back: '/sous-traitants', allowed: view.can.declare, label: 'Enregistrer la demande' });
  }

  @Get('sous-traitants/:number')
  @Render('execution/act')
  async toDecide(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const view = showSubContractors(await this.subContractors.list(actor, id));
    const one = numbered(view.subContractors, number);
    return actPage(view, { act: 'decide', title: one.name, path: `/sous-traitants/${number}/decision`, back: '/sous-traitants', allowed: one.can.decide, label: 'Enregistrer la décision', about: one });
  }

  @Post('sous-traitants')
  @Redirect()
  async declare(@Who() actor: Actor, @Param('id') id: string, @Body(new As(SubContractorForm)) form: SubContractorForm) {
    await this.subContractors.declare(actor, id, form);
    return seeOther(`/marches/${id}/execution/sous-traitants`, 'La demande de sous-traitance est enregistrée.');
  }

  @Post('sous-traitants/:number/decision')
  @Redirect()
  async decide(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(DecisionForm)) form: DecisionForm) {
    await this.subContractors.decide(actor, id, number, form);
    return seeOther(`/marches/${id}/execution/sous-traitants`, 'La décision est enregistrée.');
  }
}
