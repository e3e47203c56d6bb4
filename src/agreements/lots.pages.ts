import { Body, Controller, Get, Param, type PipeTransform, Post, Redirect, Render } from '@nestjs/common';
import { IsIn } from 'class-validator';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { As, seeOther, Trimmed, Who } from '../platform/web.js';
import { HolderForm, LeaveForm, LotForm, TargetForm } from './agreement.forms.js';
import { mayKeepFramework, mayKeepLot } from './agreement.policy.js';
import { departmentName, FORMS, lotMoves, regionOptions, showHolder, showLot, showPlace } from './agreement.view.js';
import { FrameworksService } from './frameworks.service.js';
import { LOT_MOVES, type LotMove } from './lot.js';
import { LotsService } from './lots.service.js';

export class LotMoveForm {
  @Trimmed() @IsIn(Object.keys(LOT_MOVES), { message: 'Choisissez une étape.' }) move!: LotMove;
}

const LotNumber = () => Param('number', new LotNumberPipe());

/** A whole number that a lot may have; any other address is no page. */
export class LotNumberPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    if (!/^[1-9]\d{0,2}$/.test(value)) throw new NotFound();
    return Number(value);
  }
}

@Controller('accords-cadres/:id')
export class LotsPages {
  constructor(
    private readonly lots: LotsService,
    private readonly frameworks: FrameworksService,
  ) {}

  @Get('lots/nouveau')
  @Render('agreements/lot-edit')
  async blank(@Who() actor: Actor, @Param('id') id: string) {
    const { framework, lots } = await this.frameworks.find(actor, id);
    return { heading: 'Nouveau lot', action: `/accords-cadres/${id}/lots`, back: `/accords-cadres/${id}`, framework, regions: regionOptions(), values: { number: (lots.at(-1)?.number ?? 0) + 1 } };
  }

  @Post('lots')
  @Redirect()
  async add(@Who() actor: Actor, @Param('id') id: string, @Body(new As(LotForm)) form: LotForm) {
    const { number } = await this.lots.add(actor, id, form);
    return seeOther(`/accords-cadres/${id}/lots/${number}`);
  }

  @Post('lots/activer')
  @Redirect()
  async activateAll(@Who() actor: Actor, @Param('id') id: string) {
    await this.lots.activateAll(actor, id);
    return seeOther(`/accords-cadres/${id}#lots`);
  }

  @Get('lots/:number')
  @Render('agreements/lot')
  async show(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number) {
    const { lot, framework, holders, places, spentCents, day } = await this.lots.find(actor, id, number);
    const mayKeep = mayKeepLot(actor, lot);
    return {
      framework: { id, title: framework.title },
      lot: showLot(lot, holders, places, spentCents, day),
      moves: lotMoves(lot, actor),
      holders: holders.map((one) => ({ ...showHolder(one, day), siret: one.organisation.schemeId })),
      places: places.map(showPlace),
      mayKeep,
      mayCut: mayKeepFramework(actor, framework),
    };
  }

  @Get('lots/:number/modifier')
  @Render('agreements/lot-edit')
  async editPage(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number) {
    const { lot, framework, holders, places, spentCents, day } = await this.lots.find(actor, id, number);
    const shown = showLot(lot, holders, places, spentCents, day);
    return { heading: `Modifier le lot ${number}`, action: `/accords-cadres/${id}/lots/${number}/modifier`, back: `/accords-cadres/${id}/lots/${number}`, framework, regions: regionOptions(), values: { ...shown.typed, departments: shown.departments.join(' ') } };
  }

  @Post('lots/:number/modifier')
  @Redirect()
  async edit(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Body(new As(LotForm)) form: LotForm) {
    const changed = await this.lots.edit(actor, id, number, form);
    return seeOther(`/accords-cadres/${id}/lots/${changed.number}`);
  }

