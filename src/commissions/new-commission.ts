import { frameworkOf } from '../agreements/places.js';
import { Consultation } from '../consultations/consultation.js';
import { agentOf } from '../letters/frame.js';
import { Authority, Organisation, Person } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { Commission } from './commission.js';

/** A blank commission of this department's authority and its consultation, not yet kept. */
export async function newCommission(act: Act, departmentCode: string): Promise<{ commission: Commission; consultation: Consultation }> {
  const authority = await act.db.findOneByOrFail(Authority, { territory: departmentCode });
  const buyer = await act.db.findOneByOrFail(Organisation, { id: authority.id });
  const officer = await act.db.findOneByOrFail(Person, { id: act.actor.id });
  const id = act.random.id();
  const consultation = Object.assign(new Consultation(), {
    id,
    ocid: `ocds-souspli-${id}`,
    reference: `${authority.chronoKey}-${id.slice(0, 8)}`,
    authorityId: authority.id,
    territory: departmentCode,
    buyerName: buyer.name,
    timeZone: authority.timeZone,
    openingDelayMinutes: authority.openingDelayMinutes,
    quorum: authority.quorum,
    contact: agentOf(officer),
    createdAt: act.now,
  });
  const commission = Object.assign(new Commission(), {
    id: act.random.id(),
    authorityId: authority.id,
    departmentCode,
    consultationId: consultation.id,
    frameworkId: await frameworkOf(act, departmentCode),
    createdById: act.actor.id,
    createdAt: act.now,
  });
  return { commission, consultation };
}
