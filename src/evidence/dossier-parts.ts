import { Between, In } from 'typeorm';
import { OpeningMember } from '../bids/opening-member.js';
import { Bid, StoredReceipt } from '../bids/bid.js';
import { sirenOf } from '../bids/candidate.js';
import { Delivery } from '../bids/delivery.js';
import { Commission } from '../commissions/commission.js';
import { type Consultation, DeadlineVersion } from '../consultations/consultation.js';
import { Notice } from '../consultations/exchange.js';
import { Heartbeat } from '../consultations/outage.js';
import { SubsequentContract } from '../contracts/subsequent-contract.js';
import { Letter } from '../letters/letter.js';
import { Organisation } from '../people/people.js';
import type { Act } from '../platform/acts.js';
import { JournalPerson } from '../platform/journal-entry.js';
import { sha256 } from '../platform/random.js';
import { StoredFile } from '../platform/stored-file.js';
import type { Receipt } from '../sealing/receipt.js';
import { SealingKey } from '../sealing/sealing-key.js';
import { type DossierBid, type DossierConsultation, type DossierDeadline, type DossierDelivery, type DossierOpening, WITHHELD_FORMAT, type WithheldReceipt } from './dossier.js';
import { MinuteRecord } from './minute-record.js';

// Each reading gives one file of the dossier.

export function consultationPart(call: Consultation): DossierConsultation {
  const { id, ocid, reference, title, object, buyerName, timeZone, openingDelayMinutes, quorum, outageRule } = call;
  return { id, ocid, reference, title, object, buyer: buyerName, timeZone, launchedAt: (call.launchedAt ?? call.createdAt).toISOString(), openedAt: call.openedAt?.toISOString() ?? null, openingDelayMinutes, quorum, outageRule };
}

export async function deadlinesPart(act: Act, consultationId: string): Promise<DossierDeadline[]> {
  const rows = await act.db.find(DeadlineVersion, { where: { consultationId }, order: { number: 'ASC' } });
  return rows.map((one) => ({ number: one.number, deadline: one.deadline.toISOString(), local: one.localDeadline, timeZone: one.timeZone, reason: one.reason, setAt: one.createdAt.toISOString() }));
}

/** Whichever procedure launched the call, the hashes of what it wrote; no addressee's name. */
export async function lettersPart(act: Act, consultationId: string) {
  const commission = await act.db.findOneBy(Commission, { consultationId });
  const contract = await act.db.findOneBy(SubsequentContract, { consultationId });
  const letters = await act.db.find(Letter, { where: { subjectId: In([commission?.id, contract?.id, '-'].filter((id) => id !== undefined)) }, order: { number: 'ASC', kind: 'ASC' } });
  const notices = await act.db.find(Notice, { where: { consultationId }, order: { number: 'ASC' } });
  const ids = [...letters.map((one) => one.fileId), ...notices.map((one) => one.fileId)].filter((id) => id !== null);
  const files = new Map((await act.db.findBy(StoredFile, { id: In([...ids, '-']) })).map((one) => [one.id, one.sha256]));
  return {
    letters: letters.map((one) => ({ kind: one.kind, chrono: one.chrono, status: one.status, signedAt: one.signedAt, sentAt: one.sentAt, textSha256: one.bodyHash, pdfSha256: files.get(one.fileId ?? '') ?? null })),
    notices: notices.map((one) => ({ number: one.number, kind: one.kind, at: one.at, textSha256: sha256(one.body), pdfSha256: files.get(one.fileId ?? '') ?? null })),
  };
}

export async function signsPart(act: Act, period: { from: Date; to: Date }) {
  const rows = await act.db.find(Heartbeat, { where: { legalAt: Between(period.from, period.to) }, order: { machineAt: 'ASC' } });
  return rows.map(({ legalAt, machineAt, legalSinceMs, machineSinceMs }) => ({ legalAt, machineAt, legalSinceMs, machineSinceMs }));
}

