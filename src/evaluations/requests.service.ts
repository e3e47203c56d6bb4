import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { NotFound, Refused, Invalid } from '../platform/errors.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { Files } from '../platform/files.js';
import { StoredFile } from '../platform/stored-file.js';
import { Organisation, Person } from '../people/people.js';
import { Assessment } from './assessment.js';
import { BidRequest, concernedBy, mustAskAll, REQUEST_KINDS, requestDeadline } from './bid-request.js';
import { Evaluation } from './evaluation.js';
import { mayAnalyse, maySeeAnalysis } from './evaluation.policy.js';
import { priceOf } from './price-notes.js';
import { rankingOf } from './ranking-reading.js';
import type { RequestDecisionForm, RequestForm } from './request.forms.js';

export type FoundRequest = BidRequest & { organisation: Organisation | null; decider: Person | null };

/** Requests to bidders after the opening: prepared by the agent, signed by the signatory, decided by the agent (domain.md 2.8, 2.10). */
@Injectable()
export class BidRequestsService {
  constructor(
    private readonly acts: Acts,
    private readonly files: Files,
  ) {}

  /** Five queries: consultation, requests, evaluation, bids, notes. */
  list(actor: Actor, id: string) {
    return this.acts.look(actor, 'request.list', async (act) => {
      const consultation = await visible(act, actor, id);
      const requests = await requestsOf(act, id);
      const ranking = await rankingOf(act, id);
      return { consultation, requests, ...ranking, oneHolder: isOneHolder(ranking.evaluation, consultation.invitations.length), actor, now: act.now };
    });
  }

  show(actor: Actor, id: string, requestId: string) {
    return this.acts.look(actor, 'request.show', async (act) => {
      const consultation = await visible(act, actor, id);
      const request = (await requestsOf(act, id)).find((one) => one.id === requestId);
      if (!request) throw new NotFound();
      const assessment = await act.db.findOneBy(Assessment, { id: request.bidId });
      return { consultation, request, assessment, actor, now: act.now };
    });
  }

  /** All those concerned at once, with the same time (R2144-2, R2152-2). */
  prepare(actor: Actor, id: string, form: RequestForm): Promise<{ batchId: string }> {
    return this.acts.perform(actor, 'request.prepare', async (act) => {
      const consultation = await this.opened(act, actor, id);
      act.require(mayAnalyse(actor, consultation), 'Les demandes aux candidats sont préparées par l’agent qui suit la consultation.');
      const evaluation = await act.db.findOneBy(Evaluation, { id });
      if (!evaluation) throw new Refused('not-begun', 'L’analyse n’est pas commencée.');
      evaluation.mustBeOpen();
      const before = await act.db.findBy(BidRequest, { consultationId: id });
      const { rows } = await rankingOf(act, id);
      const assessments = rows.flatMap((row) => row.assessment ?? []);
      const oneHolder = isOneHolder(evaluation, await act.db.countBy(Invitation, { consultationId: id }));
      const deadline = giveBack(form.typed, () => {
        mustAskAll(form.kind, concernedBy(form.kind, assessments, before, oneHolder), form.asked.map((one) => one.bidId));
        for (const { bidId } of form.asked) mustBePriced(form.kind, rows.find((row) => row.bid.id === bidId)?.assessment?.priceCents ?? null);
        return requestDeadline(form.deadline, consultation.timeZone, act.now);
      });
      const batchId = act.random.id();
      const number = new Set(before.map((one) => one.batchId)).size + 1;
      await act.add(
        ...form.asked.map(({ bidId, items }) =>
          Object.assign(new BidRequest(), {
            id: act.random.id(), batchId, consultationId: id, bidId, organisationId: rows.find((row) => row.bid.id === bidId)?.bid.organisationId ?? '', number,
            kind: form.kind, reason: form.reason, items, localDeadline: form.deadline, timeZone: consultation.timeZone, deadline, createdById: actor.id, createdAt: act.now,
          }),
        ),
      );
      act.record({ batch: batchId, kind: form.kind, bids: form.asked.length, deadline: deadline.toISOString() });
      return { batchId };
    });
  }

  cancel(actor: Actor, id: string, batchId: string): Promise<void> {
    return this.acts.perform(actor, 'request.cancel', async (act) => {
      const consultation = await this.opened(act, actor, id);
      act.require(mayAnalyse(actor, consultation), 'Les demandes sont annulées par l’agent qui suit la consultation.');
      const requests = await act.db.findBy(BidRequest, { consultationId: id, batchId });
      if (requests.length === 0) throw new NotFound();
      for (const one of requests) one.cancel();
      await act.db.update(BidRequest, { batchId }, { status: 'cancelled' });
      act.record({ batch: batchId });
    });
  }

