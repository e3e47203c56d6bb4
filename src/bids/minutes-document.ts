import type { MinutesData } from '../letters/letter-data.js';
import { frenchDay, preciseFrench } from '../platform/dates.js';
import { frenchBytes } from '../platform/templates.js';
import { type BidRow, decisionInFrench, entries, evidence, type EvidenceFacts, utc } from './bid-documents.js';
import { consortiumWords } from './consortium.js';
import { presentLines, sessionLines } from './minutes-members.js';
import type { KnownMember } from './opening-reading.js';
import type { OpeningObservation, OpeningSession } from './opening-session.js';
import { quorumInFrench } from './opening-words.js';
import { unreadableInFrench } from './unreadable.js';
import type { Delivery } from './delivery.js';
import type { OpenedFile } from './opening.js';

export interface MinutedSession {
  number: number;
  openedAt: Date;
  openers: { personId: string; name: string; confirmedAt: Date }[];
  members: KnownMember[];
  planned: OpeningSession | null;
  observations: OpeningObservation[];
  /** Names of persons quoted by a decision, who need not be members. */
  names: ReadonlyMap<string, string>;
  anomalies: string[];
  checkpointHash: string;
  files: OpenedFile[];
}

/**
 * D9: who, when, the register, the files, the anomalies (domain.md 2.7). Never the content of a bid that was not opened.
 * A supplementary session has minutes of its own, with the decisions that convened it.
 */
export function minutesDocument(facts: EvidenceFacts, session: MinutedSession, rows: BidRow[]): MinutesData {
  const { consultation, authority } = facts;
  const { openedAt, number } = session;
  const opened = rows.filter((row) => openedIn(row, number));
  const files = session.files.filter((file) => opened.some(({ bid, handed }) => fileOf(file, bid.id, handed, number)));
  const intact = files.filter((file) => file.intact).length;
  return {
    ...evidence(facts),
    supplement:
      number === 1
        ? undefined
        : { title: `Séance complémentaire n°\u00a0${number}`, decisions: opened.map((row) => convenedBy(row, number, consultation.timeZone)) },
    openedAt: preciseFrench(openedAt, consultation.timeZone),
    openedAtUtc: utc(openedAt),
    quorum: `${quorumInFrench(consultation.quorum)} Cette règle a été fixée par l’acheteur avant le lancement.`,
    changes: [],
    observations: [],
    ...(number === 1 ? sessionLines(session, consultation.timeZone) : {}),
    openers: presentLines(session, number, consultation.timeZone),
    entries: entries(facts, rows),
    bids: opened.map((row) => {
      const own = files.filter((file) => fileOf(file, row.bid.id, row.handed, number));
      return {
        operator: row.bid.consortium ? `${row.operator}, mandataire d’un ${consortiumWords(row.bid.consortium)}` : row.operator,
        bidId: row.bid.id,
        receivedAt: preciseFrench(row.bid.receivedAt, consultation.timeZone),
        integrity: integrityOf(row, own, number),
        files: own.map((file) => ({ name: file.name, size: frenchBytes(file.size), sha256: file.sha256 })),
      };
    }),
    integrity: [
      `${intact} fichier${intact > 1 ? 's' : ''} sur ${files.length} conforme${intact > 1 ? 's' : ''} à ${intact > 1 ? 'leur' : 'son'} empreinte.`,
      'Les plis hors délai non admis, remplacés ou retirés n’ont pas été ouverts.',
    ],
    unreadable: opened.flatMap(({ bid, operator }) => unreadableInFrench(bid)?.replace(/^I/, `${operator}\u00a0: i`) ?? []),
    anomalies: session.anomalies,
    checkpointHash: session.checkpointHash,
    done: `Fait à ${authority.place}, le ${frenchDay(openedAt, consultation.timeZone)}`,
    signatures: presentLines(session, number, consultation.timeZone).map(({ name, quality }) => ({ name, quality })),
  };
}

/** By itself, or by the backup copy that was opened in its place. */
const openedIn = ({ bid, handed }: BidRow, number: number) => bid.session === number || handed.some((one) => one.session === number && one.openedAt !== null);

const fileOf = (file: OpenedFile, bidId: string, handed: Delivery[], number: number) => {
  if (file.bidId !== bidId) return false;
  const envelope = handed.find((one) => one.id === file.deliveryId);
  // A copy opened later adds its files to a bid whose own were checked before.
  return envelope ? envelope.session === number : !handed.some((one) => one.kind === 'copy' && one.session === number);
};

function convenedBy({ decision, decider, handed, operator }: BidRow, number: number, timeZone: string): string {
  const copy = handed.find((one) => one.kind === 'copy' && one.session === number);
  if (decision?.session === number) return `${operator}\u00a0: ${decisionInFrench(decision, decider, timeZone)} ${decision.reasons}`;
  return `${operator}\u00a0: ouverture de la copie de sauvegarde (article R.\u00a02132-11 du code de la commande publique). ${copy?.copyReasons ?? ''}`;
}

function integrityOf({ handed }: BidRow, files: OpenedFile[], number: number): string {
  const envelope = handed.find((one) => one.session === number);
  if (envelope) {
    const what = envelope.kind === 'copy' ? 'Copie de sauvegarde' : 'Pli sur support physique';
    if (envelope.status === 'set-aside') return `${what} écartée : ${envelope.scanNote ?? ''}`;
    const count = `${files.length} fichier${files.length > 1 ? 's' : ''}`;
    return [`${what}, enveloppe ouverte en séance puis numérisée : ${count}.`, envelope.scanNote].filter(Boolean).join(' ');
  }
  const whole = files.length > 0 && files.every((file) => file.intact);
  return whole ? 'Conforme : toutes les empreintes correspondent.' : 'Illisible ou altéré : voir les anomalies.';
}
