import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan, Not } from 'typeorm';
import { Config } from '../config.js';
import { ChangesService } from '../consultations/changes.service.js';
import { Consultation, DeadlineVersion, Invitation } from '../consultations/consultation.js';
import { mayManage, worksOn } from '../consultations/consultation.policy.js';
import { Incident, LOOKED_BACK_HOURS, type Offer, offerOf } from '../consultations/incident.js';
import { withIncidents } from '../consultations/incident-offers.js';
import { departmentOf, movedDeadline } from '../consultations/outage.js';
import { Authority } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { inFrench } from '../platform/dates.js';
import { Refused } from '../platform/errors.js';
import { Outbox } from '../platform/outbox.js';
import { failuresSince, type LostTime, silencesSince } from './lost-time.js';

/** A platform that falls again and again writes to its buyers once, not at each fall. */
const QUIET_MS = 30 * 60_000;

/** Incidents during a call, and the extension that answers them in one act (sealing.md 7). Nothing here reads a bid. */
@Injectable()
export class IncidentsService {
  constructor(
    private readonly acts: Acts,
    private readonly changes: ChangesService,
    private readonly outbox: Outbox,
    private readonly config: Config,
  ) {}

  /** Looks at the last hours on behalf of each call in progress. @returns how many calls have something new */
  async notice(): Promise<number> {
    const { calls, lost } = await this.acts.look(Actor.system, 'incident.look', async (act) => {
      act.see(act.actor.isSystem);
      const start = new Date(act.now.getTime() - LOOKED_BACK_HOURS * 3_600_000);
      const found = [...(await silencesSince(act.db, start)), ...(await failuresSince(act.db, start))];
      const open = found.length > 0 ? await act.db.find(Consultation, { where: { status: 'launched', deadline: MoreThan(act.now) } }) : [];
      const worth: string[] = [];
      for (const one of open) if (newsOf(one, await known(act, one), found, act.now)) worth.push(one.id);
      return { calls: worth, lost: found };
    });
    for (const id of calls) await this.noticeFor(id, lost);
    return calls.length;
  }

  /** The page of an incident. Three queries. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'incident.show', async (act) => {
      const { consultation, incidents, offer } = await withIncidents(act, id);
      act.see(worksOn(actor, consultation.territory) && consultation.launchedAt !== null);
      const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
      return {
        consultation,
        offer,
        incidents,
        proposed: offer && movedDeadline(consultation, departmentOf(authority), act.now),
        invited: await act.db.countBy(Invitation, { consultationId: id, invitedAt: Not(IsNull()) }),
        manages: mayManage(actor, consultation),
        now: act.now,
      };
    });
  }

  /** @param deadline the one proposed on the page: refused when it is no longer the one that would be proposed */
  async extend(actor: Actor, id: string, deadline: string): Promise<void> {
    const { consultation, offer, proposed } = await this.show(actor, id);
    if (!offer || !proposed) throw new Refused('no-incident', 'Aucun incident ne justifie ce report. Sans incident, une date limite se reporte sur la page de suivi, avant qu’elle ne passe.');
    if (proposed !== deadline) throw new Refused('changed', 'La date proposée a changé depuis l’affichage de cette page : relisez-la, puis confirmez.');
    await this.changes.extend(actor, id, { deadline, reason: reasonOf(consultation, offer), questionsBefore: '' }, { incidentMinutes: offer.minutes, incidentFrom: offer.from.toISOString(), incidentTo: offer.to.toISOString() });
  }

  private noticeFor(id: string, lost: readonly LostTime[]): Promise<void> {
    return this.acts.perform(Actor.system, 'incident.notice', async (act) => {
      act.require(act.actor.isSystem);
      const consultation = await act.load(Consultation, id);
      act.on(id);
      const before = await known(act, consultation);
      // Read again under the lock: another process may have noticed it.
      const news = newsOf(consultation, before, lost, act.now);
      if (!news) return;
      for (const one of news.longer) await act.db.update(Incident, { id: one.id }, { to: one.to });
      await act.add(...news.added);
      const lately = before.incidents.some((one) => act.now.getTime() - one.noticedAt.getTime() < QUIET_MS);
      if (news.added.length > 0 && !lately) await this.tell(act, consultation, news.offer);
      act.record({ incidents: [...news.added, ...news.longer].map(({ kind, from, to }) => ({ kind, from: from.toISOString(), to: to.toISOString() })) });
    });
  }

  private async tell(act: Act, { id, title, reference, timeZone, deadline, contact }: Consultation, { minutes, from, to }: Offer) {
    if (!contact.email) return;
    await this.outbox.queue(act, {
      kind: 'incident',
      to: contact.email,
      consultationId: id,
      subject: `Incident de la plateforme\u00a0: un report est proposé (${reference})`,
      data: { title, reference, minutes, from: inFrench(from, timeZone), to: inFrench(to, timeZone), deadline: inFrench(deadline, timeZone), url: `${this.config.baseUrl}/consultations/${id}/incident` },
    });
  }
}

interface Known {
  incidents: Incident[];
  version: DeadlineVersion | null;
}

async function known(act: Act, { id, deadlineVersion }: Consultation): Promise<Known> {
  const version = await act.db.findOneBy(DeadlineVersion, { id: `${id}.${deadlineVersion}` });
  return { incidents: await act.db.find(Incident, { where: { consultationId: id }, order: { from: 'ASC' } }), version };
}

/** What is new for one call, or null: too little lost to offer anything, or nothing that was not noticed before. */
export function newsOf(call: Consultation, { incidents, version }: Known, lost: readonly LostTime[], now: Date) {
  const start = call.launchedAt;
  if (!start || !version) return null;
  const seen = lost.filter((one) => one.to > start).map((one) => Incident.of(call.id, one.kind, one.from > start ? one.from : start, one.to, now));
  const before = new Map(incidents.map((one) => [one.id, one]));
  const added = seen.filter((one) => !before.has(one.id));
  // One that goes on: its end moves.
  const longer = seen.filter((one) => (before.get(one.id)?.to ?? one.to) < one.to);
  const ids = new Set(seen.map((one) => one.id));
  const offer = offerOf(call, version, [...seen, ...incidents.filter((one) => !ids.has(one.id))], now);
  return offer && added.length + longer.length > 0 ? { added, longer, offer } : null;
}

function reasonOf({ timeZone }: Consultation, { minutes, from, to }: Offer): string {
  return `Incident de la plateforme : ${minutes} minutes perdues entre le ${inFrench(from, timeZone)} et le ${inFrench(to, timeZone)}. La date limite est reportée pour que chacun retrouve le temps de déposer.`;
}
