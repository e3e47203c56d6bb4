import type { EntityManager } from 'typeorm';
import { SealingRelease } from '../../src/sealing/sealing-key.js';

/** A late, replaced or withdrawn bid is kept sealed after the opening: reads it as a court would have it read, in a throw-away copy. */
export async function asOrdered(manager: EntityManager, consultationId: string, bidId: string) {
  if (await manager.existsBy(SealingRelease, { id: bidId })) return;
  await manager.insert(SealingRelease, { id: bidId, consultationId, session: 0, releasedAt: new Date(0) });
}
