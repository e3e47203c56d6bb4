import type { Config } from '../config.js';
import { CHANNEL_NAMES } from '../consultations/consultation.js';
import { mayManage, mayOpen } from '../consultations/consultation.policy.js';
import { showConsultation } from '../consultations/consultation.view.js';
import type { Receipt } from '../sealing/receipt.js';
import { succession } from './bid.js';
import { unreadableInFrench } from './unreadable.js';
import { decisionInFrench, statusWords } from './bid-documents.js';
import { mayDecide } from './bid.policy.js';
import { replacementQuestion, replacing } from './candidate.js';
import { checklistOf } from './checklist.js';
import { CONSORTIUM_FORMS, consortiumWords, withoutMandate } from './consortium.js';
import { deliveryFacts } from './delivery-words.js';
import type { OpenedBidsService } from './opened-bids.service.js';
import { ownState } from './own-state.js';
import type { OwnBid, OwnDepositService } from './own-deposit.service.js';

type OwnDeposit = Awaited<ReturnType<OwnDepositService['show']>>;

/** What one organisation reads of its own deposit. @param uploads path of its unfinished uploads, by the face that is read */
export function showOwnDeposit({ consultation, organisation, files, checklist, consortium, bids: all, personId, reserved, mayDeposit, now }: OwnDeposit, limits: Config, uploads = `/consultations/${consultation.id}/pli/envois`) {
  const bids = all.filter((bid) => bid.organisationId === organisation.id);
  const elsewhere = all.find((bid) => bid.organisationId !== organisation.id && ['sealed', 'late', 'opened', 'unreadable'].includes(bid.status));
  const base = `/consultations/${consultation.id}/pli`;
  const open = consultation.status === 'launched';
  const inTime = consultation.isInTime(now);
  const lines = checklistOf(consultation.id, consultation.expected, files, checklist);
  const { state, bid: shown, effective } = ownState(bids, inTime);
  return {
    consultation: showConsultation(consultation, now),
    state,
    bid: showOwnBid(shown),
    // The same legal person alone is told that another establishment filed, and when: never what, nor its receipt.
    elsewhere: elsewhere ? { name: elsewhere.organisation.name, siret: elsewhere.organisation.schemeId, receivedAt: elsewhere.receivedAt, late: elsewhere.late } : null,
    replaces: succession(all, { receivedAt: now, writtenAt: now, late: !inTime }).replaced.flatMap((bid) => {
      const how = replacing(bid, { organisationId: organisation.id, personId });
      return how ? [{ id: bid.id, question: replacementQuestion(bid, how, consultation.timeZone) }] : [];
    }),
    reserved,
    toConfirm: effective?.status === 'sealed' && effective.documentsVersion < consultation.documentsVersion && inTime,
    expected: lines,
    /** Said beside the button, and never in the way of it. */
    missing: files.length > 0 ? lines.filter((one) => one.file === null).map((one) => one.label) : [],
    former: bids.filter((bid) => bid !== shown).map((bid) => showOwnBid(bid)),
    files: files.map((file) => ({
      id: file.id,
      name: file.name,
      size: file.size,
      received: file.received,
      state: file.state,
      note: file.state === 'complete' ? 'reçu dans le brouillon' : 'envoi interrompu : renvoyez ce fichier, ou retirez-le',
      uploadUrl: `${uploads}/${file.id}`,
      deleteHref: `${base}/fichiers/${file.id}/supprimer`,
    })),
    draftFiles: files.map(({ id, name }) => ({ value: id, label: name })),
    /** As the draft says it; null: alone. */
    consortium: consortium ? { form: CONSORTIUM_FORMS[consortium.form].label, members: consortium.members.map((one) => one.name), withoutMandate: withoutMandate(consortium) } : null,
    oneBidEach: consultation.oneBidEach,
    usedBytes: files.reduce((sum, file) => sum + file.size, 0),
    complete: files.length > 0 && files.every((file) => file.state === 'complete'),
    limits: { maxFileBytes: limits.maxFileBytes, maxBidBytes: limits.maxBidBytes, maxBidFiles: limits.maxBidFiles },
    heldOn: consultation.elsewhere ? { name: CHANNEL_NAMES[consultation.channel], reference: consultation.externalReference, href: consultation.externalLink } : null,
    can: { send: open && !consultation.elsewhere, deposit: open && !consultation.elsewhere && mayDeposit, withdraw: open && mayDeposit && effective?.status === 'sealed' && inTime },
  };
}

