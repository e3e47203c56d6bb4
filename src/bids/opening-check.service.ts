import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import { Actor } from '../platform/actor.js';
import { Files } from '../platform/files.js';
import { Jobs } from '../platform/jobs.js';
import { sha256 } from '../platform/random.js';
import { Custodian } from '../sealing/custodian.js';
import { type Consortium, type Manifest, manifestAnomaly, parseManifest, sealHash } from '../sealing/envelope.js';
import { UnreadablePart } from '../sealing/part.js';
import { SealingRelease } from '../sealing/sealing-key.js';
import { Bid } from './bid.js';
import type { FiledBid } from './candidate.js';
import { conflictsOf } from './consortium.js';
import { operatorOf } from './consortiums.service.js';
import { drawUpOnceDone } from './opening-progress.js';
import { OpeningSession } from './opening-session.js';
import { OpenedFile, Opening } from './opening.js';

interface Checked {
  files: OpenedFile[];
  anomalies: string[];
  consortium?: Consortium;
}

const UNREADABLE = 'le pli n’a pas pu être déchiffré';

/** After the act that opens: every byte is read, every hash compared, then the minutes are drawn up (decisions.md 11, 12). */
@Injectable()
export class OpeningCheck implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
    private readonly files: Files,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit() {
    this.jobs.handle('opening.check', ({ id }) => this.check(id));
  }

  /** Safe to run again: what was checked is not checked twice. Each bid’s result is kept as soon as it is known, for those who watch. */
  private async check(openingId: string) {
    const { opening, bids } = await this.read((act) => toCheck(act, openingId));
    if (opening.checkedAt) return;
    for (const bid of bids.filter((one) => one.checkedAt === null)) await this.keep(opening, bid, await this.checkBid(opening.consultationId, bid));
    await this.acts.perform(Actor.system, 'opening.checked', async (act) => {
      act.require(act.actor.isSystem);
      const locked = await act.load(Opening, openingId);
      if (locked.checkedAt) return;
      const { consultationId, number, anomalies } = locked;
      act.on(consultationId);
      const conflicts = await conflictsIn(act, consultationId);
      await act.db.update(Opening, { id: openingId }, { checkedAt: act.now, anomalies: [...anomalies, ...conflicts] });
      await drawUpOnceDone(act, locked, await act.db.findOneBy(OpeningSession, { id: consultationId }));
      const ids = [...bids.map((one) => one.id), '-'];
      const found = await act.db.findBy(OpenedFile, { bidId: In(ids), deliveryId: IsNull() });
      const unreadable = await act.db.countBy(Bid, { id: In(ids), status: 'unreadable' });
      act.record({ session: number, files: found.length, intact: found.filter((file) => file.intact).length, unreadable });
    });
  }

  private async keep({ id: openingId, consultationId }: Opening, { id }: Bid, { files, anomalies, consortium }: Checked) {
    await this.acts.perform(Actor.system, 'opening.bid-checked', async (act) => {
      act.require(act.actor.isSystem);
      const locked = await act.load(Opening, openingId);
      const bid = await act.db.findOneByOrFail(Bid, { id });
      act.on(consultationId, id);
      if (bid.checkedAt) return;
      await act.add(...files);
      const intact = files.filter((file) => file.intact).length;
      if (intact === 0 && bid.status === 'opened') bid.failToRead('corrupted');
      await act.db.update(Bid, { id }, { status: bid.status, unreadableReason: bid.unreadableReason, checkedAt: act.now, ...(consortium ? { consortium } : {}) });
      await act.db.update(Opening, { id: openingId }, { anomalies: [...locked.anomalies, ...anomalies.map((text) => `Pli ${id} : ${text}.`)] });
      act.record({ files: files.length, intact });
    });
  }

  /** An unreadable bid is a typed state: it never stops the others (sealing.md 6). */
  private async checkBid(consultationId: string, bid: Bid): Promise<Checked> {
    const manifest = await this.manifestOf(consultationId, bid);
    if (!manifest) return { files: [], anomalies: [UNREADABLE] };
    const anomalies = [manifestAnomaly(bid.envelope, manifest)].filter((text) => text !== undefined);
    // What was printed in the receipt, recomputed.
    if (sealHash(bid.envelope) !== bid.sealHash) anomalies.push('l’empreinte du pli n’est pas celle de l’accusé de réception');
    const blobs = bid.envelope.parts.map((part) => part.id);
    const files: OpenedFile[] = [];
    for (const [index, file] of manifest.files.entries()) {
      const own = blobs.splice(0, file.parts.length);
      const checked = await this.checkFile(consultationId, bid.id, own, file);
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
    return { files, anomalies, consortium: manifest.consortium };
  }

  /** Anybody may encrypt to the consultation’s key: the sealed bytes must be those whose hash the receipt fixed. */
  private async manifestOf(consultationId: string, bid: Bid): Promise<Manifest | undefined> {
    let plain: Buffer;
    try {
      if (bid.manifestBlob === null || sha256(await this.files.read(bid.manifestBlob)) !== bid.envelope.manifest.cipherSha256) return undefined;
      plain = await this.bytes(consultationId, bid.id, bid.manifestBlob);
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

  private async checkFile(consultationId: string, bidId: string, blobs: string[], file: Manifest['files'][number]) {
    const whole = createHash('sha256');
    let intact = blobs.length === file.parts.length;
    try {
      for (const [index, blob] of blobs.entries()) {
        const part = createHash('sha256');
        for await (const chunk of this.plain(consultationId, bidId, blob)) {
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

  /** Bytes of one sealed part, released by the custodian for this bid, or this envelope handed over. */
  async *plain(consultationId: string, subject: string, blob: string): AsyncGenerator<Uint8Array> {
    const manager = await this.read(async (act) => act.db);
    const { files } = this;
    // Opened when it is read: a refusal of the custodian leaves no file open.
    const stored = async function* () {
      yield* files.stream(blob) as AsyncIterable<Uint8Array>;
    };
    yield* this.custodian.read(manager, consultationId, subject, stored());
  }

  private async bytes(consultationId: string, subject: string, blob: string): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.plain(consultationId, subject, blob)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  private read<T>(work: (act: Act) => Promise<T>): Promise<T> {
    return this.acts.look(Actor.system, 'opening.read', (act) => {
      act.see(act.actor.isSystem);
      return work(act);
    });
  }
}

/** The electronic bids that this session released; envelopes handed over are scanned, not checked. */
async function toCheck(act: Act, openingId: string) {
  const opening = await act.db.findOneByOrFail(Opening, { id: openingId });
  const released = await act.db.findBy(SealingRelease, { consultationId: opening.consultationId, session: opening.number });
  const bids = await act.db.find(Bid, { where: { id: In([...released.map((one) => one.id), '-']), status: In(['opened', 'unreadable']) }, order: { receivedAt: 'ASC', id: 'ASC' } });
  return { opening, bids };
}

/** Between all that is opened so far, this session's included; one that the documents allow is none. Said once, in the session that reveals it. */
async function conflictsIn(act: Act, consultationId: string): Promise<string[]> {
  const { oneBidEach } = await act.db.findOneByOrFail(Consultation, { id: consultationId });
  if (!oneBidEach) return [];
  const bids = (await act.db
    .createQueryBuilder(Bid, 'b')
    .innerJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
    .where({ consultationId, status: 'opened' })
    .orderBy('b.receivedAt')
    .getMany()) as FiledBid[];
  const said = (await act.db.findBy(Opening, { consultationId })).flatMap((one) => one.anomalies);
  return conflictsOf(bids.map((bid) => ({ bidId: bid.id, lead: operatorOf(bid.organisation), consortium: bid.consortium }))).map((one) => `${one}.`).filter((one) => !said.includes(one));
}

/** Damage is for ever and goes to the minutes; a disk or a key that fails for a moment is tried again by the job. */
function isDamage(error: unknown) {
  return error instanceof UnreadablePart || (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}
