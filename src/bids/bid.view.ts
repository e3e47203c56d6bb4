import type { Config } from '../config.js';
import { showConsultation } from '../consultations/consultation.view.js';
import type { Receipt } from '../sealing/receipt.js';
import type { Bid, StoredReceipt } from './bid.js';
import { STATUS_WORDS } from './bid-documents.js';
import type { BidDraftsService } from './drafts.service.js';
import type { OpenedBidsService } from './opened-bids.service.js';
import type { OpeningService } from './opening.service.js';

type OwnDeposit = Awaited<ReturnType<BidDraftsService['show']>>;

/** What one organisation reads of its own deposit. */
export function showOwnDeposit({ consultation, files, bids, receipts, now }: OwnDeposit, limits: Config) {
  const effective = bids.find((bid) => ['sealed', 'opened', 'unreadable'].includes(bid.status));
  const late = bids.find((bid) => bid.status === 'late');
  const withdrawn = bids.find((bid) => bid.status === 'withdrawn');
  const base = `/consultations/${consultation.id}/pli`;
  const open = consultation.status === 'launched';
  return {
    consultation: showConsultation(consultation, now),
    state: effective ? 'deposited' : late ? 'late' : withdrawn ? 'withdrawn' : consultation.isInTime(now) ? 'draft' : 'missed',
    bid: showOwnBid(effective ?? late ?? withdrawn, receipts),
    toConfirm: effective?.status === 'sealed' && effective.documentsVersion < consultation.documentsVersion && consultation.isInTime(now),
    expected: consultation.expected.map((one) => one.label),
    fewerFiles: consultation.expected.length > 0 && files.length > 0 && files.length < consultation.expected.length,
    former: bids.filter((bid) => bid !== (effective ?? late ?? withdrawn)).map((bid) => showOwnBid(bid, receipts)),
    files: files.map((file) => ({
      id: file.id,
      name: file.name,
      size: file.size,
      state: file.state,
      note: file.state === 'complete' ? 'reçu dans le brouillon' : 'envoi interrompu : renvoyez ce fichier, ou retirez-le',
      deleteHref: `${base}/fichiers/${file.id}/supprimer`,
    })),
    usedBytes: files.reduce((sum, file) => sum + file.size, 0),
    complete: files.length > 0 && files.every((file) => file.state === 'complete'),
    limits: { maxFileBytes: limits.maxFileBytes, maxBidBytes: limits.maxBidBytes, maxBidFiles: limits.maxBidFiles },
    can: { deposit: open, withdraw: open && effective?.status === 'sealed' && consultation.isInTime(now) },
  };
}

function showOwnBid(bid: Bid | undefined, receipts: StoredReceipt[]) {
  if (!bid) return null;
  const receipt = receipts.find((one) => one.bidId === bid.id && one.kind === (bid.status === 'withdrawn' ? 'withdrawal' : 'deposit'));
  return { id: bid.id, status: bid.status, receivedAt: bid.receivedAt, withdrawnAt: bid.withdrawnAt, words: STATUS_WORDS[bid.status].replace(', non ouvert', ''), receiptId: receipt?.id ?? null };
}

export function showReceipt(receipt: Receipt) {
  return { ...receipt, late: receipt.status === 'late', withdrawal: receipt.kind === 'withdrawal' };
}

export function showOpening(state: Awaited<ReturnType<OpeningService['state']>>) {
  const { consultation, openers, quorum, confirmed, ready, opened, can } = state;
  return {
    consultation: { ...showConsultation(consultation, state.now), opensAt: consultation.opensAt, openedAt: consultation.openedAt },
    openers,
    quorum,
    confirmed,
    ready,
    opened,
    can,
  };
}

/** The register after the opening. Late, replaced and withdrawn bids are lines, never contents. */
export function showOpenedBids({ consultation, opening, rows, files }: Awaited<ReturnType<OpenedBidsService['list']>>) {
  return {
    consultationId: consultation.id,
    consultationTitle: consultation.title,
    timeZone: consultation.timeZone,
    openedAt: opening.openedAt,
    checked: opening.checkedAt !== null,
    minutes: opening.minutesFileId !== null,
    anomalies: opening.anomalies,
    bids: rows.map(({ bid, operator }) => ({
      id: bid.id,
      operator,
      receivedAt: bid.receivedAt,
      status: bid.status,
      words: STATUS_WORDS[bid.status],
      sealHash: bid.sealHash,
      files: files
        .filter((file) => file.bidId === bid.id)
        .map(({ id, name, size, sha256, intact }) => ({
          id,
          name,
          size,
          sha256,
          intact,
          note: intact ? 'empreinte conforme' : 'empreinte non conforme',
          href: `/consultations/${consultation.id}/plis/${bid.id}/fichiers/${id}`,
        })),
    })),
  };
}