/** @param until figures that a bid could move are given before this instant only; null: nowhere */
export async function minutesPart(act: Act, period: { from: Date; to: Date }, until: Date | null) {
  const rows = await act.db.find(MinuteRecord, { where: { legalAt: Between(period.from, period.to) }, order: { legalAt: 'ASC' } });
  return rows.map((one) => {
    const { id, legalAt, machineAt, selfTest, selfTestFault, hash } = one;
    if (until && legalAt < until) return { ...one };
    return { legalAt, machineAt, selfTest, selfTestFault, ...(until ? { id, hash } : {}) };
  });
}

export async function bidsPart(act: Act, consultationId: string): Promise<{ bids: DossierBid[]; rows: Bid[] }> {
  const rows = (await act.db
    .createQueryBuilder(Bid, 'b')
    .leftJoinAndMapOne('b.organisation', Organisation, 'o', 'o.id = b."organisationId"')
    .where('b."consultationId" = :consultationId', { consultationId })
    .orderBy('b.receivedAt')
    .addOrderBy('b.id')
    .getMany()) as (Bid & { organisation: Organisation | null })[];
  const bids = rows.map((one) => ({
    id: one.id,
    candidate: (one.organisation && sirenOf(one.organisation)) ?? one.organisationId,
    operator: one.organisation?.name ?? '',
    status: one.status,
    receivedAt: one.receivedAt.toISOString(),
    deadline: one.deadline.toISOString(),
    deadlineVersion: one.deadlineVersion,
    sealHash: one.sealHash,
    replacesId: one.replacesId,
    withdrawnAt: one.withdrawnAt?.toISOString() ?? null,
    openedAt: one.openedAt?.toISOString() ?? null,
    session: one.session,
    deliveryId: one.deliveryId,
  }));
  return { bids, rows };
}

export async function deliveriesPart(act: Act, consultationId: string): Promise<DossierDelivery[]> {
  const rows = await act.db.find(Delivery, { where: { consultationId }, order: { receivedAt: 'ASC', id: 'ASC' } });
  return rows.map(({ id, kind, receivedAt, recordHash }) => ({ id, kind, receivedAt: receivedAt.toISOString(), recordHash }));
}

/** The exact bytes that were signed; of a bid that nobody opened, all but what it contains. */
export async function receiptsPart(act: Act, consultationId: string, rows: readonly Bid[], read: (stored: StoredReceipt) => string): Promise<{ id: string; text: string | WithheldReceipt }[]> {
  const opened = new Set(rows.filter((one) => one.openedAt !== null).map((one) => one.id));
  const stored = await act.db.find(StoredReceipt, { where: { consultationId }, order: { createdAt: 'ASC', id: 'ASC' } });
  return stored.map((one) => {
    const text = read(one);
    const { files, depositedBy: _, signature: __, ...body } = JSON.parse(text) as Receipt;
    if (opened.has(one.bidId) || files.length === 0) return { id: one.id, text };
    return { id: one.id, text: { ...body, format: WITHHELD_FORMAT, sha256: sha256(text), parts: files.reduce((sum, file) => sum + file.parts.length, 0) } };
  });
}

export async function openingPart(act: Act, consultationId: string): Promise<DossierOpening> {
  const key = await act.db.findOneByOrFail(SealingKey, { id: consultationId });
  const members = await act.db.findBy(OpeningMember, { consultationId });
  const named = [...key.openers, ...key.substitutes];
  const gone = members.filter((one) => !one.sits && !named.includes(one.personId)).map((one) => one.personId);
  const secretaries = members.filter((one) => one.role === 'secretary').map((one) => one.personId);
  const ids = [...gone, ...secretaries, ...key.openers, ...key.substitutes, ...key.confirmations.map((one) => one.personId), '-'];
  const hashes = new Map((await act.db.findBy(JournalPerson, { personId: In(ids) })).map((one) => [one.personId, one.hash]));
  const person = (id: string) => hashes.get(id) ?? null;
  return {
    quorum: key.quorum,
    notBefore: key.notBefore.toISOString(),
    releasedAt: key.releasedAt?.toISOString() ?? null,
    named: named.map(person),
    formerly: [...new Set([...gone, ...secretaries])].map(person),
    confirmations: key.confirmations.map((one) => ({ person: person(one.personId), at: one.at })),
  };
}
