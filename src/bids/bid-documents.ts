import type { Config } from '../config.js';
import type { Consultation } from '../consultations/consultation.js';
import type { DeliveryReceiptData, ReceiptData, RegisterData, WithdrawalReceiptData } from '../letters/letter-data.js';
import type { Authority } from '../people/people.js';
import { frenchDate, inFrench, preciseFrench, zoneInFrench } from '../platform/dates.js';
import { frenchBytes } from '../platform/templates.js';
import { fingerprint } from '../sealing/keyring.js';
import type { Receipt } from '../sealing/receipt.js';
import type { Bid } from './bid.js';
import type { Delivery } from './delivery.js';
import { deliveryFacts } from './delivery-words.js';
import { GROUNDS, type LateDecision } from './late-decision.js';

export const FICTION = 'Scénario fictif : aucun de ces dépôts n’a eu lieu';
export const utc = (at: Date) => `${at.toISOString().replace('T', ' à ').replace('Z', '')} UTC`;

export interface BidRow {
  bid: Bid;
  operator: string;
  decision: LateDecision | null;
  decider: string;
  /** Envelopes handed over for this bid: itself, or the backup copy opened in its place. */
  handed: Delivery[];
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

export function evidence({ consultation, authority, config }: EvidenceFacts) {
  return {
    frame: recordFrame(authority, config),
    buyer: consultation.buyerName,
    consultation: { reference: consultation.reference, title: consultation.title, object: consultation.object },
    deadline: inFrench(consultation.deadline, consultation.timeZone),
    deadlineVersion: `version ${consultation.deadlineVersion}`,
    zone: `${consultation.timeZone} (${zoneInFrench(consultation.timeZone)})`,
  };
}

type ReceiptDocument = { kind: 'receipt'; data: ReceiptData } | { kind: 'withdrawal-receipt'; data: WithdrawalReceiptData } | { kind: 'delivery-receipt'; data: DeliveryReceiptData };

/** D6 and D7, from the signed receipt; from the bid, only what it replaced and when it had come. */
export function receiptDocument(facts: EvidenceFacts & { bid: Bid | null }, receipt: Receipt): ReceiptDocument {
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
      verifyUrl: `${facts.config.baseUrl}/verifier-un-recu`,
    },
  };
  if (receipt.delivery) return { kind: 'delivery-receipt', data: { ...common, ...deliveryFacts(receipt.delivery, receipt.timeZone), copy: receipt.kind === 'copy', receivedAt: receipt.receivedAtLocal, receivedAtUtc: utc(at), late: receipt.status === 'late' } };
  const bidAt = facts.bid?.receivedAt ?? at;
  if (receipt.kind !== 'deposit') {
    const data = { ...common, receivedAt: preciseFrench(bidAt, receipt.timeZone), withdrawnAt: receipt.receivedAtLocal, withdrawnAtUtc: utc(at), replacedBy: receipt.replacedBy };
    return { kind: 'withdrawal-receipt', data };
  }
  return {
    kind: 'receipt',
    data: {
      ...common,
      receivedAt: receipt.receivedAtLocal,
      receivedAtUtc: utc(at),
      late: receipt.status === 'late',
      replaces: facts.bid?.replacesId ?? undefined,
      files: receipt.files.map((file) => ({
        name: file.name,
        size: frenchBytes(file.size),
        sha256: file.sha256 ?? undefined,
        parts: file.sha256 && file.parts.length === 1 ? undefined : file.parts.map((part) => ({ size: frenchBytes(part.size), sha256: part.sha256 })),
      })),
    },
  };
}

type Judged = Pick<Bid, 'status' | 'late' | 'deliveryId'>;

/** Where a bid stands, in the words of the register: late, replaced or withdrawn, it says that nothing of it was read. */
export function statusWords({ status, late, deliveryId }: Judged): string {
  const arrived = late ? 'hors délai' : 'en temps utile';
  const words: Record<Bid['status'], string> = {
    sealed: arrived,
    opened: late ? 'hors délai, admis par décision' : arrived,
    unreadable: `${late ? 'hors délai, admis par décision' : arrived}, illisible`,
    late: late ? 'hors délai, non ouvert' : 'en temps utile, enregistré après l’ouverture, non ouvert',
    admitted: late ? 'hors délai, admis par décision, non ouvert' : 'en temps utile, à ouvrir en séance complémentaire',
    eliminated: 'hors délai, éliminé, non ouvert',
    replaced: 'remplacé, non ouvert',
    withdrawn: 'retiré, non ouvert',
  };
  return deliveryId ? `${words[status]} (sur support physique)` : words[status];
}

export function entries({ consultation }: EvidenceFacts, rows: BidRow[]) {
  return rows.map(({ bid, operator, decision, decider }) => ({
    instant: preciseFrench(bid.receivedAt, consultation.timeZone),
    operator,
    status: statusWords(bid),
    sealHash: bid.sealHash,
    decision: decision ? decisionInFrench(decision, decider, consultation.timeZone) : undefined,
  }));
}

/** « Admis le 27 juillet 2023 par … (CE, 23 septembre 2021, n° 449250) ». */
export function decisionInFrench(decision: LateDecision, decider: string, timeZone: string): string {
  const when = `le ${frenchDate(decision.decidedAt, timeZone)} par ${decider}`;
  if (decision.outcome === 'eliminated') return `Éliminé ${when} (article R.\u00a02151-5 du code de la commande publique).`;
  const ground = decision.ground ? GROUNDS[decision.ground] : null;
  const reference = decision.reference ? ` ${decision.reference}.` : '';
  return `Admis ${when}\u00a0: ${ground?.label.toLocaleLowerCase('fr-FR') ?? ''} (${ground?.article ?? ''}).${reference}`;
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
