import { Injectable } from '@nestjs/common';
import type { Act } from '../platform/acts.js';
import { Consultation } from './consultation.js';
import { NoticesService } from './notices.service.js';

/** A call that ends without an award, inside the act of its procedure: everyone invited is told, with the letter (D22). */
@Injectable()
export class EndingService {
  constructor(private readonly notices: NoticesService) {}

  /** @param how « sans suite » or « infructueuse » */
  async end(act: Act, consultation: Consultation, how: 'sans suite' | 'infructueuse', reason: string): Promise<void> {
    const told = consultation.launchedAt !== null;
    const opened = consultation.openedAt !== null;
    consultation.abandon();
    consultation.abandonReason = reason;
    await act.db.update(Consultation, { id: consultation.id }, { status: consultation.status, abandonReason: reason });
    if (!told) return;
    await this.notices.tell(act, consultation, {
      kind: 'ended',
      paragraphs: [`La consultation est déclarée ${how}.`, `Motif : ${reason}`],
      significant: false,
      effect: opened ? 'Les plis ouverts restent au dossier ; aucun n’est retenu.' : 'Les plis déposés ne sont pas ouverts : ils restent scellés jusqu’à leur destruction.',
    });
  }
}
