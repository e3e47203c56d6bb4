import { Body, Controller, Get, Param, Post, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { IsIn } from 'class-validator';
import type { Actor } from '../platform/actor.js';
import { Forbidden } from '../platform/errors.js';
import { dayOf } from '../platform/working-days.js';
import { As, type Req as Request, seeOther, Trimmed, Who } from '../platform/web.js';
import { FrameworkForm, RenewForm } from './agreement.forms.js';
import { isNational, mayDraftFramework, mayKeepLot } from './agreement.policy.js';
import { showFramework, showFrameworkRow, showGreenLight, showLot } from './agreement.view.js';
import { FRAMEWORK_MOVES, type FrameworkAgreement, type FrameworkMove } from './framework-agreement.js';
import { FrameworksService } from './frameworks.service.js';
import { ProgrammesService } from './programmes.service.js';
import { readAs, RECEIVED_MAX_BYTES } from './received.js';
import { durationsOf, durationTyped } from './retro-durations.js';
import { NOTHING_SPENT } from './spending.js';

export class FrameworkMoveForm {
  @Trimmed() @IsIn(Object.keys(FRAMEWORK_MOVES), { message: 'Choisissez une étape.' }) move!: FrameworkMove;
}

@Controller()
export class FrameworksPages {
  constructor(
    private readonly frameworks: FrameworksService,
    private readonly programmes: ProgrammesService,
  ) {}

  @Get('accords-cadres')
  @Render('agreements/list')
  async list(@Who() actor: Actor) {
    const { frameworks, now } = await this.frameworks.list(actor);
    return { rows: frameworks.map((one) => showFrameworkRow(one, dayOf(now, 'Europe/Paris'))), mayDraft: mayDraftFramework(actor) };
  }

  @Get('accords-cadres/nouveau')
  @Render('agreements/edit')
  async blank(@Who() actor: Actor) {
    return { ...(await this.options(actor)), heading: 'Nouvel accord-cadre', action: '/accords-cadres', back: '/accords-cadres', values: { method: 'withReopeningCompetition', durations: durationsOf(null).map(durationTyped).join('\n') }, recording: !isNational(actor), drafting: true, maxBytes: RECEIVED_MAX_BYTES };
  }

  @Post('accords-cadres')
  @Redirect()
  async draft(@Who() actor: Actor, @Req() request: Request) {
    const { file, form } = await readAs(FrameworkForm, request);
    const { id } = await this.frameworks.draft(actor, form, file);
    return seeOther(`/accords-cadres/${id}`, 'L’accord-cadre est enregistré en préparation.');
  }

  @Get('accords-cadres/:id')
  @Render('agreements/show')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { framework, lots, places, greenLights, spent, now } = await this.frameworks.find(actor, id);
    const day = dayOf(now, 'Europe/Paris');
    const shown = showFramework(framework, actor, day);
    return {
      framework: shown,
      lots: lots.map((lot) => showLot(lot, lot.holders, places, spent.get(lot.id) ?? NOTHING_SPENT, day)),
      departments: places.length,
      mayCopy: shown.may && lots.length === 0 && framework.previousId !== null,
      mayActivate: shown.may && lots.some((lot) => lot.status === 'draft' || lot.status === 'awarded'),
      greenLights: greenLights.map((light) => showGreenLight(light, lots.find((one) => one.id === light.lotId) ?? null, day)),
      mayLight: lots.some((lot) => mayKeepLot(actor, lot)),
      mayImport: shown.may || lots.some((lot) => mayKeepLot(actor, lot)),
    };
  }

  @Get('accords-cadres/:id/modifier')
  @Render('agreements/edit')
  async editPage(@Who() actor: Actor, @Param('id') id: string) {
    const { framework } = await this.frameworks.find(actor, id);
    return { ...(await this.options(actor, id)), heading: 'Modifier l’accord-cadre', action: `/accords-cadres/${id}/modifier`, back: `/accords-cadres/${id}`, values: typedFramework(framework), recording: framework.source !== 'ministry', drafting: false };
  }

  @Post('accords-cadres/:id/modifier')
  @Redirect()
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FrameworkForm)) form: FrameworkForm) {
    await this.frameworks.edit(actor, id, form);
    return seeOther(`/accords-cadres/${id}`, 'L’accord-cadre est enregistré.');
  }

  @Post('accords-cadres/:id/etat')
  @Redirect()
  async move(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FrameworkMoveForm)) form: FrameworkMoveForm) {
    await this.frameworks.move(actor, id, form.move);
    return seeOther(`/accords-cadres/${id}`, 'Le nouvel état de l’accord-cadre est enregistré.');
  }

  @Post('accords-cadres/:id/reconduire')
  @Redirect()
  async renew(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RenewForm)) form: RenewForm) {
    await this.frameworks.renew(actor, id, form);
    return seeOther(`/accords-cadres/${id}`, 'La reconduction est enregistrée.');
  }

  @Get('accords-cadres/:id/document.pdf')
  async document(@Who() actor: Actor, @Param('id') id: string) {
    return new StreamableFile(await this.frameworks.document(actor, id), { type: 'application/pdf', disposition: 'inline; filename="document-recu.pdf"' });
  }

  private async options(actor: Actor, self = '') {
    const [programmes, { frameworks }] = await Promise.all([this.programmes.list(actor), this.frameworks.list(actor)]);
    if (!mayDraftFramework(actor)) throw new Forbidden('Un accord-cadre est tenu par le niveau national, ou enregistré par une plateforme régionale.');
    return {
      programmes: programmes.map((one) => ({ value: one.id, label: `${one.code}, ${one.name}` })),
      earlier: frameworks.filter((one) => one.id !== self).map((one) => ({ value: one.id, label: `${one.reference}, ${one.title}` })),
      methods: [
        { value: 'withReopeningCompetition', label: 'Avec remise en concurrence des titulaires', hint: 'Chaque marché subséquent remet tous les titulaires du lot en concurrence (art. R. 2162-10).' },
        { value: 'withoutReopeningCompetition', label: 'Sans remise en concurrence', hint: 'L’accord-cadre fixe lui-même qui sert quel besoin.' },
      ],
    };
  }
}

const rangeTyped = ({ label, min, max }: { label: string; min: number; max: number }) => (min === max ? `${label} : ${min}` : `${label} : ${min} à ${max}`);

function typedFramework(one: FrameworkAgreement) {
  return { ...one, criteria: one.criteria.map(rangeTyped).join('\n'), services: one.services.join('\n'), priceForms: one.priceForms.join('\n'), durations: durationsOf(one.durations).map(durationTyped).join('\n'), durationJustification: one.durationJustification ?? '', previousId: one.previousId ?? '', sourceReference: one.sourceReference ?? '', callPublishedOn: one.callPublishedOn ?? '', renewableUntil: one.renewableUntil ?? '' };
}
