import { Injectable } from '@nestjs/common';
import { Between, MoreThan } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { mayManage, worksOn } from '../consultations/consultation.policy.js';
import { Heartbeat, SILENCE_MS } from '../consultations/outage.js';
import { Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { ProblemReport } from '../support/problem-report.js';
import { Attestation } from './attestation.js';
import { periodOf } from './gathering.js';
import { MinuteRecord } from './minute-record.js';

/** What the page of proof shows of one call: signs of life, self-tests, problems, attestations. Nothing that a bid could move. */
@Injectable()
export class EvidenceService {
  constructor(private readonly acts: Acts) {}

  /** Five queries. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'evidence.show', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      if (!consultation) throw new NotFound();
      act.see(worksOn(actor, consultation.territory));
      if (!consultation.launchedAt) throw new Refused('not-launched', 'Cette consultation n’est pas encore lancée : rien n’a été observé pour elle.');
      const period = periodOf(consultation, act.now);
      const tests = await act.db
        .createQueryBuilder(MinuteRecord, 'm')
        .select(['m."selfTest" AS "outcome"', 'count(*) AS "times"', 'max(m."legalAt") AS "last"'])
        .where({ legalAt: Between(period.from, period.to) })
        .groupBy('m.selfTest')
        .getRawMany<{ outcome: MinuteRecord['selfTest']; times: number | string; last: string }>();
      const silences = await act.db.find(Heartbeat, { where: { legalAt: MoreThan(period.from), machineSinceMs: MoreThan(SILENCE_MS) }, order: { legalAt: 'ASC' }, take: 200 });
      const problems = await act.db.find(ProblemReport, { where: { consultationId: id, at: MoreThan(period.from) }, order: { at: 'ASC' }, take: 200, select: { id: true, number: true, at: true } });
      const attestations = await act.db.find(Attestation, { where: { consultationId: id }, order: { number: 'DESC' }, take: 200, select: { id: true, number: true, stage: true, askedAt: true, askedById: true, fileId: true } });
      return { consultation, period, tests, silences, problems, attestations, manages: mayManage(actor, consultation), now: act.now };
    });
  }
}
