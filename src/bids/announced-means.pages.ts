import { Body, Controller, Get, HttpCode, Param, Post, Redirect, Render } from '@nestjs/common';
import { showConsultation } from '../consultations/consultation.view.js';
import { announcedRules, MEANS_CASES } from '../consultations/means.js';
import type { Actor } from '../platform/actor.js';
import { As, seeOther, Who } from '../platform/web.js';
import { AnnouncedMeansService, MeansForm } from './announced-means.service.js';

function showMeans({ consultation, editable, now }: Awaited<ReturnType<AnnouncedMeansService['show']>>) {
  const { otherMeans, oneBidEach } = consultation;
  return {
    consultation: showConsultation(consultation, now),
    otherMeans,
    oneBidEach,
    rules: announcedRules(consultation),
    cases: Object.entries(MEANS_CASES).map(([value, words]) => ({ value, label: `${value}° ${words}` })),
    can: { edit: editable },
  };
}

/** « Voies de remise » : electronic alone, or other means where the code admits them. */
@Controller('consultations/:id/voies-de-remise')
export class AnnouncedMeansPages {
  constructor(private readonly means: AnnouncedMeansService) {}

  @Get()
  @Render('bids/means')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showMeans(await this.means.show(actor, id));
  }

  @Post()
  @Redirect()
  async announce(@Who() actor: Actor, @Param('id') id: string, @Body(new As(MeansForm)) form: MeansForm) {
    await this.means.announce(actor, id, form);
    return seeOther(`/consultations/${id}/voies-de-remise`);
  }
}

@Controller('api/consultations/:id/means')
export class AnnouncedMeansApi {
  constructor(private readonly means: AnnouncedMeansService) {}

  @Get()
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return showMeans(await this.means.show(actor, id));
  }

  @Post()
  @HttpCode(200)
  async announce(@Who() actor: Actor, @Param('id') id: string, @Body(new As(MeansForm)) form: MeansForm) {
    await this.means.announce(actor, id, form);
    return this.show(actor, id);
  }
}
