import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Bid } from '../bids/bid.js';
import { FICTION } from '../bids/bid-documents.js';
import { LateDecision } from '../bids/late-decision.js';
import { Config } from '../config.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { maySeeAnalysis } from './evaluation.policy.js';
import { type AwardForReport, presentationReport } from './presentation-report.js';
import { rankingOf } from './ranking-reading.js';
import { requestsOf } from './requests.service.js';

/** Rapport de présentation, drawn up from the file as it stands: printed when asked, never a second truth beside it. */
@Injectable()
export class PresentationService {
  /** The award of a call, once a later capability knows it. */
  awardOf: (act: Act, consultationId: string) => Promise<AwardForReport | null> = () => Promise.resolve(null);

  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly config: Config,
  ) {}

  async print(actor: Actor, id: string): Promise<Buffer> {
    const facts = await this.acts.look(actor, 'evaluation.presentation', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      if (!consultation) throw new NotFound();
      act.see(maySeeAnalysis(actor, consultation));
      const ranking = await rankingOf(act, id);
      if (!ranking.evaluation) throw new Refused('not-begun', 'Le rapport de présentation s’établit une fois l’analyse commencée.');
      const { declarations } = ranking.evaluation;
      const people = await act.db.findBy(Person, { id: In([...declarations.map((one) => one.personId), '-']) });
      const bids = await act.db.find(Bid, { where: { consultationId: id }, select: { id: true, status: true } });
      return {
        consultation,
        ranking,
        authority: await act.db.findOneByOrFail(Authority, { id: consultation.authorityId }),
        late: await lateOf(act, id),
        counts: { received: bids.filter((one) => !['withdrawn', 'replaced'].includes(one.status)).length, withdrawn: bids.filter((one) => ['withdrawn', 'replaced'].includes(one.status)).length },
        requests: await requestsOf(act, id),
        evaluators: declarations.map(({ personId, outcome, reason }) => ({ name: people.find((one) => one.id === personId)?.name ?? '', recused: outcome === 'recused', reason })),
        invited: await act.db.countBy(Invitation, { consultationId: id }),
        award: await this.awardOf(act, id),
        now: act.now,
      };
    });
    return this.letters.print('presentation-report', presentationReport({ ...facts, notice: this.config.demo ? FICTION : undefined }));
  }
}

/** Eliminated for their lateness, each by a decision of its own. */
async function lateOf(act: Act, consultationId: string): Promise<{ operator: string; reasons: string }[]> {
  const found = await act.db
    .createQueryBuilder(LateDecision, 'x')
    .innerJoin(Bid, 'b', 'b.id = x.id')
    .innerJoin(Organisation, 'o', 'o.id = b."organisationId"')
    .select(['o.name AS "operator"', 'x.reasons AS "reasons"'])
    .where('x."consultationId" = :consultationId and x.outcome = :eliminated', { consultationId, eliminated: 'eliminated' })
    .orderBy('x."decidedAt"')
    .getRawMany<{ operator: string; reasons: string }>();
  return found.map(({ operator, reasons }) => ({ operator, reasons: reasons.replaceAll(/\s+/g, ' ') }));
}
