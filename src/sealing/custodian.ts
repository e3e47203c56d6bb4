import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Act } from '../platform/acts.js';
import { NotFound, Refused } from '../platform/errors.js';
import { generateIdentity, recipientOf } from './age-keys.js';
import { identityFile, identityFor } from './identity-file.js';
import { Keyring } from './keyring.js';
import { openPart } from './part.js';
import { checkOpeners, type OpeningGate } from './opening-gate.js';
import { type OpeningState, stateOf } from './opening-state.js';
import { SealingKey, SealingRelease, SealingSession } from './sealing-key.js';

export interface NewSealingKey {
  consultationId: string;
  notBefore: Date;
  quorum: number;
  openers: readonly string[];
  substitutes: readonly string[];
}

/** Holds the keys of the bids. Nothing else decrypts their content (decisions.md 13). */
@Injectable()
export class Custodian {
  constructor(private readonly keyring: Keyring) {}

  /** At launch. @returns the recipient to which the bids of the consultation are sealed */
  async create(act: Act, { consultationId, notBefore, quorum, openers, substitutes }: NewSealingKey): Promise<string> {
    checkOpeners(quorum, openers, substitutes);
    const identity = generateIdentity();
    const recipient = recipientOf(identity);
    const wrapped = await this.keyring.wrap(identityFile(consultationId, identity));
    const key = Object.assign(new SealingKey(), {
      id: consultationId,
      recipient,
      wrapped,
      notBefore,
      quorum,
      openers: [...openers],
      substitutes: [...substitutes],
      confirmations: [],
      releasedAt: null,
    });
    // Inserted, never saved: a second key over the first would make the bids already received unreadable.
    await act.add(key);
    return recipient;
  }

  /** The public half, for sealing. */
  async recipient(db: EntityManager, consultationId: string): Promise<string> {
    return (await find(db, consultationId)).recipient;
  }

  async postpone(act: Act, consultationId: string, notBefore: Date): Promise<void> {
    const key = await act.load(SealingKey, consultationId);
    key.postpone(notBefore);
    await act.db.update(SealingKey, { id: key.id }, { notBefore: key.notBefore });
  }

  /** Replaces openers; the confirmations of those no longer named stop counting. The caller records the reason (sealing.md 6). */
  async appoint(act: Act, consultationId: string, openers: readonly string[], substitutes: readonly string[]): Promise<void> {
    const key = await act.load(SealingKey, consultationId);
    key.appoint(openers, substitutes);
    await act.db.update(SealingKey, { id: key.id }, { openers: key.openers, substitutes: key.substitutes });
  }

  /** Before the deadline, the openers staying: who steps in when one of them is absent. */
  async substitutes(act: Act, consultationId: string, substitutes: readonly string[]): Promise<void> {
    await this.appoint(act, consultationId, (await find(act.db, consultationId)).openers, substitutes);
  }

  /** A conflict of interest was declared: from then on this person neither confirms nor counts. */
  async remove(act: Act, consultationId: string, personId: string): Promise<void> {
    await this.change(act, consultationId, (gate) => gate.remove(personId));
  }

  /** Of the opening while it is to come, of the supplementary sessions afterwards. The caller records who decided, and why. */
  async replace(act: Act, consultationId: string, outgoing: string, incoming: string): Promise<void> {
    await this.change(act, consultationId, (gate) => gate.replace(outgoing, incoming));
  }

  private async change(act: Act, consultationId: string, work: (gate: OpeningGate) => void) {
    const key = await act.load(SealingKey, consultationId);
    if (key.releasedAt === null) {
      work(key);
      await act.db.update(SealingKey, { id: key.id }, { openers: key.openers, substitutes: key.substitutes });
      return;
    }
    const waiting = (await act.db.findBy(SealingSession, { consultationId })).filter((one) => one.releasedAt === null);
    if (waiting.length === 0) work(key); // refused: it is opened, and nothing else is to come
    for (const session of waiting) {
      work(session);
      await act.db.update(SealingSession, { id: session.id }, { openers: session.openers, substitutes: session.substitutes });
    }
  }

  /** One per person, however often it is asked; from `notBefore` on (sealing.md 6). */
  async confirm(act: Act, consultationId: string, personId: string): Promise<OpeningState> {
    const key = await act.load(SealingKey, consultationId);
    key.confirm(personId, act.now);
    await act.db.update(SealingKey, { id: key.id }, { confirmations: key.confirmations });
    return stateOf(key);
  }

  /**
   * Checks the hour and the persons itself, whatever the caller has checked.
   * @param subjects ids of the bids that become readable: those in time, and no other
   */
  async release(act: Act, consultationId: string, subjects: readonly string[]): Promise<void> {
    const key = await act.load(SealingKey, consultationId);
    key.release(act.now);
    // Tried before it is written: better a refused opening than one that is recorded and shows nothing.
    await this.identity(key);
    await act.db.update(SealingKey, { id: key.id }, { releasedAt: key.releasedAt });
    await this.letRead(act, consultationId, 1, subjects);
  }

