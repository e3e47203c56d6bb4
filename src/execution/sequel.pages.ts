import { Body, Controller, Get, Param, Post, Redirect, Render, Req } from '@nestjs/common';
import { Config } from '../config.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, type Req as Request, seeOther, Who, Whole } from '../platform/web.js';
import { actPage, numbered } from './act-page.js';
import { AmendmentsService } from './amendments.service.js';
import { AmendmentForm, FactForm, ReasonForm, ReceptionForm, RenewalForm, TerminationForm } from './execution.forms.js';
import { keptCopy } from './execution.pages.js';
import { SequelService } from './sequel.service.js';
import { showAmendments, showSequel } from './sequel.view.js';

/** « Avenants » */
@Controller('marches/:id/execution/avenants')
export class AmendmentsPages {
  constructor(
    private readonly amendments: AmendmentsService,
    private readonly config: Config,
  ) {}

  @Get()
  @Render('execution/amendments')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return { ...showAmendments(await this.amendments.list(actor, id)), maxBytes: this.config.maxDocumentBytes };
  }

  @Get('nouveau')
  @Render('execution/act')
  async toDraft(@Who() actor: Actor, @Param('id') id: string) {
    const view = showAmendments(await this.amendments.list(actor, id));
    return actPage(view, { act: 'amendment', title: 'Préparer un avenant', path: '/avenants', back: '/avenants', allowed: view.can.draft, label: 'Préparer cet avenant' });
  }

  @Get(':number')
  @Render('execution/amendment')
  async show(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const view = showAmendments(await this.amendments.list(actor, id));
    return { ...view, amendment: numbered(view.amendments, number), maxBytes: this.config.maxDocumentBytes };
  }

  @Post()
  @Redirect()
  async draft(@Who() actor: Actor, @Param('id') id: string, @Body(new As(AmendmentForm)) form: AmendmentForm) {
    await this.amendments.draft(actor, id, form);
    return seeOther(`/marches/${id}/execution/avenants`, 'L’avenant est préparé : il attend les deux signatures.');
  }

  @Post(':number/signature')
  @Redirect()
  async sign(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Req() request: Request) {
    const { file } = await readFormWithFile(request, 'copy', this.config.maxDocumentBytes);
    await this.amendments.sign(actor, id, number, file);
    return seeOther(`/marches/${id}/execution/avenants`, 'L’avenant est signé ; il reste à le notifier.');
  }

  @Post(':number/notification')
  @Redirect()
  async notify(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ReceptionForm)) form: ReceptionForm) {
    await this.amendments.notify(actor, id, number, form.receivedOn);
    return seeOther(`/marches/${id}/execution/avenants`, 'La notification de l’avenant est enregistrée.');
  }

  @Post(':number/annuler')
  @Redirect()
  async cancel(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ReasonForm)) form: ReasonForm) {
    await this.amendments.cancel(actor, id, number, form.reason);
    return seeOther(`/marches/${id}/execution/avenants`, 'L’avenant est annulé ; il reste au dossier.');
  }

  @Get(':number/exemplaire.pdf')
  async copy(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    return keptCopy(await this.amendments.copy(actor, id, number));
  }
}

const SEQUEL_ACTS = {
  'mise-en-demeure': { act: 'notice', title: 'Mise en demeure', label: 'Enregistrer la mise en demeure', may: 'notice' },
  penalites: { act: 'penalty', title: 'Pénalité', label: 'Enregistrer la pénalité', may: 'penalise' },
  reconduction: { act: 'renewal', title: 'Reconduction', label: 'Enregistrer la décision', may: 'renew' },
  resiliation: { act: 'termination', title: 'Résiliation', label: 'Résilier le marché', may: 'terminate' },
  achevement: { act: 'completion', title: 'Achèvement', label: 'Déclarer le marché achevé', may: 'complete' },
} as const;

/** « Pénalités, reconduction, fin » */
@Controller('marches/:id/execution/suites')
export class SequelPages {
  constructor(private readonly sequel: SequelService) {}

  @Get()
  @Render('execution/sequel')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showSequel(await this.sequel.list(actor, id));
  }

  @Get(':act')
  @Render('execution/act')
  async toAct(@Who() actor: Actor, @Param('id') id: string, @Param('act') asked: string) {
    const view = showSequel(await this.sequel.list(actor, id));
    const page = Object.hasOwn(SEQUEL_ACTS, asked) ? SEQUEL_ACTS[asked as keyof typeof SEQUEL_ACTS] : undefined;
    if (!page) throw new NotFound();
    return actPage(view, { ...page, path: `/suites/${asked}`, back: '/suites', allowed: view.can[page.may] });
  }

  @Get('penalites/:number')
  @Render('execution/act')
  async toWaive(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number) {
    const view = showSequel(await this.sequel.list(actor, id));
    return actPage(view, { act: 'reason', title: 'Remettre une pénalité', path: `/suites/penalites/${number}/remise`, back: '/suites', allowed: numbered(view.facts, number).can.waive, label: 'Remettre cette pénalité' });
  }

  @Post('mise-en-demeure')
  @Redirect()
  async notice(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FactForm)) form: FactForm) {
    await this.sequel.putOnNotice(actor, id, form);
    return seeOther(`/marches/${id}/execution/suites`, 'La mise en demeure est enregistrée.');
  }

  @Post('penalites')
  @Redirect()
  async penalise(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FactForm)) form: FactForm) {
    await this.sequel.penalise(actor, id, form);
    return seeOther(`/marches/${id}/execution/suites`, 'La pénalité est enregistrée.');
  }

  @Post('penalites/:number/remise')
  @Redirect()
  async waive(@Who() actor: Actor, @Param('id') id: string, @Whole('number') number: number, @Body(new As(ReasonForm)) form: ReasonForm) {
    await this.sequel.waive(actor, id, number, form.reason);
    return seeOther(`/marches/${id}/execution/suites`, 'La pénalité est remise ; les deux lignes restent au dossier.');
  }

  @Post('reconduction')
  @Redirect()
  async renew(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RenewalForm)) form: RenewalForm) {
    await this.sequel.renew(actor, id, form);
    return seeOther(`/marches/${id}/execution/suites`, form.move === 'renew' ? 'Le marché est reconduit.' : 'La non-reconduction est enregistrée.');
  }

  @Post('resiliation')
  @Redirect()
  async terminate(@Who() actor: Actor, @Param('id') id: string, @Body(new As(TerminationForm)) form: TerminationForm) {
    await this.sequel.terminate(actor, id, form);
    return seeOther(`/marches/${id}/execution/suites`, 'Le marché est résilié ; tout reste au dossier.');
  }

  @Post('achevement')
  @Redirect()
  async complete(@Who() actor: Actor, @Param('id') id: string, @Body(new As(FactForm)) form: FactForm) {
    await this.sequel.complete(actor, id, form);
    return seeOther(`/marches/${id}/execution/suites`, 'Le marché est achevé.');
  }
}
