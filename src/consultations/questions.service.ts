import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { Config } from '../config.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { frenchDate } from '../platform/dates.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { WorkMails } from '../people/work-mails.js';
import type { Day } from '../platform/working-days.js';
import { Consultation, Invitation } from './consultation.js';
import { isInvited, mayManage, mayView, ownInvitation, worksOn } from './consultation.policy.js';
import type { AnswerForm, RecordQuestionForm } from './exchange.forms.js';
import { mustBeOpen, Question } from './exchange.js';
import { NoticesService } from './notices.service.js';

const PAGE = 50;

/** Questions, drafted answers, and their publication to everyone in one act. */
@Injectable()
export class QuestionsService {
  constructor(
    private readonly acts: Acts,
    private readonly notices: NoticesService,
    private readonly letters: LettersService,
    private readonly config: Config,
    private readonly workMails: WorkMails,
  ) {}

  /** Agents see all, with authors; an organisation its own and what is published, without authors. Four queries, 50 a page. */
  list(actor: Actor, id: string, after = 0) {
    return this.acts.look(actor, 'question.list', async (act) => {
      const { consultation, invitation } = await visible(act, actor, id);
      const agent = worksOn(actor, consultation.territory);
      const query = act.db.createQueryBuilder(Question, 'q').leftJoinAndMapOne('q.organisation', Organisation, 'o', 'o.id = q."organisationId"').where('q."consultationId" = :id and q.number > :after', { id, after });
      if (!agent) query.andWhere('(q.status = :published or (q."organisationId" = :own and q.status <> :withdrawn))', { published: 'published', withdrawn: 'withdrawn', own: invitation?.organisationId ?? '-' });
      const rows = (await query.orderBy('q.number').limit(PAGE + 1).getMany()) as (Question & { organisation: Organisation | null })[];
      const counts = await countsOf(act.db.createQueryBuilder(Question, 'q'), id);
      const invited = agent ? await act.db.find(Invitation, { where: { consultationId: id }, order: { name: 'ASC' }, select: { id: true, organisationId: true, name: true } }) : [];
      return { consultation, invitation, agent, manages: mayManage(actor, consultation), questions: rows.slice(0, PAGE), next: rows.length > PAGE ? rows[PAGE - 1]?.number : null, counts, invited, now: act.now };
    });
  }

  /** From an invited organisation. After the cut-off it is kept and flagged; after the deadline there is nothing to ask. */
  ask(actor: Actor, id: string, text: string): Promise<{ number: number; late: boolean }> {
    return this.acts.perform(actor, 'question.ask', async (act) => {
      const consultation = await act.load(Consultation, id);
      const invitation = await invitationOf(act, actor, id);
      act.see(isInvited(actor, consultation, invitation));
      mustBeOpen(consultation, act.now);
      // A button pressed twice, or a page sent again: the question is there, once.
      const same = await act.db.findOneBy(Question, { consultationId: id, organisationId: invitation?.organisationId ?? '-', text, status: In(['received', 'drafted']) });
      if (same) return { number: same.number, late: same.late };
      const question = await newQuestion(act, consultation, { text, channel: 'platform', organisationId: invitation?.organisationId ?? null, personId: actor.id }, consultation.localDay(act.now));
      await this.workMails.queue(act, [consultation.contact.email], {
        subject: `Répondez à la question ${question.number}`,
        text: `Une organisation invitée vient de poser la question ${question.number}${question.late ? ', après la date des questions' : ''}. La réponse est publiée à tous en même temps.`,
        consultation,
        path: `/consultations/${id}/questions#question-${question.number}`,
      });
      return { number: question.number, late: question.late };
    });
  }

  /** Received by telephone or letter: the officer writes it down. */
  record(actor: Actor, id: string, form: RecordQuestionForm): Promise<void> {
    return this.managed(actor, id, 'question.record', async (act, consultation) => {
      mustBeOpen(consultation, act.now);
      if (form.organisationId && !(await act.db.existsBy(Invitation, { consultationId: id, organisationId: form.organisationId }))) throw Invalid.field('organisationId', 'Choisissez une organisation invitée, ou personne.', { ...form });
      const today = consultation.localDay(act.now);
      if (form.receivedOn && form.receivedOn > today) throw Invalid.field('receivedOn', 'Ce jour n’est pas encore arrivé.', { ...form });
      if (form.receivedOn && consultation.launchedAt && form.receivedOn < consultation.localDay(consultation.launchedAt)) throw Invalid.field('receivedOn', 'Ce jour est avant le lancement de la consultation.', { ...form });
      await newQuestion(act, consultation, { text: form.text, channel: form.channel, organisationId: form.organisationId || null, personId: actor.id }, form.receivedOn || today);
    });
  }

  draft(actor: Actor, id: string, questionId: string, form: AnswerForm): Promise<void> {
    return this.managed(actor, id, 'question.draft', async (act) => {
      const question = await questionOf(act, id, questionId);
      question.draft(form.answer, actor.id, form.publicText);
      await act.db.update(Question, { id: questionId }, { status: question.status, answer: question.answer, publicText: question.publicText, answeredById: question.answeredById });
      act.record({ question: question.number });
    });
  }

