import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { FrameworkAgreement } from '../agreements/framework-agreement.js';
import { Award } from '../awards/award.js';
import { ReasonsRequest } from '../awards/reasons-request.js';
import { Bid } from '../bids/bid.js';
import { mayDecide } from '../bids/bid.policy.js';
import { SignatureService } from '../commissions/signature.service.js';
import { Consultation, Invitation } from '../consultations/consultation.js';
import { AGENTS } from '../consultations/consultation.policy.js';
import { offersOf } from '../consultations/incident-offers.js';
import { Question } from '../consultations/exchange.js';
import { Visa } from '../consultations/visa.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { counted } from '../platform/counted.js';
import { dueInFrench, inFrench } from '../platform/dates.js';
import { SealingSession } from '../sealing/sealing-key.js';
import { dayInFrench, dayOf } from '../platform/working-days.js';
import { type AwardedCall, awardTodos } from './award-todos.js';
import { ContractReadingService } from './contract-reading.service.js';
import { signedLetters } from './signed-letters.js';
import { SubsequentContract } from './subsequent-contract.js';

export interface Todo {
  /** Late first, then the nearest. */
  at: Date | null;
  what: string;
  subject: string;
  href: string;
  when: string;
  /** A deadline, said on the reader's clocks too when they differ. */
  due?: Date;
  timeZone?: string;
  tone: 'danger' | 'attention' | 'current' | 'neutral';
}

const WEEK_MS = 7 * 86_400_000;
const LISTED = 100;

/** What waits for this person, from every capability that has dates. At most five queries. */
@Injectable()
export class TodoService {
  constructor(
    private readonly acts: Acts,
    private readonly commissions: SignatureService,
    private readonly contracts: ContractReadingService,
  ) {}

  async list(actor: Actor): Promise<{ todos: Todo[] }> {
    const signs = actor.has('dept-signatory') || actor.has('regional-signatory');
    const letters = signs ? [...(await this.commissions.waiting(actor)), ...(await this.contracts.waiting(actor))] : [];
    const signing: Todo[] = letters.map((one) => ({ at: new Date(one.submittedAt), what: counted(one.letters, 'lettre à signer', 'lettres à signer'), subject: one.title, href: one.href, when: `soumises le ${inFrench(new Date(one.submittedAt), one.timeZone)}`, tone: 'attention' }));
    const calls = await this.acts.look(actor, 'todo.list', async (act) => {
      const territories = actor.mandates.filter((one) => AGENTS.some((role) => role === one.role)).map((one) => one.territory);
      const organisations = actor.organisations('bidder');
      act.see(territories.length + organisations.length > 0 || actor.has('ministry'));
      if (organisations.length > 0) {
        const invited = await act.db.createQueryBuilder(Consultation, 'k').innerJoin(Invitation, 'i', 'i."consultationId" = k.id and i."invitedAt" is not null and i."organisationId" in (:...organisations)', { organisations }).where({ status: 'launched' }).orderBy('k.deadline').limit(LISTED).getMany();
        return invited.filter((one) => one.isInTime(act.now)).map((one) => answer(one, act.now));
      }
      const followed = territories.length > 0 ? await openCalls(act, territories) : [];
      const open = followed.filter((one) => one.status === 'launched');
      const manages = actor.has('dept-officer') || actor.has('regional-buyer');
      const questions = manages && open.length > 0 ? await waitingQuestions(act.db.createQueryBuilder(Question, 'q'), open) : [];
      const incidents = manages ? await offersOf(act, open.filter((one) => one.isInTime(act.now))) : [];
      const visas = (await act.db.createQueryBuilder(Visa, 'v').innerJoinAndMapOne('v.consultation', Consultation, 'k', 'k.id = v."consultationId" and k.status = :draft', { draft: 'draft' }).where('v."personId" = :me and v.status = :asked', { me: actor.id, asked: 'asked' }).getMany()) as (Visa & { consultation: Consultation })[];
      return [
        ...open.filter((one) => one.isClosed(act.now)).map((one) => opening(one, act.now)),
        ...open.filter((one) => one.isInTime(act.now) && one.deadline.getTime() - act.now.getTime() < WEEK_MS).map((one) => closing(one)),
        ...incidents.map(({ call, offer, noticedAt }): Todo => ({ at: noticedAt, what: `Incident de la plateforme, ${offer.minutes} minutes perdues : un report est proposé`, subject: call.title, href: `${link(call)}/incident`, when: `à décider avant le ${inFrench(call.deadline, call.timeZone)}`, tone: 'danger' })),
        ...open.flatMap((one) => ending(one, act.now)),
        ...followed.flatMap((one) => awardTodos(one, actor, act.now)),
        ...questions,
        ...(manages ? await signedLetters(act, actor) : []),
        ...(signs ? await lateBids(act, actor, territories) : []),
        ...(actor.has('opener') ? await sessions(act, actor, territories) : []),
        ...visas.map((one): Todo => ({ at: one.askedAt, what: 'Votre visa est demandé', subject: one.consultation.title, href: `/consultations/${one.consultationId}/visas`, when: `demandé le ${inFrench(one.askedAt, one.consultation.timeZone)}`, tone: 'attention' })),
      ];
    });
    return { todos: [...signing, ...calls].toSorted((a, b) => rank(a) - rank(b) || (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0)) };
  }
}

const rank = (one: Todo) => ['danger', 'attention', 'current', 'neutral'].indexOf(one.tone);
const link = (call: Consultation) => `/consultations/${call.id}`;

function answer(call: Consultation, now: Date): Todo {
  const soon = call.deadline.getTime() - now.getTime() < WEEK_MS;
  return { at: call.deadline, what: 'Offre à remettre', subject: call.title, href: link(call), when: `strictement avant le ${dueInFrench(call.deadline, call.timeZone)}`, due: call.deadline, timeZone: call.timeZone, tone: soon ? 'attention' : 'current' };
}

