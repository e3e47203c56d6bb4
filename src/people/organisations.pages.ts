import { Body, Controller, Get, Param, Post, Put, Query, Redirect, Render } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, queryText, seeOther, Who } from '../platform/web.js';
import { MemberTitleForm, OrganisationForm } from './organisations.forms.js';
import { OrganisationsService } from './organisations.service.js';
import type { Membership, Organisation, Person } from './people.js';

const show = (one: Organisation) => ({ id: one.id, name: one.name, siret: one.scheme === 'FR-SIRET' ? spaced(one.schemeId ?? '') : '', rna: one.rna ?? '', legalForm: one.legalForm ?? '', email: one.email ?? '', address: one.address });
const showMember = ({ id, name, email, membership }: Person & { membership: Membership }) => ({ id, name: name === email ? '' : name, email, title: membership.title ?? '' });
const spaced = (siret: string) => siret.replace(/^(\d{3})(\d{3})(\d{3})(\d{5})$/, '$1 $2 $3 $4');

@Controller('organisations')
export class OrganisationsPages {
  constructor(private readonly organisations: OrganisationsService) {}

  @Get()
  @Render('people/organisations')
  async list(@Who() actor: Actor, @Query('nom') typed: unknown, @Query('apres') after: unknown) {
    const search = queryText(typed);
    const { rows, next } = await this.organisations.list(actor, search, queryText(after));
    const kept = search ? `nom=${encodeURIComponent(search)}&` : '';
    return { rows: rows.map(show), search, nextHref: next ? `/organisations?${kept}apres=${encodeURIComponent(next)}` : null };
  }

  @Get('nouvelle')
  @Render('people/organisation-edit')
  async blank(@Who() actor: Actor) {
    await this.organisations.list(actor);
    return { heading: 'Nouvelle organisation', action: '/organisations', back: '/organisations', values: {} };
  }

  @Post()
  @Redirect()
  async create(@Who() actor: Actor, @Body(new As(OrganisationForm)) form: OrganisationForm) {
    const { id } = await this.organisations.create(actor, form);
    return seeOther(`/organisations/${id}`, 'L’organisation est enregistrée.');
  }

  @Get(':id')
  @Render('people/organisation')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { organisation, people, establishments } = await this.organisations.find(actor, id);
    return { organisation: show(organisation), people: people.map(showMember), establishments: establishments.map(show) };
  }

  @Post(':id/personnes/:personId')
  @Redirect()
  async setTitle(@Who() actor: Actor, @Param('id') id: string, @Param('personId') personId: string, @Body(new As(MemberTitleForm)) form: MemberTitleForm) {
    await this.organisations.setTitle(actor, id, personId, form);
    return seeOther(`/organisations/${id}#personnes`, 'La qualité de la personne est enregistrée.');
  }

  @Get(':id/modifier')
  @Render('people/organisation-edit')
  async editPage(@Who() actor: Actor, @Param('id') id: string) {
    const { organisation } = await this.organisations.find(actor, id);
    const shown = show(organisation);
    return { heading: `Modifier ${organisation.name}`, action: `/organisations/${id}/modifier`, back: `/organisations/${id}`, values: { ...shown, address: shown.address.join('\n') } };
  }

  @Post(':id/modifier')
  @Redirect()
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OrganisationForm)) form: OrganisationForm) {
    await this.organisations.edit(actor, id, form);
    return seeOther(`/organisations/${id}`, 'L’organisation est enregistrée.');
  }
}

@Controller('api/organisations')
export class OrganisationsApi {
  constructor(private readonly organisations: OrganisationsService) {}

  @Get()
  async list(@Who() actor: Actor, @Query('name') search: unknown, @Query('after') after: unknown) {
    const { rows, next } = await this.organisations.list(actor, queryText(search), queryText(after));
    return { rows: rows.map(show), next };
  }

  @Post()
  async create(@Who() actor: Actor, @Body(new As(OrganisationForm)) form: OrganisationForm) {
    return this.organisations.create(actor, form);
  }

  @Get(':id')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { organisation, people, establishments } = await this.organisations.find(actor, id);
    return { ...show(organisation), people: people.map(showMember), establishments: establishments.map(show) };
  }

  @Put(':id/people/:personId')
  async setTitle(@Who() actor: Actor, @Param('id') id: string, @Param('personId') personId: string, @Body(new As(MemberTitleForm)) form: MemberTitleForm) {
    await this.organisations.setTitle(actor, id, personId, form);
    return this.show(actor, id);
  }

  @Put(':id')
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OrganisationForm)) form: OrganisationForm) {
    await this.organisations.edit(actor, id, form);
    return this.show(actor, id);
  }
}
