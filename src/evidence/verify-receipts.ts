import { canonical } from '../platform/canonical.js';
import { GENESIS } from '../platform/journal-entry.js';
import { sha256 } from '../platform/random.js';
import { type Envelope, sealHash } from '../sealing/envelope.js';
import type { Receipt } from '../sealing/receipt.js';
import { verifyReceipt } from '../sealing/verify-receipt.js';
import { type DossierBid, type DossierLine, NAMES, WITHHELD_FORMAT, type WithheldReceipt } from './dossier.js';
import { type Facts, judgedFirst, takenOver } from './verify-bids.js';
import type { Reader, Say } from './verify-reader.js';

type Told = Pick<Receipt, 'kind' | 'receiptId' | 'bidId' | 'consultation' | 'operator' | 'receivedAt' | 'status' | 'deadline' | 'sealHash' | 'journalCheckpoint' | 'replacedBy' | 'delivery'> & { parts: number | null };

/** What each bid showed while it was sealed is what its hash fixed. */
export function checkEnvelopes(reader: Reader, bids: readonly DossierBid[], consultationId: string, say: Say) {
  for (const bid of bids) {
    const name = NAMES.envelope(bid.id);
    if (!reader.files.has(name)) {
      say(`Pli ${bid.id} : son enveloppe manque.`);
      continue;
    }
    const envelope = reader.json<Envelope>(name);
    if (sealHash(envelope) !== bid.sealHash) say(`Pli ${bid.id} : son enveloppe n’est pas celle dont l’empreinte a été donnée au dépôt.`);
    if (envelope.bidId !== bid.id || envelope.consultationId !== consultationId) say(`Pli ${bid.id} : son enveloppe est celle d’un autre pli.`);
  }
  for (const { id } of reader.in('enveloppes')) if (!bids.some((one) => one.id === id)) say(`L’enveloppe ${id} n’a pas de pli.`);
}

/** Signatures, then receipts ↔ bids ↔ journal. @param key fingerprint of the key that signed the dossier */
export async function checkReceipts(reader: Reader, facts: Facts, consultationId: string, key: string, say: Say) {
  const seen: Told[] = [];
  for (const { name, id } of reader.in('accuses')) {
    const told = await read(reader, name, key, (fault) => say(`Accusé ${id} : ${fault}`));
    if (!told) continue;
    if (told.receiptId !== id) say(`Accusé ${id} : c’est celui d’un autre dépôt.`);
    if (told.consultation.id !== consultationId) say(`Accusé ${id} : il est d’une autre consultation.`);
    seen.push(told);
    checkOne(reader, told, facts, (fault) => say(`Accusé ${id} : ${fault}`));
  }
  const elsewhere = takenOver(facts.journal);
  for (const bid of facts.bids.filter((one) => !elsewhere.has(one.id))) {
    const of = (kind: Told['kind']) => seen.filter((one) => one.bidId === bid.id && one.kind === kind).length;
    const copy = facts.deliveries.some((one) => one.id === bid.deliveryId && one.kind === 'copy'); // its own receipt is the copy's
    if (!copy && of('deposit') !== 1) say(`Pli ${bid.id} : ${of('deposit') === 0 ? 'son accusé de réception manque' : 'il a plusieurs accusés de réception'}.`);
    if (bid.withdrawnAt !== null && of('withdrawal') !== 1) say(`Pli ${bid.id} : son accusé de retrait manque.`);
  }
}

async function read(reader: Reader, name: string, key: string, say: Say): Promise<Told | null> {
  const receipt = reader.json<Receipt | WithheldReceipt>(name);
  if (receipt.format === WITHHELD_FORMAT) {
    if (!/^[0-9a-f]{64}$/.test(receipt.sha256)) say('l’empreinte de l’original manque.');
    return receipt; // signed by the manifest; the original is with its author
  }
  const verdict = await verifyReceipt(receipt, key);
  if (!verdict.ok) {
    say(verdict.reason ?? 'il est refusé.');
    return null;
  }
  return { ...receipt, parts: receipt.kind === 'deposit' ? receipt.files.reduce((sum, file) => sum + file.parts.length, 0) : null };
}

function checkOne(reader: Reader, told: Told, facts: Facts, say: Say) {
  const { bids, deadlines, journal } = facts;
  const handed = told.delivery && facts.deliveries.find((one) => one.id === told.delivery?.id);
  if (told.delivery && sha256(canonical(told.delivery)) !== handed?.recordHash) say('l’enveloppe qu’il décrit n’est pas celle qui a été enregistrée.');
  if (told.kind === 'copy') return told.receivedAt === handed?.receivedAt ? undefined : say('son instant n’est pas celui de l’enveloppe remise.');
  const bid = bids.find((one) => one.id === told.bidId);
  if (!bid) return say(`le pli ${told.bidId}, dont il accuse réception, manque dans la liste des plis.`);
  const replacedBy = bids.find((one) => one.id === told.replacedBy);
  const expected = { deposit: bid.receivedAt, withdrawal: bid.withdrawnAt, replacement: replacedBy?.receivedAt ?? null, copy: bid.receivedAt }[told.kind];
  if (told.receivedAt !== expected) say(`son instant (${told.receivedAt}) n’est pas celui du pli (${expected ?? 'aucun'}).`);
  if (told.sealHash !== bid.sealHash) say('l’empreinte du pli scellé n’est pas celle de la liste des plis.');
  if (told.operator.name !== bid.operator) say('le déposant n’est pas celui de la liste des plis.');
  const version = deadlines.find((one) => one.number === told.deadline.version);
  if (version?.deadline !== told.deadline.instant) say(`la date limite qu’il porte n’est pas la version ${told.deadline.version} de la suite.`);
  const own = journal.find((line) => line.act === 'bid.deposit' && line.outcome === 'done' && (Object(line.details) as { bid?: string }).bid === bid.id);
  if (told.kind === 'deposit' && told.deadline.version !== (own ? judgedFirst(bid, own, facts).number : bid.deadlineVersion)) say('la version de la date limite n’est pas celle par laquelle le pli a été jugé.');
  checkPlace(told, bid, journal, say);
  const envelope = told.parts !== null && reader.files.has(NAMES.envelope(bid.id)) ? reader.json<Envelope>(NAMES.envelope(bid.id)) : null;
  if (envelope && envelope.parts.length !== told.parts) say('le nombre de parties n’est pas celui de l’enveloppe.');
}

/** The receipt fixes the end of the journal as it was: a line that comes before its own, and that is still there. */
function checkPlace(told: Told, bid: DossierBid, journal: readonly DossierLine[], say: Say) {
  const own = journal.find((line) => line.act === (told.kind === 'withdrawal' ? 'bid.withdraw' : 'bid.deposit') && (Object(line.details) as { bid?: string }).bid === (told.kind === 'replacement' ? told.replacedBy : bid.id));
  const place = told.journalCheckpoint === GENESIS ? 0 : journal.find((line) => line.hash === told.journalCheckpoint)?.seq;
  if (place === undefined) say('l’empreinte du journal qu’il porte n’est celle d’aucune ligne.');
  else if (own && place >= own.seq) say('l’empreinte du journal qu’il porte est celle d’une ligne postérieure au dépôt.');
}
