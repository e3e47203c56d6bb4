import type { Act } from '../platform/acts.js';
import { NotFound } from '../platform/errors.js';
import { Consultation, DeadlineVersion } from './consultation.js';
import { Incident, type Offer, offerOf } from './incident.js';

type Joined = Consultation & { incidents?: Incident[]; version?: DeadlineVersion | null };

/** The call, its incidents and what they let one propose, in one query. */
export async function withIncidents(act: Act, id: string): Promise<{ consultation: Consultation; incidents: Incident[]; version: DeadlineVersion | null; offer: Offer | null }> {
  const found: Joined | null = await act.db
    .createQueryBuilder(Consultation, 'k')
    .leftJoinAndMapMany('k.incidents', Incident, 'n', 'n."consultationId" = k.id')
    .leftJoinAndMapOne('k.version', DeadlineVersion, 'v', 'v."consultationId" = k.id and v.number = k."deadlineVersion"')
    .where('k.id = :id', { id })
    .orderBy('n.from')
    .getOne();
  if (!found) throw new NotFound();
  const { incidents = [], version = null } = found;
  delete found.incidents;
  delete found.version;
  return { consultation: found, incidents, version, offer: version && offerOf(found, version, incidents, act.now) };
}

/** Of several calls in progress, those for which an extension is proposed. */
export async function offersOf(act: Act, calls: readonly Consultation[]): Promise<{ call: Consultation; offer: Offer; noticedAt: Date }[]> {
  if (calls.length === 0) return [];
  const rows = (await act.db
    .createQueryBuilder(Incident, 'n')
    .innerJoin(Consultation, 'k', 'k.id = n."consultationId"')
    .innerJoinAndMapOne('n.version', DeadlineVersion, 'v', 'v."consultationId" = k.id and v.number = k."deadlineVersion"')
    .where('n."consultationId" in (:...ids)', { ids: calls.map((one) => one.id) })
    .orderBy('n.from')
    .getMany()) as (Incident & { version: DeadlineVersion })[];
  return calls.flatMap((call) => {
    const own = rows.filter((one) => one.consultationId === call.id);
    const [first] = own;
    const offer = first && offerOf(call, first.version, own, act.now);
    return offer ? [{ call, offer, noticedAt: offer.incidents.at(-1)?.noticedAt ?? act.now }] : [];
  });
}
