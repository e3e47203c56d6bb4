import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Not } from 'typeorm';
import { Membership, Person } from '../people/people.js';
import { WorkMails } from '../people/work-mails.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Invalid, NotFound, Refused } from '../platform/errors.js';
import { Jobs } from '../platform/jobs.js';
import { Consultation } from './consultation.js';
import { AGENTS, mayManage, worksOn } from './consultation.policy.js';
import { mustBeRead, Visa, waitingFor } from './visa.js';

const AGAIN = 'visa.ask-again';

export type ReadVisa = Visa & { person: Person };

/** The reading of a file by colleagues before its signature. */
@Injectable()
export class VisasService implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly workMails: WorkMails,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit() {
    this.jobs.handle(AGAIN, ({ id }) => this.tellAgain(id));
  }

  /** Three queries. */
  show(actor: Actor, id: string) {
    return this.acts.look(actor, 'visa.list', async (act) => {
      const consultation = await act.db.findOneBy(Consultation, { id });
      if (!consultation) throw new NotFound();
      act.see(worksOn(actor, consultation.territory));
      const visas = await visasOf(act, id);
      const readers = await readersOf(act, consultation.territory);
      return { consultation, visas, next: waitingFor(visas), readers: readers.filter((one) => one.id !== actor.id), manages: mayManage(actor, consultation) };
    });
  }

  /** The list of readers, in their order; those who had read keep their visa. An empty list asks nobody. */
  ask(actor: Actor, id: string, personIds: string[]): Promise<void> {
    return this.acts.perform(actor, 'visa.ask', async (act) => {
      const consultation = await this.draft(act, id);
      act.require(mayManage(actor, consultation), 'Les visas se demandent par l’agent qui prépare le dossier.');
      const wanted = [...new Set(personIds)];
      const readers = await readersOf(act, consultation.territory);
      if (wanted.some((one) => one === actor.id || !readers.some((person) => person.id === one))) throw Invalid.field('readers', 'Choisissez d’autres agents de l’acheteur que vous-même.');
      const before = await visasOf(act, id);
      const gone = before.filter((one) => !wanted.includes(one.personId));
      if (gone.length > 0) await act.db.delete(Visa, gone.map((one) => one.id));
      for (const [index, personId] of wanted.entries()) {
        const known = before.find((one) => one.personId === personId);
        if (known) await act.db.update(Visa, { id: known.id }, { position: index + 1 });
        else await act.add(Object.assign(new Visa(), { id: act.random.id(), consultationId: id, personId, position: index + 1, askedById: actor.id, askedAt: act.now }));
      }
      act.record({ asked: wanted.length });
      await this.tellNext(act, consultation);
    });
  }

  decide(actor: Actor, id: string, move: 'give' | 'return', comment: string): Promise<void> {
    return this.acts.perform(actor, `visa.${move}`, async (act) => {
      const consultation = await this.draft(act, id);
      const visas = await visasOf(act, id);
      const mine = visas.find((one) => one.personId === actor.id);
      act.require(mine !== undefined, 'Votre visa n’est pas demandé sur ce dossier.');
      if (!mine) throw new NotFound();
      if (waitingFor(visas)?.id !== mine.id && mine.status !== 'given') throw new Refused('not-your-turn', 'Un autre lecteur passe avant vous.');
      mine.decide(move, comment, act.now);
      await act.db.update(Visa, { id: mine.id }, { status: mine.status, comment: mine.comment, decidedAt: mine.decidedAt });
      act.record({ position: mine.position });
      if (move === 'give') await this.tellNext(act, consultation);
      else await this.tell(act, consultation, mine.askedById, 'Reprenez le dossier renvoyé', `${mine.person.name} demande une reprise : ${comment}`);
    });
  }

  private async draft(act: Act, id: string): Promise<Consultation> {
    const consultation = await act.load(Consultation, id);
    act.see(worksOn(act.actor, consultation.territory));
    act.on(id);
    if (consultation.status !== 'draft') throw new Refused('not-draft', 'Cette consultation est lancée : son dossier ne se vise plus.');
    return consultation;
  }

  /** The first reader of a file that changed after visas were given. */
  private tellAgain(id: string): Promise<void> {
    return this.acts.perform(Actor.system, 'visa.ask-again', async (act) => {
      const consultation = await act.load(Consultation, id);
      act.require(true);
      act.on(id);
      if (consultation.status === 'draft') await this.tellNext(act, consultation);
    });
  }

  private async tellNext(act: Act, consultation: Consultation) {
    const next = waitingFor(await visasOf(act, consultation.id));
    if (next?.status === 'asked') await this.tell(act, consultation, next.personId, 'Donnez votre visa', 'Lisez le dossier, puis donnez votre visa ou renvoyez-le avec vos observations.');
  }

  private async tell(act: Act, consultation: Consultation, personId: string, subject: string, text: string) {
    const person = await act.db.findOneByOrFail(Person, { id: personId });
    await this.workMails.queue(act, [person.email], { subject, text, consultation, path: `/consultations/${consultation.id}/visas` });
  }
}

export function visasOf(act: Act, consultationId: string): Promise<ReadVisa[]> {
  return act.db.createQueryBuilder(Visa, 'v').innerJoinAndMapOne('v.person', Person, 'p', 'p.id = v."personId"').where('v."consultationId" = :consultationId', { consultationId }).orderBy('v.position').getMany() as Promise<ReadVisa[]>;
}

/** Before the signature: every visa asked is given. @throws Refused */
export async function requireVisas(act: Act, consultationId: string) {
  mustBeRead(await act.db.findBy(Visa, { consultationId }));
}

/** What was read has changed: it is to be read again. Its first reader is told once, however many changes follow. */
export async function askVisasAgain(act: Act, consultationId: string) {
  if (!(await act.db.existsBy(Visa, { consultationId, status: Not('asked') }))) return;
  await act.db.update(Visa, { consultationId }, { status: 'asked', decidedAt: null });
  await act.later({ kind: AGAIN, payload: { id: consultationId } });
}

/** Agents of the buyer whose mandate runs. */
function readersOf(act: Act, territory: string): Promise<Person[]> {
  return act.db.createQueryBuilder(Person, 'p').innerJoin(Membership, 'm', 'm."personId" = p.id and m.territory = :territory and m.role in (:...roles) and m."validFrom" <= :now and (m."validTo" is null or m."validTo" > :now)', { territory, roles: [...AGENTS], now: act.now.toISOString() }).where({ active: true }).distinct().orderBy('p.familyName').getMany();
}
