import { Letter } from '../letters/letter.js';
import type { Act } from '../platform/acts.js';

/** Without their words: a list of letters does not load 500 bodies. */
export function lettersOf(act: Act, commissionId: string): Promise<Letter[]> {
  return act.db
    .createQueryBuilder(Letter, 'l')
    .select(['l.id', 'l.kind', 'l.form', 'l.number', 'l.title', 'l.status', 'l.chrono', 'l.fileId', 'l.signedAt', 'l.sentAt', 'l.invitationId'])
    .where('l.subjectId = :commissionId and l.status <> :gone', { commissionId, gone: 'cancelled' })
    .orderBy('l.number')
    .addOrderBy('l.kind')
    .getMany();
}
