import { Body, Controller, Get, Param, type PipeTransform, Post, Redirect, Render } from '@nestjs/common';
import { IsIn } from 'class-validator';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { As, seeOther, Trimmed, Who } from '../platform/web.js';
import { LotForm, TargetForm } from './agreement.forms.js';
import { mayKeepFramework, mayKeepLot } from './agreement.policy.js';
import { departmentName, lotMoves, regionOptions, showLot, showPlace } from './agreement.view.js';
import { showHolder } from './holder.view.js';
import { FrameworksService } from './frameworks.service.js';
import { LOT_MOVES, type LotMove } from './lot.js';
import { LotsService } from './lots.service.js';

export class LotMoveForm {
  @Trimmed() @IsIn(Object.keys(LOT_MOVES), { message: 'Choisissez une étape.' }) move!: LotMove;
}

export const LotNumber = () => Param('number', new LotNumberPipe());

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
    return seeOther(`/accords-cadres/${id}/lots/${number}`, 'Le lot est ajouté.');
  }

  @Post('lots/activer')
  @Redirect()
  async activateAll(@Who() actor: Actor, @Param('id') id: string) {
    await this.lots.activateAll(actor, id);
    return seeOther(`/accords-cadres/${id}#lots`, 'Les lots qui ont un titulaire sont actifs.');
  }

  @Post('lots/reprendre')
  @Redirect()
  async copy(@Who() actor: Actor, @Param('id') id: string) {
    await this.lots.copyFromPrevious(actor, id);
    return seeOther(`/accords-cadres/${id}#lots`, 'Les lots sont repris.');
  }

  @Get('lots/:number')
  @Render('agreements/lot')
  async show(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number) {
    const { lot, framework, holders, places, spent, day } = await this.lots.find(actor, id, number);
    const mayKeep = mayKeepLot(actor, lot);
    return {
      framework: { id, title: framework.title },
      lot: showLot(lot, holders, places, spent, day),
      moves: lotMoves(lot, framework, actor),
      holders: holders.map((one) => ({ ...showHolder(one, day), siret: one.organisation.schemeId })),
      places: places.map(showPlace),
      mayKeep,
      mayCut: mayKeepFramework(actor, framework),
    };
  }

  @Get('lots/:number/modifier')
  @Render('agreements/lot-edit')
  async editPage(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number) {
    const { lot, framework, holders, places, spent, day } = await this.lots.find(actor, id, number);
    const shown = showLot(lot, holders, places, spent, day);
    return { heading: `Modifier le lot ${number}`, action: `/accords-cadres/${id}/lots/${number}/modifier`, back: `/accords-cadres/${id}/lots/${number}`, framework, regions: regionOptions(), values: { ...shown.typed, departments: shown.departments.join(' ') } };
  }

  @Post('lots/:number/modifier')
  @Redirect()
  async edit(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Body(new As(LotForm)) form: LotForm) {
    const changed = await this.lots.edit(actor, id, number, form);
    return seeOther(`/accords-cadres/${id}/lots/${changed.number}`, 'Le lot est enregistré.');
  }

  @Post('lots/:number/etat')
  @Redirect()
  async move(@Who() actor: Actor, @Param('id') id: string, @LotNumber() number: number, @Body(new As(LotMoveForm)) form: LotMoveForm) {
    await this.lots.move(actor, id, number, form.move);
    return seeOther(`/accords-cadres/${id}/lots/${number}`, 'Le nouvel état du lot est enregistré.');
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
        actors: place.actors.map((one) => [one.role, one.name, one.contact, ...(one.follows ? [one.follows] : [])].join(' ; ').replace(/( ; )+$/, '')).join('\n'),
      },
    };
  }

  @Post('departements/:code')
  @Redirect()
  async target(@Who() actor: Actor, @Param('id') id: string, @Param('code') code: string, @Body(new As(TargetForm)) form: TargetForm) {
    const { lotNumber } = await this.lots.target(actor, id, code, form);
    return seeOther(`/accords-cadres/${id}/lots/${lotNumber}`, 'La cible du département est enregistrée.');
  }
}
