import { Controller, Get, Render } from '@nestjs/common';
import { showConsultation } from '../consultations/consultation.view.js';
import type { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { Who } from '../platform/web.js';
import { OwnCallsService } from './own-calls.service.js';
import type { OwnState } from './own-state.js';

type Row = Awaited<ReturnType<OwnCallsService['list']>>['rows'][number];

const BADGES: Record<OwnState, { label: string; tone: string }> = {
  deposited: { label: 'Votre pli est déposé', tone: 'done' },
  late: { label: 'Votre pli est arrivé hors délai', tone: 'attention' },
  eliminated: { label: 'Votre pli, hors délai, est éliminé', tone: 'danger' },
  admitted: { label: 'Votre pli est admis', tone: 'done' },
  withdrawn: { label: 'Votre pli est retiré', tone: 'attention' },
  draft: { label: 'Rien n’est encore déposé', tone: 'attention' },
  missed: { label: 'Vous n’avez rien déposé', tone: 'neutral' },
};

/** Its own deposit is all that an organisation is told of the deposits. */
export function showOwnCall({ consultation, own, files }: Row, now: Date) {
  const waiting = files > 0 && consultation.status === 'launched' ? `${counted(files, 'fichier attend', 'fichiers attendent')} dans votre brouillon\u00a0: rien n’en est déposé.` : null;
  return { ...showConsultation(consultation, now), deposit: { state: own.state, ...BADGES[own.state], receivedAt: own.bid?.receivedAt ?? null, waiting } };
}

@Controller('consultations')
export class OwnCallsPages {
  constructor(private readonly calls: OwnCallsService) {}

  @Get()
  @Render('bids/own-calls')
  async list(@Who() actor: Actor) {
    const { rows, now } = await this.calls.list(actor);
    return { rows: rows.map((row) => showOwnCall(row, now)) };
  }
}

@Controller('api/consultations')
export class OwnCallsApi {
  constructor(private readonly calls: OwnCallsService) {}

  @Get()
  async list(@Who() actor: Actor) {
    const { rows, now } = await this.calls.list(actor);
    return { rows: rows.map((row) => showOwnCall(row, now)) };
  }
}
