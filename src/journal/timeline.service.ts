import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { mayView } from '../commissions/commission.policy.js';
import { Commission } from '../commissions/commission.js';
import { Consultation } from '../consultations/consultation.js';
import { worksOn } from '../consultations/consultation.policy.js';
import { toldBeforeSql } from '../consultations/told-before.js';
import { maySeeContract } from '../contracts/contract.policy.js';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import { Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound } from '../platform/errors.js';
import { JournalEntry, JournalPerson, PLATFORM_CHAIN, verifyChain } from '../platform/journal-entry.js';
import { DECISIONS } from './decisions.js';

export const FILES = {
  commission: { path: 'commandes', label: 'Retour à la commande' },
  contract: { path: 'marches', label: 'Retour au marché' },
  consultation: { path: 'consultations', label: 'Suivi de la consultation' },
} as const;
export type FileKind = keyof typeof FILES;

export interface TimelineAsked {
  kind: FileKind;
  id: string;
  /** Key of the last line of the page before. */
  after?: string;
  decisionsOnly?: boolean;
  /** All of it on one page, to print. */
  whole?: boolean;
}

const PAGE = 50;
const PRINTED = 2000;

/** « Qui a décidé quoi, et quand » : the journal of one file, for the buyer's side alone. */
@Injectable()
export class TimelineService {
  constructor(private readonly acts: Acts) {}

  /**
   * Before the opening it hides all about bids, their number included: hence neither a replay of the chain, whose count of lines would tell,
   * nor a page of another length (decisions.md 15). Four queries at most.
   */
  read(actor: Actor, asked: TimelineAsked) {
    return this.acts.look(actor, 'journal.read', async (act) => {
      const { title, consultation } = await fileOf(act, asked);
      const inside = consultation !== null && worksOn(actor, consultation.territory);
      // Whoever only reads the file, the ministry first, learns nothing of the bids before the award.
      const all = consultation !== null && (inside ? consultation.openedAt !== null : consultation.status === 'awarded');
      const { lines, next } = await linesOf(act, asked, consultation?.id ?? '-', all);
      const whole = inside && all && !asked.after ? await act.db.find(JournalEntry, { where: { chain: consultation.id }, order: { seq: 'ASC' } }) : null;
      return {
        asked,
        title,
        timeZone: consultation?.timeZone ?? 'Europe/Paris',
        opened: all,
        chain: whole && verifyChain(whole),
        lines,
        next,
        names: inside ? await namesOf(act, lines) : new Map<string, string>(),
      };
    });
  }
}

async function fileOf(act: Act, { kind, id }: TimelineAsked): Promise<{ title: string; consultation: Consultation | null }> {
  if (kind === 'consultation') {
    const consultation = await act.db.findOneBy(Consultation, { id });
    act.see(consultation !== null && worksOn(act.actor, consultation.territory));
    return { title: consultation?.title ?? '', consultation };
  }
  const entity = kind === 'commission' ? Commission : SubsequentContract;
  const found = (await act.db.createQueryBuilder<Commission | SubsequentContract>(entity, 'f').leftJoinAndMapOne('f.consultation', Consultation, 'k', 'k.id = f."consultationId"').where('f.id = :id', { id }).getOne()) as
    | ((Commission | SubsequentContract) & { consultation: Consultation | null })
    | null;
  act.see(found instanceof Commission ? mayView(act.actor, found) : found !== null && maySeeContract(act.actor, found.departmentCode));
  if (!found) throw new NotFound();
  return { title: found.consultation?.title ?? (found instanceof SubsequentContract ? found.title : ''), consultation: found.consultation };
}

/** The latest first, by key: the call's own chain, and what was done on the file before it had one. */
async function linesOf(act: Act, { id, after, decisionsOnly, whole }: TimelineAsked, chain: string, all: boolean): Promise<{ lines: JournalEntry[]; next: string | null }> {
  const size = whole ? PRINTED : PAGE;
  const query = act.db
    .createQueryBuilder(JournalEntry, 'j')
    .where(`(j.chain = :chain or (j.subject = :id and j.chain = :platform and j.outcome = 'done'))`, { chain, id, platform: PLATFORM_CHAIN })
    .orderBy('j."recordedAt"', 'DESC')
    .addOrderBy('j.seq', 'DESC')
    .addOrderBy('j.id', 'DESC')
    .limit(size + 1);
  if (!all) query.andWhere(toldBeforeSql('j.act'));
  if (decisionsOnly) query.andWhere('j.act in (:...decisions)', { decisions: [...DECISIONS] });
  const [at, seq, last] = (after ?? '').split('_');
  if (at && /^\d{1,9}$/.test(seq ?? '') && last) query.andWhere('(j."recordedAt", j.seq, j.id) < (:at, :seq, :last)', { at, seq: Number(seq), last });
  const rows = await query.getMany();
  const lines = rows.slice(0, size);
  const end = rows.length > size ? lines.at(-1) : undefined;
  return { lines, next: end ? `${end.recordedAt.toISOString()}_${end.seq}_${end.id}` : null };
}

/** Erased persons have no name any more, and their lines stay. */
async function namesOf(act: Act, lines: readonly JournalEntry[]): Promise<Map<string, string>> {
  const hashes = [...new Set(lines.map((line) => line.actor))];
  const rows = (await act.db
    .createQueryBuilder(JournalPerson, 'j')
    .innerJoinAndMapOne('j.person', Person, 'p', 'p.id = j."personId"')
    .where({ hash: In([...hashes, '-']) })
    .getMany()) as (JournalPerson & { person: Person })[];
  return new Map(rows.map((row) => [row.hash, row.person.name]));
}
