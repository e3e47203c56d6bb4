import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config.js';
import { Consultation } from '../consultations/consultation.js';
import { LettersService } from '../letters/letters.service.js';
import { Authority, Organisation, Person } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Files } from '../platform/files.js';
import { GENESIS, JournalChain } from '../platform/journal-entry.js';
import { Jobs } from '../platform/jobs.js';
import { Random, sha256 } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import { Custodian } from '../sealing/custodian.js';
import { type Manifest, manifestAnomaly, parseManifest, sealHash } from '../sealing/envelope.js';
import { UnreadablePart } from '../sealing/part.js';
import { SealingKey } from '../sealing/sealing-key.js';
import { Bid } from './bid.js';
import { type BidRow, minutesDocument, registerDocument } from './bid-documents.js';
import { OpenedFile, Opening } from './opening.js';

const UNREADABLE = 'le pli n’a pas pu être déchiffré';

/** After the act that opens: every byte is read, every hash compared, then the minutes are drawn up (decisions.md 11, 12). */
@Injectable()
export class OpeningCheck implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
    private readonly files: Files,
    private readonly letters: LettersService,
    private readonly jobs: Jobs,
    private readonly random: Random,
    private readonly config: Config,
  ) {}

  onModuleInit() {
    this.jobs.handle('opening.check', ({ id }) => this.check(id));
    this.jobs.handle('opening.minutes', ({ id }) => this.drawUp(id));
  }

  /** Safe to run again: what was checked is not checked twice. */
  private async check(consultationId: string) {
    const { opening, bids } = await this.read(async (act) => ({
      opening: await act.db.findOneByOrFail(Opening, { id: consultationId }),
      bids: await act.db.findBy(Bid, { consultationId, status: 'opened' }),
    }));
    if (opening.checkedAt) return;
    const found: OpenedFile[] = [];
    const anomalies: string[] = [];
    const unreadable: string[] = [];
    for (const bid of bids) {
      const result = await this.checkBid(consultationId, bid);
      found.push(...result.files);
      anomalies.push(...result.anomalies.map((text) => `Pli ${bid.id} : ${text}.`));
      if (!result.files.some((file) => file.intact)) unreadable.push(bid.id);
    }
    await this.acts.perform(Actor.system, 'opening.checked', async (act) => {
      act.require(act.actor.isSystem);
      const locked = await act.load(Opening, consultationId);
      if (locked.checkedAt) return;
      act.on(consultationId);
      await act.add(...found);
      for (const bid of bids.filter((one) => unreadable.includes(one.id))) {
        bid.failToRead();
        await act.db.update(Bid, { id: bid.id }, { status: bid.status });
      }
      await act.db.update(Opening, { id: consultationId }, { checkedAt: act.now, anomalies });
      await act.later({ kind: 'opening.minutes', payload: { id: consultationId } });
      act.record({ files: found.length, intact: found.filter((file) => file.intact).length, unreadable: unreadable.length });
    });
  }

  /** An unreadable bid is a typed state: it never stops the others (sealing.md 6). */
  private async checkBid(consultationId: string, bid: Bid): Promise<{ files: OpenedFile[]; anomalies: string[] }> {
    const manifest = await this.manifestOf(consultationId, bid);
    if (!manifest) return { files: [], anomalies: [UNREADABLE] };
    const anomalies = [manifestAnomaly(bid.envelope, manifest)].filter((text) => text !== undefined);
    // What was printed in the receipt, recomputed.
    if (sealHash(bid.envelope) !== bid.sealHash) anomalies.push('l’empreinte du pli n’est pas celle de l’accusé de réception');
    const blobs = bid.envelope.parts.map((part) => part.id);
    const files: OpenedFile[] = [];
    for (const [index, file] of manifest.files.entries()) {
      const own = blobs.splice(0, file.parts.length);
      const checked = await this.checkFile(consultationId, own, file);
      if (!checked.intact) anomalies.push(`le fichier « ${file.name} » ne correspond pas à son empreinte`);
      files.push(
        Object.assign(new OpenedFile(), {
          id: `${bid.id}.${index + 1}`,
          bidId: bid.id,
          position: index + 1,
          name: file.name,
          mediaType: file.mediaType,
          size: file.size,
          ...checked,
          blobs: own,
        }),
      );
    }
    return { files, anomalies };
  }

  /** Anybody may encrypt to the consultation’s key: the sealed bytes must be those whose hash the receipt fixed. */
  private async manifestOf(consultationId: string, bid: Bid): Promise<Manifest | undefined> {
    let plain: Buffer;
    try {
      if (sha256(await this.files.read(bid.manifestBlob)) !== bid.envelope.manifest.cipherSha256) return undefined;
      plain = await this.bytes(consultationId, bid.manifestBlob);
    } catch (error) {
      if (isDamage(error)) return undefined;
      throw error;
    }
    try {
      return parseManifest(plain);
    } catch {
      return undefined; // a manifest of another form is not ours
    }
  }

  private async checkFile(consultationId: string, blobs: string[], file: Manifest['files'][number]) {
    const whole = createHash('sha256');
    let intact = blobs.length === file.parts.length;
    try {
      for (const [index, blob] of blobs.entries()) {
        const part = createHash('sha256');
        for await (const chunk of this.plain(consultationId, blob)) {
          part.update(chunk);
          whole.update(chunk);
        }
        intact &&= part.digest('hex') === file.parts[index]?.sha256;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      intact = false;
    }
    const found = whole.digest('hex');
    return { sha256: found, intact: intact && (file.sha256 === null || file.sha256 === found) };
  }

  /** Bytes of one sealed part, released by the custodian. */
  async *plain(consultationId: string, blob: string): AsyncGenerator<Uint8Array> {
    const manager = await this.read(async (act) => act.db);
    yield* this.custodian.read(manager, consultationId, this.files.stream(blob));
  }

  private async bytes(consultationId: string, blob: string): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.plain(consultationId, blob)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** Register and minutes, printed once, stored, hashed. */
  private async drawUp(consultationId: string) {
    const { opening, consultation, authority, rows, files, openers, head } = await this.read((act) => this.facts(act, consultationId));
    if (opening.minutesFileId) return;
    const facts = { consultation, authority, config: this.config };
    const session = { openedAt: opening.openedAt, openers, anomalies: opening.anomalies, checkpointHash: head, files };
    const minutes = await this.letters.print('minutes', minutesDocument(facts, session, rows));
    const register = await this.letters.print('register', registerDocument(facts, rows, opening.openedAt, head));
    const kept = await Promise.all([
      StoredFile.write(this.files, this.random, opening.openedAt, 'proces-verbal.pdf', 'application/pdf', minutes),
      StoredFile.write(this.files, this.random, opening.openedAt, 'registre.pdf', 'application/pdf', register),
    ]);
    await this.acts.perform(Actor.system, 'opening.minutes', async (act) => {
      act.require(act.actor.isSystem);
      const locked = await act.load(Opening, consultationId);
      if (locked.minutesFileId) return;
      act.on(consultationId);
      await act.add(...kept);
      await act.db.update(Opening, { id: consultationId }, { minutesFileId: kept[0].id, registerFileId: kept[1].id });
      act.record({ minutes: kept[0].sha256, register: kept[1].sha256 });
    });
  }

  private async facts(act: Act, consultationId: string) {
    const opening = await act.db.findOneByOrFail(Opening, { id: consultationId });
    const consultation = await act.db.findOneByOrFail(Consultation, { id: consultationId });
    const authority = await act.db.findOneByOrFail(Authority, { id: consultation.authorityId });
    const rows = await rowsOf(act, consultationId);
    const ids = [...rows.map(({ bid }) => bid.id), '-'];
    const files = await act.db.find(OpenedFile, { where: { bidId: In(ids) }, order: { bidId: 'ASC', position: 'ASC' } });
    const key = await act.db.findOneByOrFail(SealingKey, { id: consultationId });
    const people = await act.db.findBy(Person, { id: In(opening.openerIds) });
    const openers = key.confirmations
      .filter((one) => opening.openerIds.includes(one.personId))
      .map((one) => ({ name: people.find((person) => person.id === one.personId)?.name ?? '', confirmedAt: new Date(one.at) }));
    const chain = await act.db.findOneBy(JournalChain, { id: consultationId });
    return { opening, consultation, authority, rows, files, openers, head: chain?.head ?? GENESIS };
  }

  private read<T>(work: (act: Act) => Promise<T>): Promise<T> {
    return this.acts.look(Actor.system, 'opening.read', (act) => {
      act.see(act.actor.isSystem);
      return work(act);
    });
  }
}

/** Damage is for ever and goes to the minutes; a disk or a key that fails for a moment is tried again by the job. */
function isDamage(error: unknown) {
  return error instanceof UnreadablePart || (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}

/** All the deposits of a consultation with their operators, by arrival. */
export async function rowsOf(act: Act, consultationId: string): Promise<BidRow[]> {
  const bids = (await act.db
    .createQueryBuilder(Bid, 'b')
    .leftJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
    .where('b."consultationId" = :consultationId', { consultationId })
    .orderBy('b.receivedAt')
    .addOrderBy('b.id')
    .getMany()) as (Bid & { organisation: Organisation | null })[];
  return bids.map((bid) => ({ bid, operator: bid.organisation?.name ?? '' }));
}
