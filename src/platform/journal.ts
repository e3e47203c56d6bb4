import type { EntityManager } from 'typeorm';
import { GENESIS, JournalChain, JournalEntry, JournalPerson, type Outcome } from './journal-entry.js';
import { type Random, sha256 } from './random.js';

export interface JournalLine {
  act: string;
  actorId: string;
  subject: string | null;
  outcome: Outcome;
  instant: Date;
  recordedAt: Date;
  details: Record<string, unknown>;
}

/** Adds lines to the chains. Called by `Acts` only, inside the act's transaction. */
export class Journal {
  private readonly known = new Map<string, string>();

  constructor(private readonly random: Random) {}

  async append(db: EntityManager, chainId: string, line: JournalLine): Promise<void> {
    const chain = await this.lockedChain(db, chainId);
    const entry = Object.assign(new JournalEntry(), {
      id: this.random.id(),
      chain: chainId,
      seq: chain.length + 1,
      act: line.act,
      outcome: line.outcome,
      actor: await this.pseudonym(db, line.actorId),
      subject: line.subject,
      instant: line.instant,
      recordedAt: line.recordedAt,
      details: line.details,
      previous: chain.head,
    }).seal();
    await db.insert(JournalEntry, entry as never);
    await db.update(JournalChain, { id: chainId }, { length: entry.seq, head: entry.hash });
  }

  private async lockedChain(db: EntityManager, id: string): Promise<JournalChain> {
    const postgres = db.dataSource.options.type === 'postgres';
    const find = () =>
      db.findOne(JournalChain, { where: { id }, ...(postgres ? { lock: { mode: 'pessimistic_write' as const } } : {}) });
    const found = await find();
    if (found) return found;
    // Two acts may open a chain together: the second insert does nothing, then waits for the row.
    await db.createQueryBuilder().insert().into(JournalChain).values({ id, length: 0, head: GENESIS }).orIgnore().execute();
    const made = await find();
    if (!made) throw new Error(`No journal chain ${id}`);
    return made;
  }

  /** Persons stand in the chain as a salted hash, beside an erasable row (decisions.md 10). */
  private async pseudonym(db: EntityManager, personId: string): Promise<string> {
    const known = this.known.get(personId);
    if (known) return known;
    const found = await db.findOne(JournalPerson, { where: { personId } });
    if (found) {
      this.known.set(personId, found.hash);
      return found.hash;
    }
    const salt = this.random.token();
    const hash = sha256(`${salt}/${personId}`);
    await db.insert(JournalPerson, { hash, personId, salt });
    return hash; // remembered at the next use: this transaction may still roll back
  }
}
