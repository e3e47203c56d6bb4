import { Body, Controller, Get, Param, Post, Query, Redirect, Render, Req, StreamableFile } from '@nestjs/common';
import { Config } from '../config.js';
import { isShown, uploadOf } from '../platform/media.js';
import type { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { NotFound } from '../platform/errors.js';
import { readFormWithFile } from '../platform/multipart.js';
import { As, queryText, type Req as Request, seeOther, Who } from '../platform/web.js';
import { OpenersForm, SignForm } from '../commissions/commission.forms.js';
import { DEPARTMENTS } from '../people/departments.js';
import { ContractForm, EndForm, OverrideForm, PrepareForm, RelaunchForm } from './contract.forms.js';
import { ContractLaunchService } from './contract-launch.service.js';
import { mayPrepare } from './contract.policy.js';
import { ContractReadingService } from './contract-reading.service.js';
import { ContractSigningService } from './contract-signing.service.js';
import { contractSteps, showContract, showContractRow, showReasons, typedContract } from './contract.view.js';
import { ContractsService } from './contracts.service.js';

@Controller('marches')
export class ContractsPages {
  constructor(
    private readonly contracts: ContractsService,
    private readonly reading: ContractReadingService,
    private readonly signing: ContractSigningService,
    private readonly launching: ContractLaunchService,
    private readonly config: Config,
  ) {}

  @Get()
  @Render('contracts/list')
  async list(@Who() actor: Actor, @Query('apres') after: unknown) {
    const { rows, next, now } = await this.reading.list(actor, queryText(after));
    return {
      rows: rows.map((row) => showContractRow(row, now)),
      nextHref: next ? `/marches?apres=${encodeURIComponent(next)}` : null,
      mayPrepare: [...DEPARTMENTS.keys()].some((code) => mayPrepare(actor, code)),
    };
  }

  /** One framework at a time: its free departments, and who may buy for them. */
  @Get('nouveau')
  @Render('contracts/prepare')
  async blank(@Who() actor: Actor, @Query('departement') chosen: unknown, @Query('accord') typed: unknown) {
    const { places, buyers } = await this.reading.places(actor);
    const frameworks = [...new Map(places.map((one) => [one.framework.id, one.framework])).values()];
    const framework = frameworks.find((one) => one.id === typed) ?? frameworks[0];
    const mine = places.filter((one) => one.frameworkId === framework?.id);
    const byRegion = mine.some((one) => buyers.has(`R${one.lot.regionCode}`) && mayPrepare(actor, `R${one.lot.regionCode}`));
    const byDepartment = mine.filter((one) => buyers.has(one.departmentCode)).map((one) => one.departmentCode);
    return {
      framework: framework ? { id: framework.id, title: framework.title, reference: framework.reference } : null,
      others: frameworks.filter((one) => one.id !== framework?.id).map(({ id, title, reference }) => ({ title, reference, href: `/marches/nouveau?accord=${id}` })),
      departments: mine.map((one) => ({ value: one.departmentCode, label: `${one.departmentCode} – ${DEPARTMENTS.get(one.departmentCode)?.name ?? ''}`, hint: `Lot ${one.lot.number}, ${one.lot.name}${one.wave ? `, vague ${one.wave}` : ''}`, checked: one.departmentCode === chosen })),
      buyers: byRegion && byDepartment.length > 0
        ? [{ value: 'region', label: 'La plateforme régionale des achats', checked: true }, { value: 'department', label: 'La préfecture du département', hint: `Enregistrée pour : ${byDepartment.join(', ')}. Ses agents suivent alors la consultation et signent.` }]
        : [],
      values: { buyer: 'region' },
    };
  }

  @Post()
  @Redirect()
  async prepare(@Who() actor: Actor, @Body(new As(PrepareForm)) form: PrepareForm) {
    const { ids } = await this.contracts.prepare(actor, form);
    return seeOther(ids.length === 1 ? `/marches/${ids[0]}` : '/marches', `${counted(ids.length, 'marché est préparé', 'marchés sont préparés')}.`);
  }

  @Get(':id')
  @Render('contracts/show')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const found = await this.reading.find(actor, id);
    const contract = showContract(found, actor);
    return { contract, steps: contractSteps(contract, null), upload: uploadOf(this.config) };
  }

  @Get(':id/modifier')
  @Render('contracts/edit')
  async editPage(@Who() actor: Actor, @Param('id') id: string) {
    const found = await this.reading.find(actor, id);
    if (!found.contract.consultation) throw new NotFound();
    const signatories = (await this.reading.signatories(actor, id)).map((one) => ({ value: one.id, label: one.name }));
    return { contract: showContract(found, actor), framework: found.contract.framework, values: typedContract(found.contract), signatories };
  }

  @Post(':id/modifier')
  @Redirect()
  async edit(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ContractForm)) form: ContractForm) {
    await this.contracts.edit(actor, id, form);
    return seeOther(`/marches/${id}`, 'Le marché est enregistré.');
  }

  @Post(':id/ouvreurs')
  @Redirect()
  async openers(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OpenersForm)) form: OpenersForm, @Body() body: unknown) {
    await this.contracts.setOpeners(actor, id, form.openers, queryText((body as { together?: unknown }).together));
    return seeOther(`/marches/${id}#ouvreurs`, 'Les ouvreurs sont désignés.');
  }

  @Post(':id/invites')
  @Redirect()
  async invitees(@Who() actor: Actor, @Param('id') id: string) {
    await this.contracts.refreshInvitees(actor, id);
    return seeOther(`/marches/${id}#invites`, 'La liste des invités est de nouveau celle des titulaires actifs du lot.');
  }

  @Post(':id/documents')
  @Redirect()
  async addDocument(@Who() actor: Actor, @Param('id') id: string, @Req() request: Request) {
    const { file, fields } = await readFormWithFile(request, 'document', this.config.maxDocumentBytes);
    await this.contracts.addDocument(actor, id, documentOf(fields), file);
    return seeOther(`/marches/${id}#documents`, 'Le document est joint.');
  }

  @Post(':id/documents/:fileId/retirer')
  @Redirect()
  async removeDocument(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    await this.contracts.removeDocument(actor, id, fileId);
    return seeOther(`/marches/${id}#documents`, 'Le document est retiré.');
  }

  @Get(':id/documents/:fileId')
  async document(@Who() actor: Actor, @Param('id') id: string, @Param('fileId') fileId: string) {
    const { name, mediaType, stream, size } = await this.contracts.document(actor, id, fileId);
    return new StreamableFile(stream, { type: mediaType, length: size, disposition: `${isShown(mediaType) ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}` });
  }

  @Get(':id/lettres')
  @Render('contracts/letters')
  async letters(@Who() actor: Actor, @Param('id') id: string) {
    const contract = showContract(await this.reading.find(actor, id), actor);
    return { contract, steps: contractSteps(contract, null) };
  }

  /** `in-fine.pdf`, or the number of the holder: `2.pdf`. */
  @Get(':id/lettres/:name')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('name') name: string) {
    const number = /^(\d{1,3})\.pdf$/.exec(name)?.[1];
    if (!number && name !== 'in-fine.pdf') throw new NotFound();
    const bytes = await this.signing.preview(actor, id, Number(number ?? 0));
    return new StreamableFile(bytes, { type: 'application/pdf', disposition: `inline; filename="${name}"` });
  }

  @Post(':id/soumettre')
  @Redirect()
  async submit(@Who() actor: Actor, @Param('id') id: string) {
    await this.signing.submit(actor, id);
    return seeOther(`/marches/${id}/lettres`, 'Les lettres sont soumises : le signataire les trouve dans son parapheur.');
  }

  @Post(':id/reprendre')
  @Redirect()
  async takeBack(@Who() actor: Actor, @Param('id') id: string) {
    await this.signing.takeBack(actor, id);
    return seeOther(`/marches/${id}`, 'Le marché est repris : il peut de nouveau être modifié, et rien n’est à signer.');
  }

  @Post(':id/signer')
  @Redirect()
  async sign(@Who() actor: Actor, @Param('id') id: string, @Body(new As(SignForm)) _: SignForm) {
    const { signed } = await this.signing.sign(actor, id);
    return seeOther(`/marches/${id}/lettres`, `${counted(signed, 'lettre est signée', 'lettres sont signées')}. Le lancement revient maintenant à l’acheteur.`);
  }

  @Get(':id/controle')
  @Render('contracts/preflight')
  async preflight(@Who() actor: Actor, @Param('id') id: string) {
    const { contract: found, reasons, invitations, now } = await this.reading.preflight(actor, id);
    const shown = showReasons(reasons);
    const contract = showContract({ contract: found, invitations, openers: [], letters: [], now }, actor);
    return {
      contract,
      ...shown,
      preparing: found.preparing,
      toSign: contract.status === 'to-sign',
      mayLaunchNow: shown.ready && contract.status === 'to-sign',
      invitedCount: invitations.length,
    };
  }

  @Post(':id/deroger')
  @Redirect()
  async override(@Who() actor: Actor, @Param('id') id: string, @Body(new As(OverrideForm)) form: OverrideForm) {
    await this.launching.override(actor, id, form);
    return seeOther(`/marches/${id}/controle`, 'La dérogation est enregistrée avec son motif.');
  }

  @Post(':id/lancer')
  @Redirect()
  async launch(@Who() actor: Actor, @Param('id') id: string) {
    const { invited } = await this.launching.launch(actor, id);
    return seeOther(`/marches/${id}`, `La consultation est lancée : ${counted(invited, 'titulaire est invité', 'titulaires sont invités')}.`);
  }

  @Post(':id/terminer')
  @Redirect()
  async end(@Who() actor: Actor, @Param('id') id: string, @Body(new As(EndForm)) form: EndForm) {
    await this.launching.end(actor, id, form);
    return seeOther(`/marches/${id}`, 'La décision est enregistrée avec son motif.');
  }

  @Post(':id/relancer')
  @Redirect()
  async relaunch(@Who() actor: Actor, @Param('id') id: string, @Body(new As(RelaunchForm)) form: RelaunchForm) {
    const again = await this.launching.relaunch(actor, id, form);
    return seeOther(`/marches/${again.id}`, 'Un nouveau marché reprend celui-ci. Vérifiez ses dates.');
  }
}

/** What is typed beside a file. */
export const documentOf = (fields: Record<string, unknown>) => ({ title: queryText(fields.title).trim(), kind: queryText(fields.kind), together: queryText(fields.together) });
