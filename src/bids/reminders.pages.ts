import { Controller, Get, Param, Render } from '@nestjs/common';
import { showConsultation } from '../consultations/consultation.view.js';
import type { Actor } from '../platform/actor.js';
import { Who } from '../platform/web.js';
import { RemindersService } from './reminders.service.js';

const WORDS = { planned: { label: 'Prévu', tone: 'neutral' }, sent: { label: 'Envoyé à tous les invités', tone: 'done' }, skipped: { label: 'Passé : un rappel plus proche est parti', tone: 'neutral' } } as const;
const SENT = { queued: { label: 'en cours d’envoi', tone: 'current' }, sent: { label: 'envoyé', tone: 'done' }, failed: { label: 'échec de l’envoi', tone: 'danger' }, held: { label: 'dans le courriel quotidien', tone: 'neutral' } } as const;

@Controller()
export class RemindersPages {
  constructor(private readonly reminders: RemindersService) {}

  @Get('consultations/:id/rappels')
  @Render('bids/reminders')
  async show(@Who() actor: Actor, @Param('id') id: string) {
    return this.view(actor, id);
  }

  @Get('api/consultations/:id/reminders')
  async json(@Who() actor: Actor, @Param('id') id: string) {
    const { reminders, mails } = await this.view(actor, id);
    return { reminders, mails };
  }

  private async view(actor: Actor, id: string) {
    const { consultation, reminders, mails, invitations, now } = await this.reminders.show(actor, id);
    return {
      consultation: showConsultation(consultation, now),
      launched: consultation.launchedAt !== null,
      reminders: reminders.map((one) => ({ offset: one.offset, at: one.at, doneAt: one.doneAt, state: WORDS[one.state] })),
      // The same list whoever deposited: it says what left, never what anybody did.
      mails: mails.map((one) => ({ organisation: invitations.find((other) => other.organisationId === one.organisationId)?.name ?? '', recipient: one.recipient, at: one.queuedAt, state: SENT[one.state], error: one.state === 'failed' ? one.error : null })),
    };
  }
}