  @Post('lots/:number/etat')
  @Redirect()
  async move(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Body(new As(LotMoveForm)) form: LotMoveForm) {
    await this.lots.move(actor, id, number, form.move);
    return seeOther(`/accords-cadres/${id}/lots/${number}`);
  }

  @Get('lots/:number/titulaires/nouveau')
  @Render('agreements/holder-edit')
  async blankHolder(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number) {
    const { lot, framework, holders, day } = await this.lots.find(actor, id, number);
    return {
      heading: `Nouveau titulaire du lot ${number}`,
      action: `/accords-cadres/${id}/lots/${number}/titulaires`,
      back: `/accords-cadres/${id}/lots/${number}`,
      lot,
      forms: Object.entries(FORMS).map(([value, label]) => ({ value, label })),
      leaving: holders.filter((one) => one.isActive(day)).map((one) => ({ value: one.id, label: one.name })),
      values: { form: 'single', enteredOn: framework.startsOn },
    };
  }

  @Post('lots/:number/titulaires')
  @Redirect()
  async addHolder(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Body(new As(HolderForm)) form: HolderForm) {
    await this.lots.addHolder(actor, id, number, form);
    return seeOther(`/accords-cadres/${id}/lots/${number}#titulaires`);
  }

  @Get('lots/:number/titulaires/:holderId')
  @Render('agreements/holder-leave')
  async leavePage(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string) {
    const { holders, lot, day } = await this.lots.find(actor, id, number);
    const holder = holders.find((one) => one.id === holderId);
    if (!holder) throw new NotFound();
    return {
      holder: showHolder(holder, day),
      action: `/accords-cadres/${id}/lots/${number}/titulaires/${holderId}`,
      back: `/accords-cadres/${id}/lots/${number}`,
      lot,
      may: mayKeepLot(actor, lot),
      today: day,
      moves:
        holder.status === 'suspended'
          ? [{ value: 'resume', label: 'Reprise', hint: 'Il est de nouveau consulté.' }, { value: 'withdraw', label: 'Retrait' }, { value: 'terminate', label: 'Résiliation' }]
          : [{ value: 'suspend', label: 'Suspension', hint: 'Il n’est plus consulté, jusqu’à sa reprise.' }, { value: 'withdraw', label: 'Retrait', hint: 'Il quitte l’accord-cadre de lui-même.' }, { value: 'terminate', label: 'Résiliation' }],
    };
  }

  @Post('lots/:number/titulaires/:holderId')
  @Redirect()
  async leave(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Param('holderId') holderId: string, @Body(new As(LeaveForm)) form: LeaveForm) {
    await this.lots.leave(actor, id, number, holderId, form);
    return seeOther(`/accords-cadres/${id}/lots/${number}#titulaires`);
  }

  @Get('departements/:code')
  @Render('agreements/department-edit')
  async targetPage(@Who() actor: Actor, @Param('id') id: string, @Param('code') code: string) {
    const place = await this.lots.place(actor, id, code);
    const { framework, lot } = place;
    return {
      heading: `${departmentName(code)} (${code})`,
      framework,
      lot,
      action: `/accords-cadres/${id}/departements/${code}`,
      back: `/accords-cadres/${id}/lots/${lot.number}`,
      may: mayKeepLot(actor, lot),
      values: {
        wave: place.wave ?? '',
        wording: place.targetWording ?? '',
        earliest: place.targetEarliest ?? '',
        latest: place.targetLatest ?? '',
        wantedStart: place.wantedStart ?? '',
        pulledForward: place.pulledForward ?? '',
        actors: place.actors.map((one) => [one.role, one.name, one.contact].filter(Boolean).join(' ; ')).join('\n'),
      },
    };
  }

  @Post('departements/:code')
  @Redirect()
  async target(@Who() actor: Actor, @Param('id') id: string, @Param('code') code: string, @Body(new As(TargetForm)) form: TargetForm) {
    const { lotNumber } = await this.lots.target(actor, id, code, form);
    return seeOther(`/accords-cadres/${id}/lots/${lotNumber}`);
  }
}
