import { Injectable } from '@nestjs/common';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { Chrono } from '../letters/letter.js';
import { Person } from '../people/people.js';
import { Actor } from '../platform/actor.js';
import { type Act, Acts } from '../platform/acts.js';
import { preciseFrench, yearOf, zoneInFrench } from '../platform/dates.js';
import { NotFound, TooMany } from '../platform/errors.js';
import { Outbox } from '../platform/outbox.js';
import { cleanText } from '../platform/web.js';
import { Vault } from '../platform/vault.js';
import { Allowance } from './allowance.js';
import type { ProblemForm } from './problem.forms.js';
import { mayListProblems, maySeeTechnical, problemTerritories } from './problem.policy.js';
import { consultationIn, pagePath, problemNumber, ProblemReport } from './problem-report.js';
import type { Contact, FiledProblem } from './problem.view.js';

const MINUTE_MS = 60_000;
const PER_PAGE = 50;
/** The number of a report says nothing of the place it comes from: one zone for all. */
const ZONE = 'Europe/Paris';

/** What the request brings besides the form. */
export interface Circumstances {
  /** When the whole report had arrived: a person must not lose seconds behind a lock. */
  arrivedAt?: Date;
  userAgent?: string;
  address?: string;
}

/** « Signaler un problème »: anybody tells, at once has a number and an hour; agents of the territory read. */
@Injectable()
export class ProblemsService {
  private readonly perAddress = new Allowance(10, MINUTE_MS);
  private readonly inAll = new Allowance(600, MINUTE_MS);
  /** Anybody may write anybody's address here. */
  private readonly mailsTo = new Allowance(3, 60 * MINUTE_MS);

  constructor(
    private readonly acts: Acts,
    private readonly outbox: Outbox,
    private readonly vault: Vault,
  ) {}

  /** @throws TooMany beyond ten reports a minute from one address */
  async report(actor: Actor, form: ProblemForm, { arrivedAt, userAgent, address }: Circumstances): Promise<ProblemReport> {
    if (!this.perAddress.take(address ?? '') || !this.inAll.take('')) {
      throw new TooMany('too-many', 'Beaucoup de signalements arrivent en ce moment. Votre texte est toujours là : attendez une minute, puis envoyez-le de nouveau, ou téléphonez.');
    }
    const mailed = form.email !== '' && this.mailsTo.take(form.email.toLowerCase());
    return this.acts.perform(actor, 'problem.report', async (act) => {
      act.see(true); // everybody may say that something is wrong
      const report = await this.filed(act, actor, form, { email: form.email, telephone: form.telephone, mailed });
      Object.assign(report, { at: arrivedAt ?? act.now, userAgent: userAgent ? cleanText(userAgent).slice(0, 300) || null : null });
      await act.add(report);
      act.record({ number: report.number });
      if (mailed) await this.mail(act, report, form.email);
      return report;
    });
  }

  private async filed(act: Act, actor: Actor, form: ProblemForm, contact: Contact): Promise<ProblemReport> {
    const id = act.random.id();
    const page = pagePath(form.page);
    const year = yearOf(act.now, ZONE);
    const sequence = await nextNumber(act, year);
    return Object.assign(new ProblemReport(), {
      id,
      year,
      sequence,
      number: problemNumber(year, sequence),
      recordedAt: act.now,
      sealedText: this.vault.seal(JSON.stringify({ text: form.text, reference: form.reference }), `problem/${id}/text`),
      sealedContact: contact.email || contact.telephone ? this.vault.seal(JSON.stringify(contact), `problem/${id}/contact`) : null,
      consultationId: await consultationOf(act, actor, form.reference, page),
      personId: actor === Actor.anonymous ? null : actor.id,
      page,
      lastUploadBytes: form.lastUploadBytes,
    });
  }

  /** Number and hour, nothing of what was typed: whoever gave the address cannot be made to relay a message. */
  private async mail(act: Act, report: ProblemReport, to: string) {
    await this.outbox.queue(act, {
      kind: 'problem',
      to,
      subject: `Votre signalement ${report.number} est enregistré`,
      data: { number: report.number, at: preciseFrench(report.at, ZONE), zone: zoneInFrench(ZONE) },
    });
  }

  /** The page of thanks; its address is known to the author alone. */
  thanks(id: string): Promise<ProblemReport> {
    return this.acts.look(Actor.anonymous, 'problem.thanks', async (act) => {
      const found = await act.db.findOneBy(ProblemReport, { id });
      act.see(found !== null);
      if (!found) throw new NotFound();
      return found;
    });
  }

  /** The latest first, by pages of 50; one query. */
  list(actor: Actor, after = '') {
    return this.acts.look(actor, 'problem.list', async (act) => {
      act.see(mayListProblems(actor));
      const territories = problemTerritories(actor);
      const query = act.db
        .createQueryBuilder(ProblemReport, 'r')
        .leftJoinAndMapOne('r.consultation', Consultation, 'k', 'k.id = r."consultationId"')
        .leftJoinAndMapOne('r.person', Person, 'p', 'p.id = r."personId"')
        .orderBy('r.at', 'DESC')
        .addOrderBy('r.id', 'DESC')
        .limit(PER_PAGE + 1);
      if (!maySeeTechnical(actor)) {
        query.where(territories.includes('*') ? 'k.id is not null' : 'k.territory in (:...territories)', { territories });
      }
      const [at, id] = after.split('_');
      if (at && id) query.andWhere('(r.at < :at or (r.at = :at and r.id < :id))', { at, id });
      const rows = (await query.getMany()) as FiledProblem[];
      const shown = rows.slice(0, PER_PAGE);
      const last = rows.length > PER_PAGE ? shown.at(-1) : undefined;
      return { reports: shown, next: last ? `${last.at.toISOString()}_${last.id}` : null };
    });
  }
}

/** No gap, no double: the counter's row is locked until the commit. */
async function nextNumber(act: Act, year: number): Promise<number> {
  const id = `signalements/${year}`;
  await act.db.createQueryBuilder().insert().into(Chrono).values({ id, last: 0 }).orIgnore().execute();
  const locked = act.db.dataSource.options.type === 'postgres' ? { lock: { mode: 'pessimistic_write' as const } } : {};
  const chrono = await act.db.findOneOrFail(Chrono, { where: { id }, ...locked });
  chrono.last += 1;
  await act.db.update(Chrono, { id }, { last: chrono.last });
  return chrono.last;
}

/** By the reference typed, else by the page one stood on. A draft is known to nobody but the agents who work on it. */
async function consultationOf(act: Act, actor: Actor, reference: string, page: string | null): Promise<string | null> {
  const query = act.db.createQueryBuilder(Consultation, 'k').orderBy('k."createdAt"', 'DESC').limit(1);
  const id = consultationIn(page);
  if (reference) query.where('upper(k.reference) = :reference', { reference: reference.replaceAll(/\s/g, '').toUpperCase() });
  else if (id) query.where('k.id = :id', { id });
  else return null;
  const found = await query.getOne();
  return found && (found.launchedAt !== null || worksOn(actor, found.territory)) ? found.id : null;
}