  /** Accepted or refused, with the reason; silence is judged once the time is over. */
  decide(actor: Actor, id: string, requestId: string, form: RequestDecisionForm): Promise<void> {
    return this.acts.perform(actor, 'request.decide', async (act) => {
      const consultation = await this.opened(act, actor, id);
      act.require(mayAnalyse(actor, consultation), 'Les réponses sont examinées par l’agent qui suit la consultation.');
      const request = await act.db.findOneBy(BidRequest, { id: requestId, consultationId: id });
      if (!request) throw new NotFound();
      const accepted = form.outcome === 'accepted';
      const { priceCents } = await act.db.findOneByOrFail(Assessment, { id: request.bidId });
      giveBack({ ...form }, () => {
        if (accepted) request.mustKeepPrice(priceCents, form.price ? Number(priceOf(form.price)) : null);
        request.decide(accepted, form.reason, actor.id, act.now);
      });
      const { status, decision, decidedById, decidedAt } = request;
      await act.db.update(BidRequest, { id: requestId }, { status, decision, decidedById, decidedAt });
      act.on(id, requestId);
      act.record({ kind: request.kind, outcome: status });
    });
  }

  /** A file of an answer, for the buyer: visible at once. */
  async file(actor: Actor, id: string, requestId: string, fileId: string): Promise<{ stream: Readable; name: string; size: number }> {
    const { request } = await this.show(actor, id, requestId);
    return streamOf(this.acts, this.files, actor, request, fileId);
  }

  private async opened(act: Act, actor: Actor, id: string): Promise<Consultation> {
    const consultation = await act.load(Consultation, id);
    act.see(maySeeAnalysis(actor, consultation));
    act.on(id);
    if (consultation.status !== 'opened') throw new Refused('wrong-state', 'Les demandes aux candidats s’arrêtent à l’attribution.');
    return consultation;
  }
}

/** Those of one call, the newest sending first. */
export function requestsOf({ db }: Pick<Act, 'db'>, consultationId: string): Promise<FoundRequest[]> {
  return db
    .createQueryBuilder(BidRequest, 'r')
    .leftJoinAndMapOne('r.organisation', Organisation, 'o', 'o.id = r."organisationId"')
    .leftJoinAndMapOne('r.decider', Person, 'p', 'p.id = r."decidedById"')
    .where('r."consultationId" = :consultationId', { consultationId })
    .orderBy('r.createdAt', 'DESC')
    .addOrderBy('r.id')
    .getMany() as Promise<FoundRequest[]>;
}

export async function streamOf(acts: Acts, files: Files, actor: Actor, request: BidRequest, fileId: string): Promise<{ stream: Readable; name: string; size: number }> {
  const found = request.files.find((one) => one.fileId === fileId);
  if (!found) throw new NotFound();
  const { blob, name, size } = await acts.look(actor, 'request.file', (act) => {
    act.see(true); // whoever may read the request may read its answer
    return act.db.findOneByOrFail(StoredFile, { id: fileId });
  });
  return { stream: files.stream(blob), name, size };
}

/** The price as it was filed is written down first: nobody can say afterwards whether the regularisation moved it. */
function mustBePriced(kind: RequestForm['kind'], priceCents: number | null) {
  if ((kind === 'regularisation' || kind === 'abnormally-low') && priceCents === null) throw Invalid.field('bids', `Saisissez d’abord le prix de chaque offre cochée, à son examen : ${kind === 'regularisation' ? 'la régularisation ne peut pas le changer' : 'la demande porte sur lui'} (art. ${REQUEST_KINDS[kind].article}).`);
}

/** What was typed comes back with the refusal of a rule. */
function giveBack<T>(typed: Record<string, unknown>, rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid(error.errors, typed);
    throw error;
  }
}

/** R2162-9: a call under a framework whose lot has one holder; a small purchase with one invitation is no such thing. */
const isOneHolder = (evaluation: Evaluation | null, invited: number) => evaluation?.rule.method === 'scored' && invited === 1;

async function visible(act: Act, actor: Actor, id: string): Promise<Consultation & { invitations: Invitation[] }> {
  const consultation = (await act.db.createQueryBuilder(Consultation, 'k').leftJoinAndMapMany('k.invitations', Invitation, 'i', 'i."consultationId" = k.id').where('k.id = :id', { id }).getOne()) as (Consultation & { invitations: Invitation[] }) | null;
  if (!consultation) throw new NotFound();
  act.see(maySeeAnalysis(actor, consultation));
  return consultation;
}
