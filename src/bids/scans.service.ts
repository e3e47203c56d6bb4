import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Consultation } from '../consultations/consultation.js';
import { mayOpen, worksOn } from '../consultations/consultation.policy.js';
import { Organisation } from '../people/people.js';
import { type Act, Acts } from '../platform/acts.js';
import type { Actor } from '../platform/actor.js';
import { NotFound, Refused } from '../platform/errors.js';
import { Files } from '../platform/files.js';
import { Custodian } from '../sealing/custodian.js';
import { cleanFileName } from '../sealing/file-name.js';
import { Bid } from './bid.js';
import type { EndScanForm } from './deliveries.forms.js';
import { Delivery } from './delivery.js';
import { mustBeOpened } from './late.service.js';
import { OpenedFile, Opening } from './opening.js';
import { drawUpOnceDone } from './opening-progress.js';
import { OpeningSession } from './opening-session.js';
import { BidUploadsService } from './uploads.service.js';

const OPENERS = 'La numérisation se fait en séance, par les ouvreurs désignés.';

/** What is in an envelope handed over, scanned in the session that opened it. The minutes wait for it. */
@Injectable()
export class ScansService {
  constructor(
    private readonly acts: Acts,
    private readonly custodian: Custodian,
    private readonly uploads: BidUploadsService,
    private readonly files: Files,
  ) {}

  show(actor: Actor, consultationId: string, id: string) {
    return this.acts.look(actor, 'scan.show', async (act) => {
      const found = await openedEnvelope(act, consultationId, id);
      const organisation = await act.db.findOneByOrFail(Organisation, { id: found.delivery.organisationId });
      return { ...found, organisation, files: await scanned(act, id), scans: mayOpen(actor, found.consultation), now: act.now };
    });
  }

  /** Sealed as it arrives, like an electronic file: the disk never holds it in clear. */
  async add(actor: Actor, consultationId: string, id: string, file: { name: string; mediaType: string }, source: AsyncIterable<Uint8Array>): Promise<void> {
    const recipient = await this.acts.look(actor, 'scan.begins', async (act) => {
      toScan(await openedEnvelope(act, consultationId, id), act);
      return this.custodian.recipient(act.db, consultationId);
    });
    const { parts, size, sha256 } = await this.uploads.sealWhole(recipient, file.name, source);
    await this.uploads.orRemoved(parts, () =>
      this.acts.perform(actor, 'scan.add', async (act) => {
        const { delivery } = toScan(await openedEnvelope(act, consultationId, id, true), act);
        act.on(consultationId, id);
        const bidId = delivery.bidId ?? '';
        const last = await act.db.findOne(OpenedFile, { where: { bidId }, order: { position: 'DESC' } });
        const position = (last?.position ?? 0) + 1;
        await act.add(
          Object.assign(new OpenedFile(), {
            id: `${bidId}.${position}`, bidId, position, name: cleanFileName(file.name), mediaType: file.mediaType, size, sha256, intact: true,
            blobs: parts.map((part) => part.blob), deliveryId: id, scannedById: actor.id, scannedAt: act.now,
          }),
        );
        act.record({ delivery: id, sha256 });
      }),
    );
  }

  async remove(actor: Actor, consultationId: string, id: string, fileId: string): Promise<void> {
    const blobs = await this.acts.perform(actor, 'scan.remove', async (act) => {
      toScan(await openedEnvelope(act, consultationId, id, true), act);
      act.on(consultationId, id);
      const file = await act.db.findOneBy(OpenedFile, { id: fileId, deliveryId: id });
      if (!file) throw new NotFound();
      await act.db.delete(OpenedFile, { id: fileId });
      act.record({ delivery: id, sha256: file.sha256 });
      return file.blobs;
    });
    for (const blob of blobs) await this.files.remove(blob);
  }

  /** Nothing is added afterwards: the minutes say what was found. */
  end(actor: Actor, consultationId: string, id: string, { note, malware }: EndScanForm): Promise<void> {
    return this.acts.perform(actor, 'scan.end', async (act) => {
      const { delivery } = toScan(await openedEnvelope(act, consultationId, id, true), act);
      act.on(consultationId, id);
      const files = (await scanned(act, id)).length;
      if (malware === 'oui') delivery.setAside(act.now, files, note);
      else delivery.endScan(act.now, files, note);
      await act.db.update(Delivery, { id }, { status: delivery.status, scannedAt: delivery.scannedAt, scanNote: delivery.scanNote });
      await recovered(act, delivery, files);
      const opening = await act.db.findOneByOrFail(Opening, { id: Opening.idOf(consultationId, delivery.session ?? 1) });
      if (opening.checkedAt) await drawUpOnceDone(act, opening, await act.db.findOneBy(OpeningSession, { id: consultationId }));
      act.record({ delivery: id, files, setAside: malware === 'oui' });
    });
  }
}

/** @param locked in an act; never before the opening is checked: a 404 would tell that an envelope exists */
async function openedEnvelope(act: Act, consultationId: string, id: string, locked = false) {
  const consultation = await act.db.findOneBy(Consultation, { id: consultationId });
  act.see(consultation !== null && worksOn(act.actor, consultation.territory));
  if (!consultation) throw new NotFound();
  mustBeOpened(act.actor, consultation);
  if (locked) await act.load(Delivery, id);
  const delivery = await act.db.findOneBy(Delivery, { id, consultationId, status: In(['opened', 'set-aside']) });
  if (!delivery) throw new NotFound();
  return { consultation, delivery };
}

function toScan<T extends { consultation: Consultation; delivery: Delivery }>(found: T, act: Act): T {
  act.require(mayOpen(act.actor, found.consultation), OPENERS);
  if (found.delivery.scannedAt) throw new Refused('scanned', 'La numérisation de cette enveloppe est terminée.');
  return found;
}

const scanned = (act: Act, deliveryId: string) => act.db.find(OpenedFile, { where: { deliveryId }, order: { position: 'ASC' } });

/** An unreadable electronic bid is read by its copy. */
async function recovered(act: Act, { kind, status, bidId }: Delivery, files: number) {
  if (kind !== 'copy' || status !== 'opened' || files === 0 || !bidId) return;
  const bid = await act.db.findOneByOrFail(Bid, { id: bidId });
  if (bid.status !== 'unreadable') return;
  bid.recover();
  await act.db.update(Bid, { id: bidId }, { status: bid.status, unreadableReason: null, unreadableNote: null });
}