  /** All drafted answers together; everyone invited is told in this act. */
  publish(actor: Actor, id: string): Promise<{ published: number }> {
    return this.managed(actor, id, 'question.publish', async (act, consultation) => {
      mustBeOpen(consultation, act.now);
      const drafted = await act.db.find(Question, { where: { consultationId: id, status: 'drafted' }, order: { number: 'ASC' } });
      if (drafted.length === 0) throw new Refused('nothing-drafted', 'Aucune réponse n’est rédigée.');
      const numbers = drafted.map((one) => one.number).join(', ');
      const notice = await this.notices.tell(act, consultation, {
        kind: 'answers',
        significant: false,
        paragraphs: [drafted.length > 1 ? `Les réponses aux questions ${numbers} sont publiées.` : `La réponse à la question ${numbers} est publiée.`],
        answers: drafted.map((one) => answerOf(one, act.now, consultation.timeZone)),
      });
      for (const question of drafted) {
        question.publish(act.now, notice.id);
        await act.db.update(Question, { id: question.id }, { status: question.status, publishedAt: question.publishedAt, noticeId: notice.id });
      }
      act.record({ published: drafted.map((one) => one.number) });
      return { published: drafted.length };
    });
  }

  /** By its author, before it is answered in public. */
  withdraw(actor: Actor, id: string, questionId: string): Promise<void> {
    return this.acts.perform(actor, 'question.withdraw', async (act) => {
      const consultation = await act.load(Consultation, id);
      const invitation = await invitationOf(act, actor, id);
      act.see(isInvited(actor, consultation, invitation));
      act.on(id);
      const question = await questionOf(act, id, questionId);
      if (question.organisationId !== invitation?.organisationId || question.channel !== 'platform') throw new NotFound();
      question.withdraw();
      await act.db.update(Question, { id: questionId }, { status: question.status });
      act.record({ question: question.number });
    });
  }

  /** Published answers as a document, without their authors (D5). */
  async pdf(actor: Actor, id: string): Promise<Buffer> {
    const { consultation, answers, authority } = await this.acts.look(actor, 'question.print', async (act) => {
      const found = await visible(act, actor, id);
      return {
        ...found,
        answers: await act.db.find(Question, { where: { consultationId: id, status: 'published' }, order: { number: 'ASC' } }),
        authority: await act.db.findOneByOrFail(Authority, { id: found.consultation.authorityId }),
      };
    });
    if (answers.length === 0) throw new NotFound('Aucune réponse n’est encore publiée.');
    const { letterhead } = authority;
    return this.letters.print('answers', {
      frame: { brandLabel: letterhead.brandLines, motto: letterhead.motto, service: letterhead.serviceLines, footer: letterhead.footerLines, notice: this.config.demo ? 'Démonstration : document sans valeur' : undefined },
      consultation: consultation.title,
      reference: consultation.reference,
      answers: answers.map((one) => answerOf(one, one.publishedAt ?? one.askedAt, consultation.timeZone)),
    });
  }

  private managed<T>(actor: Actor, id: string, name: string, work: (act: Act, consultation: Consultation) => Promise<T>): Promise<T> {
    return this.acts.perform(actor, name, async (act) => {
      const consultation = await act.load(Consultation, id);
      act.see(worksOn(actor, consultation.territory));
      act.require(mayManage(actor, consultation), 'Les réponses reviennent à l’agent qui suit la consultation.');
      act.on(id);
      return work(act, consultation);
    });
  }
}

export async function visible(act: Act, actor: Actor, id: string) {
  const consultation = await act.db.findOneBy(Consultation, { id });
  if (!consultation) throw new NotFound();
  const invitation = await invitationOf(act, actor, id);
  act.see(mayView(actor, consultation, invitation));
  return { consultation, invitation };
}

export const invitationOf = async (act: Act, actor: Actor, id: string) => ownInvitation(actor, await act.db.findBy(Invitation, { consultationId: id, organisationId: In([...actor.organisations('bidder'), '-']) }));

async function questionOf(act: Act, consultationId: string, questionId: string): Promise<Question> {
  const question = await act.db.findOneBy(Question, { id: questionId, consultationId });
  if (!question) throw new NotFound();
  return question;
}

/** @param received the day it reached the buyer: what is late is judged on it, not on the day somebody wrote it down */
async function newQuestion(act: Act, consultation: Consultation, given: Pick<Question, 'text' | 'channel' | 'organisationId' | 'personId'>, received: Day): Promise<Question> {
  const number = (await act.db.countBy(Question, { consultationId: consultation.id })) + 1;
  const late = !consultation.takesQuestions(received);
  const receivedOn = received === consultation.localDay(act.now) ? null : received;
  const question = Object.assign(new Question(), { ...given, id: act.random.id(), consultationId: consultation.id, number, askedAt: act.now, receivedOn, late });
  await act.add(question);
  act.on(consultation.id);
  act.record({ question: number, channel: given.channel, late });
  return question;
}

/** As everybody reads it. */
const answerOf = (one: Question, at: Date, timeZone: string) => ({ number: String(one.number), question: one.publicText ?? one.text, answer: one.answer ?? '', date: frenchDate(at, timeZone) });

async function countsOf(query: SelectQueryBuilder<Question>, id: string) {
  const rows = await query.select(['q.status AS "status"', 'count(*) AS "n"']).where('q."consultationId" = :id', { id }).groupBy('q.status').getRawMany<{ status: string; n: string | number }>();
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.n)]));
}
