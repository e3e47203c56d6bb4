import { Organisation } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { Bid } from './bid.js';
import { Delivery } from './delivery.js';
import type { OpeningSession } from './opening-session.js';
import { Opening } from './opening.js';

export interface BidProgress {
  id: string;
  operator: string;
  status: Bid['status'];
  unreadableReason: Bid['unreadableReason'];
  unreadableNote: Bid['unreadableNote'];
  checkedAt: Date | null;
  deliveryId: string | null;
}

/** Of the bids that the opening read: where the check of their bytes is. After the opening only; one query. */
export async function progressOf(act: Act, consultationId: string): Promise<BidProgress[]> {
  const bids = (await act.db
    .createQueryBuilder(Bid, 'b')
    .leftJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
    .where('b."consultationId" = :consultationId and b.session = 1', { consultationId })
    .orderBy('b.receivedAt')
    .addOrderBy('b.id')
    .select(['b.id', 'b.status', 'b.unreadableReason', 'b.unreadableNote', 'b.checkedAt', 'b.deliveryId', 'o.id', 'o.name'])
    .getMany()) as (Bid & { organisation: Organisation | null })[];
  return bids.map(({ id, status, unreadableReason, unreadableNote, checkedAt, deliveryId, organisation }) => ({ id, operator: organisation?.name ?? '', status, unreadableReason, unreadableNote, checkedAt, deliveryId }));
}

/** From then on the minutes no longer change: at the closing of a planned session, or as soon as the bids are opened without one. */
export const sealedMinutes = ({ session, opening }: { session: OpeningSession | null; opening: Opening | null }) => (session ? session.closedAt !== null : opening !== null);

/** The minutes say all that the session found: they wait until it is checked, scanned and, when it was planned, closed. */
export async function drawUpOnceDone(act: Act, { id, consultationId, number }: Opening, session: OpeningSession | null) {
  if (number === 1 && session && !session.closedAt) return;
  const left = await act.db.createQueryBuilder(Delivery, 'd').where({ consultationId, session: number, status: 'opened' }).andWhere('d."scannedAt" is null').getExists();
  if (!left) await act.later({ kind: 'opening.minutes', payload: { id } });
}