function showOwnBid(bid: OwnBid | undefined) {
  if (!bid) return null;
  const kind = bid.status === 'withdrawn' ? 'withdrawal' : 'deposit';
  const receipt = bid.receipts.find((one) => one.kind === kind);
  const replacement = bid.receipts.find((one) => one.kind === 'replacement');
  return {
    id: bid.id,
    status: bid.status,
    receivedAt: bid.receivedAt,
    withdrawnAt: bid.withdrawnAt,
    by: bid.person?.name ?? null,
    onPaper: bid.deliveryId !== null,
    words: statusWords(bid).replace(', non ouvert', ''),
    receiptId: receipt?.id ?? null,
    replacementId: replacement?.id ?? null,
    decidedAt: bid.decision?.decidedAt ?? null,
    letterHref: bid.decision?.letterId ? `/consultations/${bid.consultationId}/pli/${bid.id}/lettre-hors-delai.pdf` : null,
  };
}

/** @param recorder the agent who recorded the envelope reads it too */
export function showReceipt(receipt: Receipt, recorder = false) {
  const { kind, status, delivery, timeZone } = receipt;
  return { ...receipt, recorder, late: status === 'late', withdrawal: kind === 'withdrawal', replacement: kind === 'replacement', copy: kind === 'copy', handed: delivery ? deliveryFacts(delivery, timeZone) : null };
}

/** The register after the opening. Late, replaced and withdrawn bids are lines, never contents. */
export function showOpenedBids({ consultation, opening, openings, rows, files, actor }: Awaited<ReturnType<OpenedBidsService['list']>>) {
  const toDecide = rows.filter(({ bid }) => bid.status === 'late').length;
  return {
    consultationId: consultation.id,
    consultationTitle: consultation.title,
    timeZone: consultation.timeZone,
    openedAt: opening.openedAt,
    checked: openings.every((one) => one.checkedAt !== null),
    minutes: opening.minutesFileId !== null,
    /** Checked, and the minutes not yet there: the page comes back by itself. An envelope is first to be scanned. */
    minutesComing: opening.checkedAt !== null && opening.minutesFileId === null && !rows.some(({ bid }) => bid.deliveryId !== null),
    sessions: openings.filter((one) => one.number > 1).map(({ number, openedAt, minutesFileId }) => ({ number, openedAt, minutes: minutesFileId !== null })),
    anomalies: openings.flatMap((one) => one.anomalies),
    toDecide,
    decides: mayDecide(actor, consultation),
    bids: rows.map(({ bid, operator, decision, decider }) => ({
      id: bid.id,
      operator,
      consortium: bid.consortium ? consortiumWords(bid.consortium) : null,
      receivedAt: bid.receivedAt,
      status: bid.status,
      words: statusWords(bid),
      unreadable: unreadableInFrench(bid),
      mayBeUnreadable: bid.status === 'opened' && consultation.status === 'opened' && (mayOpen(actor, consultation) || mayManage(actor, consultation)),
      decision: decision ? decisionInFrench(decision, decider, consultation.timeZone) : null,
      sealHash: bid.sealHash,
      files: files
        .filter((file) => file.bidId === bid.id)
        .map(({ id, name, size, sha256, intact, deliveryId }) => ({
          id,
          name,
          size,
          sha256,
          intact,
          scanned: deliveryId !== null,
          note: deliveryId ? 'numérisé en séance' : intact ? 'empreinte conforme' : 'empreinte non conforme',
          href: `/consultations/${consultation.id}/plis/${bid.id}/fichiers/${id}`,
        })),
    })),
  };
}