const closing = (call: Consultation): Todo => ({ at: call.deadline, what: 'Clôture prochaine', subject: call.title, href: `${link(call)}/suivi`, when: `le ${dueInFrench(call.deadline, call.timeZone)}`, due: call.deadline, timeZone: call.timeZone, tone: 'current' });

function opening(call: Consultation, now: Date): Todo {
  const ready = now >= call.opensAt;
  return { at: call.opensAt, what: ready ? 'Plis à ouvrir' : 'Plis à ouvrir bientôt', subject: call.title, href: `${link(call)}/ouverture`, when: `à partir du ${inFrench(call.opensAt, call.timeZone)}`, tone: ready ? 'danger' : 'attention' };
}

/** Late bids that this person decides, after the opening only. One query. */
async function lateBids(act: Act, actor: Actor, territories: readonly string[]): Promise<Todo[]> {
  const rows = (await act.db
    .createQueryBuilder(Consultation, 'k')
    .innerJoinAndMapMany('k.late', Bid, 'b', 'b."consultationId" = k.id and b.status = :late', { late: 'late' })
    .where('k."openedAt" is not null and k.territory in (:...territories)', { territories: [...territories, '-'] })
    .limit(LISTED)
    .getMany()) as (Consultation & { late: Bid[] })[];
  return rows.filter((one) => mayDecide(actor, one)).map((one) => ({ at: one.openedAt, what: one.late.length > 1 ? `${one.late.length} plis hors délai à décider` : 'Un pli hors délai à décider', subject: one.title, href: `${link(one)}/hors-delai`, when: `ouverture le ${inFrench(one.openedAt ?? one.deadline, one.timeZone)}`, tone: 'attention' }));
}

/** Supplementary sessions that wait for this opener. One query. */
async function sessions(act: Act, actor: Actor, territories: readonly string[]): Promise<Todo[]> {
  const rows = (await act.db
    .createQueryBuilder(Consultation, 'k')
    .innerJoinAndMapMany('k.sessions', SealingSession, 's', 's."consultationId" = k.id and s."releasedAt" is null')
    .where('k.status = :opened and k.territory in (:...territories)', { opened: 'opened', territories: [...territories, '-'] })
    .limit(LISTED)
    .getMany()) as (Consultation & { sessions: SealingSession[] })[];
  return rows.flatMap((one) => one.sessions.filter((session) => session.names(actor.id)).map((session) => ({ at: session.notBefore, what: 'Séance complémentaire à tenir', subject: one.title, href: `${link(one)}/ouverture/${session.number}`, when: `décidée le ${inFrench(session.notBefore, one.timeZone)}`, tone: 'attention' as const })));
}

type OpenCall = AwardedCall & { contract: (SubsequentContract & { framework: FrameworkAgreement }) | null };

/** Calls in progress, with the framework of those that are a subsequent contract's; and those whose award waits for somebody. One query. */
async function openCalls(act: Act, territories: string[]): Promise<OpenCall[]> {
  return (await act.db
    .createQueryBuilder(Consultation, 'k')
    .leftJoinAndMapOne('k.contract', SubsequentContract, 'c', 'c."consultationId" = k.id')
    .leftJoinAndMapOne('c.framework', FrameworkAgreement, 'f', 'f.id = c."frameworkId"')
    .leftJoinAndMapMany('k.awards', Award, 'a', 'a."consultationId" = k.id and a.status in (:...waiting)', { waiting: ['asked', 'certified', 'decided'] })
    .leftJoinAndMapMany('k.requests', ReasonsRequest, 'r', 'r."consultationId" = k.id and r."answeredAt" is null')
    .where('k.territory in (:...territories) and (k.status = :status or a.id is not null or r.id is not null)', { territories, status: 'launched' })
    .orderBy('k.deadline')
    .limit(LISTED)
    .getMany()) as OpenCall[];
}

/** Open calls raise an alarm 90, 60 and 30 days before the end of their framework: nothing is signed after it (R2162-5). */
function ending({ contract, ...call }: OpenCall, now: Date): Todo[] {
  const alarm = contract?.framework.alarm(dayOf(now, 'Europe/Paris')) ?? null;
  if (!contract || alarm === null) return [];
  const what = alarm === 0 ? 'L’accord-cadre a pris fin : ce marché ne peut plus être signé' : `L’accord-cadre prend fin dans moins de ${alarm} jours : le marché doit être signé avant`;
  return [{ at: call.deadline, what, subject: call.title, href: `/marches/${contract.id}`, when: `fin le ${dayInFrench(contract.framework.endsOn)}`, tone: alarm <= 30 ? 'danger' : 'attention' }];
}

async function waitingQuestions(query: SelectQueryBuilder<Question>, open: readonly Consultation[]): Promise<Todo[]> {
  const rows = await query
    .select(['q."consultationId" AS "id"', 'count(*) AS "n"'])
    .where('q."consultationId" in (:...ids) and q.status in (:...waiting)', { ids: open.map((one) => one.id), waiting: ['received', 'drafted'] })
    .groupBy('q."consultationId"')
    .getRawMany<{ id: string; n: string | number }>();
  return rows.flatMap(({ id, n }) => {
    const call = open.find((one) => one.id === id);
    return call ? [{ at: call.deadline, what: `${Number(n)} question${Number(n) > 1 ? 's' : ''} sans réponse publiée`, subject: call.title, href: `${link(call)}/questions`, when: `date limite le ${inFrench(call.deadline, call.timeZone)}`, tone: 'attention' as const }] : [];
  });
}
