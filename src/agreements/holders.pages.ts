import { Controller, Get, HttpCode, Param, Post, Put, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { mayKeepDirectory } from '../people/organisations.service.js';
import { NotFound } from '../platform/errors.js';
import type { Day } from '../platform/working-days.js';
import { type Req as Request, seeOther, Who } from '../platform/web.js';
import { HolderContentForm, HolderForm, LeaveForm } from './agreement.forms.js';
import { isNational, mayCorrect, mayKeepLot } from './agreement.policy.js';
import { FORMS, showHolder, typedHolder } from './holder.view.js';
import { HoldersService } from './holders.service.js';
import type { Holder, HolderStatus } from './lot.js';
import { LotNumber } from './lots.pages.js';
import { LotsService } from './lots.service.js';
import { readAs, RECEIVED_MAX_BYTES } from './received.js';

const OUT = [{ value: 'withdraw', label: 'Retrait', hint: 'Il quitte l’accord-cadre de lui-même.' }, { value: 'terminate', label: 'Résiliation' }];
const BACK = [{ value: 'reinstate', label: 'Rétablissement', hint: 'La sortie a été inscrite par erreur, ou annulée.' }];
const PAUSE = { value: 'suspend', label: 'Suspension', hint: 'Il n’est plus consulté, jusqu’à sa reprise.' };
const MOVES: Record<HolderStatus, { value: string; label: string; hint?: string }[]> = {
  active: [PAUSE, ...OUT],
  suspended: [{ value: 'resume', label: 'Reprise', hint: 'Il est de nouveau consulté.' }, ...OUT],
  withdrawn: BACK,
  terminated: BACK,
  replaced: [],
};

/** An exit announced for later leaves time for a suspension. */
const movesOf = (holder: Holder, day: Day) => [...MOVES[holder.status], ...(MOVES[holder.status].includes(PAUSE) || holder.status === 'suspended' || holder.isOut(day) ? [] : [PAUSE])];

@Controller('accords-cadres/:id/lots/:number/titulaires')
export class HoldersPages {
  constructor(
    private readonly lots: LotsService,
    private readonly holders: HoldersService,
  ) {}

  @Get('nouveau')
  @Render('agreements/holder-edit')
  async blank(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number) {
    const { lot, framework, holders, day } = await this.lots.find(actor, id, number);
    return {
      ...shared(actor, id, number),
      heading: `Nouveau titulaire du lot ${number}`,
      action: `/accords-cadres/${id}/lots/${number}/titulaires`,
      lot,
      entering: true,
      leaving: holders.filter((one) => one.isActive(day)).map((one) => ({ value: one.id, label: one.name })),
      values: { form: 'single', enteredOn: framework.startsOn },
    };
  }

  @Post()
  @Redirect()
  async add(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Req() request: Request) {
    const { file, form } = await readAs(HolderForm, request);
    await this.holders.add(actor, id, number, form, file);
    return seeOther(`/accords-cadres/${id}/lots/${number}#titulaires`, 'Le titulaire est enregistré.');
  }

  @Get(':holderId')
  @Render('agreements/holder-leave')
  async leavePage(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string) {
    const { holders, lot, day } = await this.lots.find(actor, id, number);
    const holder = holders.find((one) => one.id === holderId);
    if (!holder) throw new NotFound();
    const action = `/accords-cadres/${id}/lots/${number}/titulaires/${holderId}`;
    return {
      ...shared(actor, id, number),
      holder: showHolder(holder, day),
      successor: holders.find((one) => one.id === holder.replacedById)?.name ?? null,
      action,
      lot,
      may: mayKeepLot(actor, lot) && movesOf(holder, day).length > 0,
      editHref: mayCorrect(actor, lot, holder) ? `${action}/modifier` : null,
      today: day,
      moves: movesOf(holder, day),
    };
  }

  @Post(':holderId')
  @Redirect()
  async leave(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string, @Req() request: Request) {
    const { file, form } = await readAs(LeaveForm, request);
    await this.holders.leave(actor, id, number, holderId, form, file);
    return seeOther(`/accords-cadres/${id}/lots/${number}#titulaires`, 'La sortie du titulaire est enregistrée.');
  }

  @Get(':holderId/modifier')
  @Render('agreements/holder-edit')
  async editPage(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string) {
    const { holders, lot } = await this.lots.find(actor, id, number);
    const holder = holders.find((one) => one.id === holderId);
    if (!holder) throw new NotFound();
    const sirets = await this.holders.siretsOf(actor, holder.members.flatMap((one) => one.organisationId ?? []));
    const action = `/accords-cadres/${id}/lots/${number}/titulaires/${holderId}`;
    return { ...shared(actor, id, number), heading: `Modifier ${holder.name}`, action: `${action}/modifier`, back: action, lot, entering: false, values: typedHolder(holder, sirets), organisationId: holder.organisationId };
  }

  @Post(':holderId/modifier')
  @Redirect()
  async edit(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string, @Req() request: Request) {
    const { file, form } = await readAs(HolderContentForm, request);
    await this.holders.edit(actor, id, number, holderId, form, file);
    return seeOther(`/accords-cadres/${id}/lots/${number}/titulaires/${holderId}`, 'Le titulaire est enregistré.');
  }

  @Get(':holderId/document-recu')
  async document(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string) {
    return received(await this.holders.document(actor, id, number, holderId));
  }
}

@Controller('api/frameworks/:id/lots/:number/holders')
export class HoldersApi {
  constructor(
    private readonly lots: LotsService,
    private readonly holders: HoldersService,
  ) {}

  @Post()
  async add(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Req() request: Request) {
    const { file, form } = await readAs(HolderForm, request);
    return this.holders.add(actor, id, number, form, file);
  }

  @Get(':holderId')
  async show(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string) {
    const { holders, day } = await this.lots.find(actor, id, number);
    const holder = holders.find((one) => one.id === holderId);
    if (!holder) throw new NotFound();
    return showHolder(holder, day);
  }

  @Put(':holderId')
  async edit(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string, @Req() request: Request) {
    const { file, form } = await readAs(HolderContentForm, request);
    await this.holders.edit(actor, id, number, holderId, form, file);
    return this.show(actor, id, number, holderId);
  }

  @Post(':holderId/moves')
  @HttpCode(200)
  async leave(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string, @Req() request: Request) {
    const { file, form } = await readAs(LeaveForm, request);
    await this.holders.leave(actor, id, number, holderId, form, file);
    return this.show(actor, id, number, holderId);
  }

  @Get(':holderId/document')
  async document(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string) {
    return received(await this.holders.document(actor, id, number, holderId));
  }
}

/** A PDF is read in the page; the table of an import is not. */
const received = ({ bytes, type, name }: { bytes: Buffer; type: string; name: string }) =>
  new StreamableFile(bytes, { type, disposition: `${type === 'application/pdf' ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}` });

/** Whoever is not the ministry records: with the reference and the document received. */
const shared = (actor: Actor, id: string, number: number) => ({
  back: `/accords-cadres/${id}/lots/${number}`,
  forms: Object.entries(FORMS).map(([value, label]) => ({ value, label })),
  mayReadDirectory: mayKeepDirectory(actor),
  recording: !isNational(actor),
  maxBytes: RECEIVED_MAX_BYTES,
});
