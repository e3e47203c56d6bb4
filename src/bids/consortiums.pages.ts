import { Body, Controller, Get, HttpCode, Param, Post, Redirect, Render } from '@nestjs/common';
import { showConsultation } from '../consultations/consultation.view.js';
import type { Actor } from '../platform/actor.js';
import { As, seeOther, Who } from '../platform/web.js';
import { CONSORTIUM_FORMS, withoutMandate } from './consortium.js';
import { ConsortiumsService, ConsortiumTyped } from './consortiums.service.js';

function showConsortium({ consultation, lead, consortium, files, now }: Awaited<ReturnType<ConsortiumsService['show']>>) {
  const options = (chosen: string | null) => files.map(({ id, name }) => ({ value: id, label: name, selected: id === chosen }));
  return {
    consultation: showConsultation(consultation, now),
    lead,
    form: consortium?.form ?? '',
    forms: [{ value: '', label: 'Nous répondons seuls' }, ...Object.entries(CONSORTIUM_FORMS).map(([value, words]) => ({ value, ...words }))],
    members: (consortium?.members ?? []).map(({ name, siret, mandateFileId }) => ({ name, siret, mandateFileId, mandateOptions: options(mandateFileId) })),
    membersTyped: (consortium?.members ?? []).map(({ name, siret }) => [name, siret].filter(Boolean).join(' ; ')).join('\n'),
    signedByAllFileId: consortium?.signedByAllFileId ?? null,
    fileOptions: options(consortium?.signedByAllFileId ?? null),
    withoutMandate: consortium ? withoutMandate(consortium) : [],
    oneBidEach: consultation.oneBidEach,
    can: { edit: consultation.status === 'launched' },
  };
}

/** « Groupement » : lead, members, form, mandates of the bid in preparation. */
@Controller('consultations/:id/pli/groupement')
export class ConsortiumPages {
  constructor(private readonly consortiums: ConsortiumsService) {}

  @Get()
  @Render('bids/consortium')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showConsortium(await this.consortiums.show(actor, id));
  }

  @Post()
  @Redirect()
  async save(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ConsortiumTyped)) typed: ConsortiumTyped) {
    await this.consortiums.save(actor, id, typed);
    return seeOther(`/consultations/${id}/pli/groupement`);
  }
}

@Controller('api/consultations/:id/bid/consortium')
export class ConsortiumApi {
  constructor(private readonly consortiums: ConsortiumsService) {}

  @Get()
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showConsortium(await this.consortiums.show(actor, id));
  }

  @Post()
  @HttpCode(200)
  async save(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ConsortiumTyped)) typed: ConsortiumTyped) {
    await this.consortiums.save(actor, id, typed);
    return this.show(actor, id);
  }
}
