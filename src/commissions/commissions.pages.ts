import { Body, Controller, Get, Header, Param, Post, Query, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { agirTyped } from './programme.js';
import { OrganisationsService } from '../people/organisations.service.js';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { uploadOf } from '../platform/media.js';
import { readOneFile } from '../platform/multipart.js';
import { As, queryText, type Req as Request, seeOther, Who } from '../platform/web.js';
import { addresseesFromFile } from './addressee-file.js';
import { AddresseesForm, ChosenForm, CommissionForm, CopyForm, EndCommissionForm, OpenersForm } from './commission.forms.js';
import { showCommission, showCommissionRow, stepsOf } from './commission.view.js';
import { CommissionsService } from './commissions.service.js';
import { CommissionEndingService } from './ending.service.js';
import { SignatureService } from './signature.service.js';
import { typedOf } from './typed.js';

const ADDRESSEES_MAX_BYTES = 2_000_000;

@Controller('commandes')
export class CommissionsPages {
  constructor(
    private readonly commissions: CommissionsService,
    private readonly signature: SignatureService,
    private readonly ending: CommissionEndingService,
    private readonly organisations: OrganisationsService,
    private readonly config: Config,
  ) {}

  @Get()
  @Render('commissions/list')
  async list(@Who() actor: Actor, @Query('apres') after?: string) {
    const { rows, next, now } = await this.commissions.list(actor, after);
    return {
      rows: rows.map(({ commission, consultation }) => showCommissionRow(commission, consultation, now)),
      nextHref: next ? `/commandes?apres=${encodeURIComponent(next)}` : null,
      mayDraft: actor.has('dept-officer'),
    };
  }

  @Get('nouvelle')
  @Render('commissions/edit')
  async blank(@Who() actor: Actor) {
    const [authority] = await this.commissions.authorities(actor);
    return { heading: 'Nouvelle commande', action: '/commandes', back: '/commandes', authority, values: agirTyped(), submitLabel: 'Enregistrer le brouillon' };
  }

  @Post()
  @Redirect()
  async draft(@Who() actor: Actor, @Body(new As(CommissionForm)) form: CommissionForm) {
    const { id } = await this.commissions.draft(actor, form);
    return seeOther(`/commandes/${id}`, 'Le brouillon est enregistré. Complétez-le, puis soumettez-le au signataire.');
  }

  @Get(':id')
  @Render('commissions/show')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const commission = await this.view(actor, id);
    return {
      commission,
      steps: stepsOf(commission),
      upload: uploadOf(this.config),
      addresseesTyped: commission.addressees.map(({ name, email }) => `${name} ; ${email}`).join('\n'),
      openerOptions: commission.openers.map(({ id: value, name: label, named: checked }) => ({ value, label, checked })),
    };
  }

  @Get(':id/modifier')
  @Render('commissions/edit')
  async editPage(@Who() actor: Actor, @Param('id') id: string) {
    const { commission, consultation } = await this.commissions.find(actor, id);
    return { heading: 'Modifier la commande', action: `/commandes/${id}/modifier`, back: `/commandes/${id}`, values: typedOf(commission, consultation), submitLabel: 'Enregistrer' };
  }

  @Post(':id/modifier')
  @Redirect()
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(CommissionForm)) form: CommissionForm) {
    await this.commissions.edit(actor, id, form);
    return seeOther(`/commandes/${id}`, 'La commande est enregistrée.');
  }

  @Post(':id/destinataires')
  @Redirect()
  async addressees(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AddresseesForm)) form: AddresseesForm) {
    await this.commissions.setAddressees(actor, id, form.addressees);
    return seeOther(`/commandes/${id}#destinataires`, 'La liste des destinataires est enregistrée.');
  }

  /** A CSV or XLSX file, or names chosen in the directory: both become the list, which stays readable before it is kept. */
  @Post(':id/destinataires/fichier')
  @Redirect()
  async addresseeFile(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { bytes } = await readOneFile(request, 'file', ADDRESSEES_MAX_BYTES);
    await this.commissions.setAddressees(actor, id, await addresseesFromFile(bytes));
    return seeOther(`/commandes/${id}#destinataires`, 'Les destinataires du fichier sont enregistrés.');
  }

  @Get(':id/annuaire')
  @Render('commissions/directory')
  async directory(@Who() actor: Actor, @Param('id') id: string, @Query('nom') typed: unknown) {
    const search = queryText(typed);
    const commission = await this.view(actor, id);
    const { rows } = await this.organisations.list(actor, search);
    const already = new Set(commission.addressees.map((one) => one.email));
    return { commission, search, options: rows.filter((one) => one.email).map((one) => ({ value: `${one.name} ; ${one.email}`, label: one.name, hint: one.email, disabled: already.has(one.email ?? '') })) };
  }

  @Post(':id/annuaire')
  @Redirect()
  async addFromDirectory(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ChosenForm)) form: ChosenForm) {
    const { invitations } = await this.commissions.find(actor, id);
    await this.commissions.setAddressees(actor, id, [...invitations.map(({ name, email }) => `${name} ; ${email}`), ...form.chosen].join('\n'));
    return seeOther(`/commandes/${id}#destinataires`, 'Les organisations choisies sont ajoutées aux destinataires.');
  }

  @Post(':id/ouvreurs')
  @Redirect()
  async openers(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OpenersForm)) form: OpenersForm) {
    await this.commissions.setOpeners(actor, id, form.openers);
    return seeOther(`/commandes/${id}#ouvreurs`, 'Les ouvreurs sont désignés.');
  }

  @Post(':id/cahier-des-charges')
  @Redirect()
  async specifications(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    await this.commissions.setSpecifications(actor, id, await readOneFile(request, 'specifications', this.config.maxDocumentBytes));
    return seeOther(`/commandes/${id}#cahier-des-charges`, 'Le cahier des charges est enregistré.');
  }

  @Get(':id/cahier-des-charges.pdf')
  @Header('content-type', 'application/pdf')
  async readSpecifications(@Who() actor: Actor, @Param('id') id: string) {
    const { bytes } = await this.commissions.specifications(actor, id);
    return new StreamableFile(bytes, { type: 'application/pdf', disposition: 'inline; filename="cahier-des-charges.pdf"' });
  }

  @Post(':id/soumettre')
  @Redirect()
  async submit(@Who() actor: Actor, @Param('id') id: string) {
    await this.signature.submit(actor, id);
    return seeOther(`/commandes/${id}/lettres`, 'Les lettres sont soumises : le signataire les trouve dans son parapheur.');
  }

  @Post(':id/reprendre')
  @Redirect()
  async takeBack(@Who() actor: Actor, @Param('id') id: string) {
    await this.signature.takeBack(actor, id);
    return seeOther(`/commandes/${id}`, 'La commande est reprise : elle peut de nouveau être modifiée, et rien n’est à signer.');
  }

  @Post(':id/abandonner')
  @Redirect()
  async abandon(@Who() actor: Actor, @Param('id') id: string, @Body(new As(EndCommissionForm)) form: EndCommissionForm) {
    await this.ending.abandon(actor, id, form);
    return seeOther(`/commandes/${id}`, 'La commande est abandonnée ; le motif est gardé.');
  }

  @Post(':id/copier')
  @Redirect()
  async copy(@Who() actor: Actor, @Param('id') id: string, @Body(new As(CopyForm)) form: CopyForm) {
    const again = await this.ending.copy(actor, id, form);
    return seeOther(`/commandes/${again.id}`, 'Une nouvelle commande reprend celle-ci. Vérifiez ses dates et ses destinataires.');
  }

  private async view(actor: Actor, id: string) {
    return showCommission(await this.commissions.find(actor, id), actor);
  }
}
