import { showConsultation } from '../consultations/consultation.view.js';
import { INCIDENT_KINDS } from '../consultations/incident.js';
import { inFrench, instantOf } from '../platform/dates.js';
import { duration } from './attestation-words.js';
import type { EvidenceService } from './evidence.service.js';
import type { IncidentsService } from './incidents.service.js';
import { silenceBefore } from './lost-time.js';

const seconds = (from: Date, to: Date) => Math.round((to.getTime() - from.getTime()) / 1000);

/** All that leaves the server about how the platform did during a call; the same with no bid and with fifty. */
export function showEvidence({ consultation, period, tests, silences, problems, attestations, manages, now }: Awaited<ReturnType<EvidenceService['show']>>) {
  const done = tests.reduce((sum, one) => sum + Number(one.times), 0);
  const failed = Number(tests.find((one) => one.outcome === 'failed')?.times ?? 0);
  const last = tests.map((one) => one.last).toSorted().at(-1);
  const within = silences
    .map(silenceBefore)
    .map(({ from, to }) => ({ from: from < period.from ? period.from : from, to: to > period.to ? period.to : to }))
    .filter(({ from, to }) => from < to);
  return {
    consultation: showConsultation(consultation, now),
    opened: consultation.openedAt !== null,
    period,
    selfTests: { done, failed, lastAt: last ? new Date(last) : null },
    silences: within.map(({ from, to }) => ({ from, to, duration: duration(seconds(from, to)) })),
    silent: duration(within.reduce((sum, { from, to }) => sum + seconds(from, to), 0)),
    problems: problems.map(({ number, at }) => ({ number, at })),
    attestations: attestations.map((one) => ({
      number: one.number,
      at: one.askedAt,
      complete: one.stage === 'opened',
      automatic: one.askedById === null,
      ready: one.fileId !== null,
      pdfHref: `/consultations/${consultation.id}/preuve/attestations/${one.number}.pdf`,
      jsonHref: `/consultations/${consultation.id}/preuve/attestations/${one.number}.json`,
    })),
    can: { ask: manages },
  };
}

export function showIncident({ consultation, offer, incidents, proposed, invited, manages, now }: Awaited<ReturnType<IncidentsService['show']>>) {
  const { timeZone, outageRule } = consultation;
  return {
    consultation: showConsultation(consultation, now),
    offer: offer && { minutes: offer.minutes, from: offer.from, to: offer.to },
    incidents: incidents.map((one) => ({ from: one.from, to: one.to, what: INCIDENT_KINDS[one.kind], duration: duration(seconds(one.from, one.to)) })),
    proposed: proposed && { local: proposed, at: instantOf(proposed, timeZone), words: inFrench(instantOf(proposed, timeZone), timeZone) },
    invited,
    rule: outageRule,
    over: consultation.status !== 'launched' || !consultation.isInTime(now),
    can: { extend: manages && offer !== null },
  };
}
