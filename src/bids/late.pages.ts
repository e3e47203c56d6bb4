import { Body, Controller, Get, Param, Post, Query, Redirect, Render, StreamableFile } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { Refused } from '../platform/errors.js';
import { As, seeOther, Who } from '../platform/web.js';
import { AdmitForm, EliminateForm } from './late.forms.js';
import { showLateBids, showLateCase } from './late.view.js';
import { LateBidsService } from './late.service.js';

/** « Plis hors délai, à décider ». */
@Controller('consultations/:id')
export class LateBidsPages {
  constructor(private readonly late: LateBidsService) {}

  @Get('hors-delai')
  @Render('bids/late')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    try {
      return showLateBids(await this.late.list(actor, id));
    } catch (error) {
      // One page and one sentence, whether there are late bids or none (sealing.md 1.6).
      if (error instanceof Refused && error.code === 'sealed') return { consultation: { id }, sealed: error.message };
      throw error;
    }
  }

  @Get('hors-delai/:bidId')
  @Render('bids/late-case')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string) {
    return showLateCase(await this.late.find(actor, id, bidId));
  }

  /** Before the decision, with the reasons proposed: the words that will be signed. */
  @Get('hors-delai/:bidId/lettre.pdf')
  async letter(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Query('motifs') typed: unknown) {
    const { suggested } = showLateCase(await this.late.find(actor, id, bidId));
    const reasons = typeof typed === 'string' && typed.trim() !== '' ? typed.slice(0, 6000) : suggested;
    return new StreamableFile(await this.late.letter(actor, id, bidId, reasons), { type: 'application/pdf', disposition: 'inline; filename="lettre-hors-delai.pdf"' });
  }

  @Post('hors-delai/:bidId/eliminer')
  @Redirect()
  async eliminate(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body(new As(EliminateForm)) form: EliminateForm) {
    await this.late.eliminate(actor, id, bidId, form);
    return seeOther(`/consultations/${id}/hors-delai/${bidId}`, 'La décision est enregistrée. La lettre « hors délai » part à l’organisation.');
  }

  @Post('hors-delai/:bidId/admettre')
  @Redirect()
  async admit(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body(new As(AdmitForm)) form: AdmitForm) {
    await this.late.admit(actor, id, bidId, form);
    return seeOther(`/consultations/${id}/hors-delai/${bidId}`, 'La décision est enregistrée. Le pli sera ouvert en séance complémentaire.');
  }

  /** For the candidate itself. */
  @Get('pli/:bidId/lettre-hors-delai.pdf')
  async ownLetter(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string) {
    return new StreamableFile(await this.late.ownLetter(actor, id, bidId), { type: 'application/pdf', disposition: 'inline; filename="lettre-hors-delai.pdf"' });
  }
}

@Controller('api/consultations/:id')
export class LateBidsApi {
  constructor(private readonly late: LateBidsService) {}

  @Get('late-bids')
  async list(@Who() actor: Actor, @Param('id') id: string) {
    return showLateBids(await this.late.list(actor, id));
  }

  @Get('late-bids/:bidId')
  async show(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string) {
    return showLateCase(await this.late.find(actor, id, bidId));
  }

  @Post('late-bids/:bidId/elimination')
  async eliminate(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body(new As(EliminateForm)) form: EliminateForm) {
    await this.late.eliminate(actor, id, bidId, form);
    return this.show(actor, id, bidId);
  }

  @Post('late-bids/:bidId/admission')
  admit(@Who() actor: Actor, @Param('id') id: string, @Param('bidId') bidId: string, @Body(new As(AdmitForm)) form: AdmitForm) {
    return this.late.admit(actor, id, bidId, form);
  }
}