  /**
   * One more subject to open in a supplementary session, after the opening: the next one that nobody has confirmed, or a new one.
   * @returns the number of the session
   */
  async convene(act: Act, consultationId: string, subject: string): Promise<number> {
    const key = await act.load(SealingKey, consultationId);
    if (key.releasedAt === null) throw new Refused('not-opened', 'L’ouverture des plis doit d’abord avoir eu lieu.');
    if (await act.db.existsBy(SealingRelease, { id: subject })) throw new Refused('already-released', 'Ce pli est déjà ouvert.');
    const known = await act.db.findBy(SealingSession, { consultationId });
    if (known.some((one) => one.subjects.includes(subject))) throw new Refused('already-convened', 'Ce pli attend déjà son ouverture.');
    const next = known.find((one) => one.releasedAt === null && one.confirmations.length === 0);
    if (next) {
      await act.db.update(SealingSession, { id: next.id }, { subjects: [...next.subjects, subject] });
      return next.number;
    }
    const number = known.length + 2;
    const { quorum, openers, substitutes } = key;
    const notBefore = act.now > key.notBefore ? act.now : key.notBefore;
    await act.add(Object.assign(new SealingSession(), { id: `${consultationId}.${number}`, consultationId, number, notBefore, quorum, openers, substitutes, confirmations: [], releasedAt: null, subjects: [subject] }));
    return number;
  }

  async confirmSession(act: Act, consultationId: string, number: number, personId: string): Promise<OpeningState> {
    const session = await act.load(SealingSession, `${consultationId}.${number}`);
    session.confirm(personId, act.now);
    await act.db.update(SealingSession, { id: session.id }, { confirmations: session.confirmations });
    return stateOf(session);
  }

  /** @returns what has become readable */
  async releaseSession(act: Act, consultationId: string, number: number): Promise<string[]> {
    const key = await act.load(SealingKey, consultationId);
    const session = await act.load(SealingSession, `${consultationId}.${number}`);
    session.release(act.now);
    await this.identity(key);
    await act.db.update(SealingSession, { id: session.id }, { releasedAt: session.releasedAt });
    await this.letRead(act, consultationId, number, session.subjects);
    return session.subjects;
  }

  private async letRead(act: Act, consultationId: string, session: number, subjects: readonly string[]) {
    await act.add(...subjects.map((id) => Object.assign(new SealingRelease(), { id, consultationId, session, releasedAt: act.now })));
  }

  /**
   * Plain bytes of a sealed part, or of a sealed manifest, after the release of what it belongs to: a late bid stays
   * unread when the key has long been released for the others.
   */
  async *read(db: EntityManager, consultationId: string, subject: string, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const key = await find(db, consultationId);
    if (key.releasedAt === null) throw new Refused('sealed', 'Les plis de cette consultation sont encore scellés.');
    if (!(await db.existsBy(SealingRelease, { id: subject, consultationId }))) throw new Refused('sealed', 'Ce pli est encore scellé.');
    yield* openPart(await this.identity(key), source);
  }

  async canOpen(db: EntityManager, consultationId: string): Promise<OpeningState> {
    return stateOf(await find(db, consultationId));
  }

  /** Supplementary sessions, in order. */
  sessions(db: EntityManager, consultationId: string): Promise<SealingSession[]> {
    return db.find(SealingSession, { where: { consultationId }, order: { number: 'ASC' } });
  }

  async session(db: EntityManager, consultationId: string, number: number): Promise<OpeningState> {
    const session = await db.findOneBy(SealingSession, { consultationId, number });
    if (!session) throw new NotFound();
    return stateOf(session);
  }

  /**
   * After a change of the KEK or of the rescue key: the same identity, wrapped to those of today. Nothing is released by it.
   * @param rescue opens what the key file no longer can; the disaster's way
   */
  async rewrap(act: Act, consultationId: string, rescue?: (wrapped: string) => string): Promise<void> {
    const key = await act.load(SealingKey, consultationId);
    const identity = await this.identity(key).catch((error: unknown) => {
      if (!rescue) throw error;
      return identityFor(key, rescue(key.wrapped));
    });
    const wrapped = await this.keyring.wrap(identityFile(consultationId, identity));
    await act.db.update(SealingKey, { id: key.id }, { wrapped });
  }

  private async identity(key: SealingKey): Promise<string> {
    let plain: string;
    try {
      plain = await this.keyring.unwrap(key.wrapped);
    } catch {
      throw new Refused('key-unavailable', 'La clé de cette consultation ne peut pas être lue avec le fichier de clés de cette instance.');
    }
    return identityFor(key, plain);
  }
}

async function find(db: EntityManager, consultationId: string) {
  const key = await db.findOneBy(SealingKey, { id: consultationId });
  if (!key) throw new NotFound();
  return key;
}
