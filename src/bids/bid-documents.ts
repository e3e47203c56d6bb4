import type { Config } from '../config.js';
import type { Consultation } from '../consultations/consultation.js';
import type { MinutesData, ReceiptData, RegisterData, WithdrawalReceiptData } from '../letters/letter-data.js';
import type { Authority } from '../people/people.js';
import { frenchDay, inFrench, preciseFrench, zoneInFrench } from '../platform/dates.js';
import { frenchBytes } from '../platform/templates.js';
import { fingerprint } from '../sealing/keyring.js';
import type { Receipt } from '../sealing/receipt.js';
import type { Bid } from './bid.js';
import type { OpenedFile } from './opening.js';

export const FICTION = 'Scénario fictif : aucun de ces dépôts n’a eu lieu';
const utc = (at: Date) => `${at.toISOString().replace('T', ' à ').replace('Z', '')} UTC`;

export interface BidRow {
  bid: Bid;
  operator: string;
}

/** What the documents of one consultation share. */
export interface EvidenceFacts {
  consultation: Consultation;
  authority: Authority;
  config: Config;
}

/** Head and foot of a document of proof. */
export function recordFrame({ letterhead }: Authority, config: Config) {
  return {
    brandLabel: letterhead.brandLines,
    motto: letterhead.motto,
    service: letterhead.serviceLines,
    footer: letterhead.footerLines,
    notice: config.demo ? FICTION : undefined,
  };
}

function evidence({ consultation, authority, config }: EvidenceFacts) {
  return {
    frame: recordFrame(authority, config),
    buyer: consultation.buyerName,
    consultation: { reference: consultation.reference, title: consultation.title, object: consultation.object },
    deadline: inFrench(consultation.deadline, consultation.timeZone),
    deadlineVersion: `version ${consultation.deadlineVersion}`,
    zone: `${consultation.timeZone} (${zoneInFrench(consultation.timeZone)})`,
  };
}

/** D6 and D7, from the signed receipt; from the bid, only what it replaced and when it had come. */
export function receiptDocument(facts: EvidenceFacts & { bid: Bid }, receipt: Receipt): { kind: 'receipt' | 'withdrawal-receipt'; data: ReceiptData | WithdrawalReceiptData } {
  const at = new Date(receipt.receivedAt);
  const common = {
    ...evidence(facts),
    deadline: inFrench(new Date(receipt.deadline.instant), receipt.timeZone),
    deadlineVersion: `version ${receipt.deadline.version}`,
    operator: { name: receipt.operator.name, identifier: receipt.operator.id },
    bidId: receipt.bidId,
    proof: {
      sealHash: receipt.sealHash,
      checkpointHash: receipt.journalCheckpoint,
      signature: receipt.signature.value,
      keyFingerprint: fingerprint(receipt.signature.publicKey),
    },
  };
  if (receipt.kind !== 'deposit') {
    const data = { ...common, receivedAt: preciseFrench(facts.bid.receivedAt, receipt.timeZone), withdrawnAt: receipt.receivedAtLocal, withdrawnAtUtc: utc(at), replacedBy: receipt.replacedBy };
    return { kind: 'withdrawal-receipt', data };
  }
  return {
    kind: 'receipt',
    data: {
      ...common,
      receivedAt: receipt.receivedAtLocal,
      receivedAtUtc: utc(at),
      late: receipt.status === 'late',
      replaces: facts.bid.replacesId ?? undefined,
      files: receipt.files.map((file) => ({
        name: file.name,
        size: frenchBytes(file.size),
        sha256: file.sha256 ?? undefined,
        parts: file.sha256 && file.parts.length === 1 ? undefined : file.parts.map((part) => ({ size: frenchBytes(part.size), sha256: part.sha256 })),
      })),
    },
  };
}

export const STATUS_WORDS: Record<Bid['status'], string> = {
  sealed: 'en temps utile',
  opened: 'en temps utile',
  unreadable: 'en temps utile, illisible',
  late: 'hors délai, non ouvert',
  replaced: 'remplacé, non ouvert',
  withdrawn: 'retiré, non ouvert',
};

function entries({ consultation }: EvidenceFacts, rows: BidRow[]) {
  return rows.map(({ bid, operator }) => ({
    instant: preciseFrench(bid.receivedAt, consultation.timeZone),
    operator,
    status: STATUS_WORDS[bid.status],
    sealHash: bid.sealHash,
  }));
}

/** D8: the register of deposits, by arrival. */
export function registerDocument(facts: EvidenceFacts, rows: BidRow[], drawnUpAt: Date, checkpointHash: string): RegisterData {
  return {
    ...evidence(facts),
    drawnUpAt: preciseFrench(drawnUpAt, facts.consultation.timeZone),
    entries: entries(facts, rows),
    checkpointHash,
  };
}

/** D9: who, when, the register, the files, the anomalies (domain.md 2.7). Never the content of a bid that was not opened. */
export function minutesDocument(
  facts: EvidenceFacts,
  session: { openedAt: Date; openers: { name: string; confirmedAt: Date }[]; anomalies: string[]; checkpointHash: string; files: OpenedFile[] },
  rows: BidRow[],
): MinutesData {
  const { consultation, authority } = facts;
  const { openedAt } = session;
  const opened = rows.filter(({ bid }) => bid.openedAt !== null);
  const intact = session.files.filter((file) => file.intact).length;
  return {
    ...evidence(facts),
    openedAt: preciseFrench(openedAt, consultation.timeZone),
    openedAtUtc: utc(openedAt),
    quorum: String(consultation.quorum),
    openers: session.openers.map((one) => ({
      name: one.name,
      quality: 'ouvreur désigné',
      declaration: `déclare n’avoir aucun conflit d’intérêts, le ${preciseFrench(one.confirmedAt, consultation.timeZone)}`,
    })),
    entries: entries(facts, rows),
    bids: opened.map(({ bid, operator }) => {
      const files = session.files.filter((file) => file.bidId === bid.id);
      const whole = files.length > 0 && files.every((file) => file.intact);
      return {
        operator,
        bidId: bid.id,
        receivedAt: preciseFrench(bid.receivedAt, consultation.timeZone),
        integrity: whole ? 'Conforme : toutes les empreintes correspondent.' : 'Illisible ou altéré : voir les anomalies.',
        files: files.map((file) => ({ name: file.name, size: frenchBytes(file.size), sha256: file.sha256 })),
      };
    }),
    integrity: [
      `${intact} fichier${intact > 1 ? 's' : ''} sur ${session.files.length} conforme${intact > 1 ? 's' : ''} à ${intact > 1 ? 'leur' : 'son'} empreinte.`,
      'Les plis hors délai, remplacés ou retirés n’ont pas été ouverts.',
    ],
    anomalies: session.anomalies,
    checkpointHash: session.checkpointHash,
    done: `Fait à ${authority.place}, le ${frenchDay(openedAt, consultation.timeZone)}`,
    signatures: session.openers.map((one) => ({ name: one.name, quality: 'ouvreur' })),
  };
}
