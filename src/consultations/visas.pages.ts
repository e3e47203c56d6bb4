import { Body, Controller, Get, Param, Post, Redirect, Render } from '@nestjs/common';
import { IsArray, IsIn, MaxLength } from 'class-validator';
import type { Actor } from '../platform/actor.js';
import { Many, tooLong } from '../platform/typed.js';
import { As, seeOther, Trimmed, Who } from '../platform/web.js';
import { type VisaStatus } from './visa.js';
import { VisasService } from './visas.service.js';

export class ReadersForm {
  @Many() @IsArray() readers: string[] = [];
}

export class VisaForm {
  @Trimmed() @IsIn(['give', 'return'], { message: 'Choisissez : viser, ou renvoyer.' }) move!: 'give' | 'return';
  @Trimmed() @MaxLength(4000, tooLong('Observations', 4000)) comment: string = '';
}

const WORDS: Record<VisaStatus, { label: string; tone: string }> = { asked: { label: 'Demandé', tone: 'attention' }, given: { label: 'Donné', tone: 'done' }, returned: { label: 'Renvoyé', tone: 'danger' } };

@Controller()
export class VisasPages {
  constructor(private readonly visas: VisasService) {}

  @Get('consultations/:id/visas')
  @Render('consultations/visas')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    const { consultation, visas, next, readers, manages } = await this.visas.show(actor, id);
    const draft = consultation.status === 'draft';
    return {
      consultation: { id, title: consultation.title, reference: consultation.reference },
      visas: visas.map((one) => ({ name: one.person.name, position: one.position, stage: WORDS[one.status], comment: one.comment, decidedAt: one.decidedAt, next: one.id === next?.id })),
      waiting: next?.person.name ?? null,
      mine: draft && visas.some((one) => one.personId === actor.id && (one.id === next?.id || one.status === 'given')),
      readers: readers.map((one) => ({ value: one.id, label: one.name, checked: visas.some((visa) => visa.personId === one.id) })),
      asks: manages && draft,
    };
  }

  @Post('consultations/:id/visas')
  @Redirect()
  async ask(@Who() actor: Actor, @Param('id') id: string, @Body(new As(ReadersForm)) form: ReadersForm) {
    await this.visas.ask(actor, id, form.readers);
    return seeOther(`/consultations/${id}/visas`, 'Le visa est demandé ; la personne en est prévenue.');
  }

  @Post('consultations/:id/visa')
  @Redirect()
  async decide(@Who() actor: Actor, @Param('id') id: string, @Body(new As(VisaForm)) form: VisaForm) {
    await this.visas.decide(actor, id, form.move, form.comment);
    return seeOther(`/consultations/${id}/visas`, 'Votre avis est enregistré.');
  }

  @Get('api/consultations/:id/visas')
  async json(@Who() actor: Actor, @Param('id') id: string) {
    const { visas, next } = await this.visas.show(actor, id);
    return { rows: visas.map((one) => ({ person: one.person.name, position: one.position, status: one.status, comment: one.comment })), waitingFor: next?.person.name ?? null };
  }
}
