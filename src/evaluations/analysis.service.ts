import { Injectable, type OnModuleInit } from '@nestjs/common';
import { FICTION } from '../bids/bid-documents.js';
import { Config } from '../config.js';
import { Consultation } from '../consultations/consultation.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Jobs } from '../platform/jobs.js';
import { Random } from '../platform/random.js';
import { xlsxFile } from '../platform/spreadsheet.js';
import { StoredFile } from '../platform/stored-file.js';
import { In } from 'typeorm';
import { Evaluation } from './evaluation.js';
import { maySeeAnalysis } from './evaluation.policy.js';
import { possibleEvaluators } from './evaluations.service.js';
import { FilledSchedule, PriceSchedule } from './price-schedule.js';
import { type FoundBid, openedBids, rankingList, rankingOf } from './ranking-reading.js';
import { comparisonTable, evaluationReport } from './report.js';
import { CONSENSUS, Score } from './score.js';

/** What the pages, the API, the report and the table read of an analysis. */
@Injectable()
export class AnalysisService implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly letters: LettersService,
    private readonly files: Files,
    private readonly random: Random,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly config: Config,
  ) {}

  onModuleInit() {
    this.jobs.handle('evaluation.report', ({ id }) => this.drawUp(id));
  }

  /** Five queries: consultation, evaluation, bids, notes, possible evaluators. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'evaluation.show', async (act) => {
      const consultation = await this.visible(act, actor, id);
      const ranking = await rankingList(act, id);
      const people = await possibleEvaluators(act, consultation);
      return { consultation, ...ranking, people, actor, now: act.now };
    });
  }

  /** One offer; one's own notes while each scores alone, everybody's once they are put together. Four queries. */
  bid(actor: Actor, id: string, bidId: string) {
    return this.acts.look(actor, 'evaluation.show', async (act) => {
      const consultation = await this.visible(act, actor, id);
      const evaluation = (await act.db.createQueryBuilder(Evaluation, 'e').leftJoinAndMapOne('e.schedule', PriceSchedule, 's', 's.id = e.id').where('e.id = :id', { id }).getOne()) as (Evaluation & { schedule: PriceSchedule | null }) | null;
      const bid = (await openedBids(act.db, id).leftJoinAndMapOne('b.filled', FilledSchedule, 'f', 'f.id = b.id').andWhere('b.id = :bidId', { bidId }).getOne()) as (FoundBid & { filled: FilledSchedule | null }) | null;
      if (!bid || !evaluation) throw new NotFound();
      const scores = (await act.db
        .createQueryBuilder(Score, 's')
        .leftJoinAndMapOne('s.person', Person, 'p', 'p.id = s."personId"')
        .where('s."bidId" = :bidId', { bidId })
        .getMany()) as (Score & { person: Person | null })[];
      const readable = evaluation.status === 'open' ? scores.filter((one) => one.personId === actor.id) : scores;
      return { consultation, evaluation, bid, row: { bid, operator: bid.organisation?.name ?? '', assessment: bid.assessment }, scores: readable, actor };
    });
  }

  async report(actor: Actor, id: string): Promise<Buffer> {
    const evaluation = await this.acts.look(actor, 'evaluation.show', async (act) => {
      await this.visible(act, actor, id);
      return act.db.findOneBy(Evaluation, { id });
    });
    if (evaluation?.status !== 'locked') throw new Refused('not-locked', 'Le rapport s’établit quand l’analyse est arrêtée.');
    return this.letters.bytes(evaluation.reportFileId);
  }

  async table(actor: Actor, id: string): Promise<Buffer> {
    const { evaluation, rows } = await this.acts.look(actor, 'evaluation.show', async (act) => {
      await this.visible(act, actor, id);
      return rankingOf(act, id);
    });
    if (!evaluation) throw new NotFound();
    const { header, lines } = comparisonTable({ evaluation, rows });
    return xlsxFile('Analyse', header, lines);
  }

  private async visible(act: Act, actor: Actor, id: string): Promise<Consultation> {
    const consultation = await act.db.findOneBy(Consultation, { id });
    if (!consultation) throw new NotFound();
    act.see(maySeeAnalysis(actor, consultation));
    return consultation;
  }

  /** Printed once when the analysis is locked, kept and hashed (decisions.md 12). */
  private async drawUp(id: string) {
    const facts = await this.acts.look(Actor.system, 'evaluation.read', async (act) => {
      act.see(act.actor.isSystem);
      const consultation = await act.db.findOneByOrFail(Consultation, { id });
      const { evaluation, rows } = await rankingOf(act, id);
      const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
      const declared = evaluation?.declarations ?? [];
      const people = await act.db.findBy(Person, { id: In([...declared.map((one) => one.personId), CONSENSUS]) });
      const evaluators = declared.map(({ personId, outcome }) => ({ name: people.find((one) => one.id === personId)?.name ?? '', recused: outcome === 'recused' }));
      return { consultation, evaluation, rows, authority, evaluators };
    });
    const { evaluation } = facts;
    if (!evaluation || evaluation.status !== 'locked' || evaluation.reportFileId) return;
    const notice = this.config.demo ? FICTION : undefined;
    const pdf = await this.letters.print('evaluation-report', evaluationReport({ ...facts, evaluation, notice }));
    const file = await StoredFile.write(this.files, this.random, this.clock.now(), 'rapport-d-analyse.pdf', 'application/pdf', pdf);
    await this.acts.perform(Actor.system, 'evaluation.reported', async (act) => {
      act.require(act.actor.isSystem);
      act.on(id);
      const locked = await act.load(Evaluation, id);
      if (locked.status !== 'locked' || locked.reportFileId) return;
      await act.add(file);
      await act.db.update(Evaluation, { id }, { reportFileId: file.id });
      act.record({ sha256: file.sha256 });
    });
  }
}
