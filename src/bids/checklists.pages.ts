import { Body, Controller, HttpCode, Param, Post, Redirect } from '@nestjs/common';
import type { Actor } from '../platform/actor.js';
import { As, seeOther, Who } from '../platform/web.js';
import { ChecklistForm, ChecklistsService } from './checklists.service.js';

@Controller()
export class ChecklistPages {
  constructor(private readonly checklists: ChecklistsService) {}

  @Post('consultations/:id/pli/documents-attendus')
  @Redirect()
  async save(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ChecklistForm)) form: ChecklistForm) {
    await this.checklists.save(actor, id, form);
    return seeOther(`/consultations/${id}/pli#documents-attendus`, 'Votre liste est enregistrée dans le brouillon.');
  }

  /** Then read in `GET /api/consultations/{id}/bid`. */
  @Post('api/consultations/:id/bid/checklist')
  @HttpCode(204)
  async saveJson(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ChecklistForm)) form: ChecklistForm) {
    await this.checklists.save(actor, id, form);
  }
}
