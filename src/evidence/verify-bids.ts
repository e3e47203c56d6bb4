import { Bid, succession } from '../bids/bid.js';
import { preciseFrench } from '../platform/dates.js';
import type { DossierBid, DossierDeadline, DossierDelivery, DossierLine } from './dossier.js';
import type { Say } from './verify-reader.js';

export interface Facts {
  bids: readonly DossierBid[];
  /** Envelopes handed over. */
  deliveries: readonly DossierDelivery[];
  deadlines: readonly DossierDeadline[];
  journal: readonly DossierLine[];
  timeZone: string;
}

const EFFECTIVE = new Set(['sealed', 'opened', 'unreadable']);
const of = (line: DossierLine, name: string) => (Object(line.details) as Record<string, unknown>)[name];
const about = (line: DossierLine) => String(of(line, 'bid'));
const done = (act: string) => (line: DossierLine) => line.act === act && line.outcome === 'done';

/** Each verdict is a pure function of an instant and of a version of the deadline: computed again here, from nothing else. */
export function checkVerdicts(facts: Facts, say: Say) {
  const { bids, deadlines, journal, timeZone } = facts;
  const named = (bid: Pick<DossierBid, 'id' | 'receivedAt'>) => `Pli ${bid.id}, reçu le ${when(bid.receivedAt, timeZone)}`;
  const deposits = journal.filter(done('bid.deposit'));
  for (const line of deposits) {
    const bid = bids.find((one) => one.id === about(line));
    if (!bid) {
      say(`Le pli ${about(line)}, déposé le ${when(line.instant, timeZone)} selon la ligne ${line.seq} du journal, manque dans la liste des plis.`);
      continue;
    }
    if (bid.receivedAt !== line.instant) say(`${named(bid)} : le journal inscrit un autre instant (${line.instant}).`);
    if (bid.sealHash !== of(line, 'sealHash')) say(`${named(bid)} : son empreinte n’est pas celle que le journal inscrit.`);
    const first = judgedFirst(bid, line, facts);
    if (first.number !== of(line, 'deadlineVersion')) say(`${named(bid)} : jugé par une autre version de la date limite que celle du journal.`);
    if (of(line, 'late') !== first.late) say(`${named(bid)} : le journal le dit ${of(line, 'late') === true ? 'hors délai' : 'dans les délais'}, les instants disent le contraire.`);
    const inForce = deadlines.filter((one) => one.setAt <= line.recordedAt).at(-1);
    if (inForce && inForce.number !== first.number) say(`${named(bid)} : la date limite en vigueur était la version ${inForce.number}, il a été jugé par la version ${first.number}.`);
  }
  const written = new Set(deposits.map(about));
  for (const [id, hash] of takenOver(journal)) {
    written.add(id);
    const bid = bids.find((one) => one.id === id);
    if (!bid) say(`Le pli ${id}, repris d’une autre plateforme, manque dans la liste des plis.`);
    else if (bid.sealHash !== hash) say(`${named(bid)} : son empreinte n’est pas celle que le journal inscrit à sa reprise.`);
  }
  for (const id of checkHanded(facts, say)) written.add(id);
  // The signatory's written decision, for each (R2151-5): the only way for a late bid to be read.
  const admitted = new Set(journal.filter(done('late.admit')).map(about));
  for (const bid of bids) {
    const version = deadlines.find((one) => one.number === bid.deadlineVersion);
    if (!written.has(bid.id)) say(`${named(bid)} : aucune ligne du journal n’inscrit son dépôt.`);
    if (!version) say(`${named(bid)} : jugé par une version de la date limite qui n’existe pas.`);
    else if (version.deadline !== bid.deadline) say(`${named(bid)} : jugé par la date limite ${bid.deadline}, la version ${bid.deadlineVersion} est ${version.deadline}.`);
    if (EFFECTIVE.has(bid.status) && isLate(bid) && !admitted.has(bid.id)) say(`${named(bid)} : hors délai, il devrait être resté scellé.`);
    // An envelope that came in time and was found after the opening waits for a decision, too.
    if (bid.status === 'late' && !isLate(bid) && bid.deliveryId === null) say(`${named(bid)} : dans les délais, il est dit hors délai.`);
  }
}

/** Bids taken over from another platform, which gave them their receipts: id and hash, as the journal has them. */
export function takenOver(journal: readonly DossierLine[]): Map<string, unknown> {
  const listed = journal.filter(done('bids.import')).flatMap((line) => of(line, 'bids') as { bid: string; sealHash: string }[]);
  return new Map(listed.map((one) => [one.bid, one.sealHash]));
}

/** The version that judged a bid when it came. The announced rule may have moved the deadline past it since: the opening then judges it again (sealing.md 1.5). */
export function judgedFirst(bid: DossierBid, line: DossierLine, { deadlines, journal }: Facts): { number: number; late: boolean } {
  const [open] = journal.filter(done('consultation.open'));
  const first = deadlines.find((one) => one.number === of(line, 'deadlineVersion'));
  const again = Number(open && of(open, 'rejudged')) > 0 && bid.deadlineVersion === deadlines.at(-1)?.number && first !== undefined && first.number < bid.deadlineVersion && bid.receivedAt >= first.deadline;
  return again ? { number: first.number, late: true } : { number: bid.deadlineVersion, late: isLate(bid) };
}

/** Envelopes handed over, and the copies that stand for a bid which never came in full. @returns ids of the bids that these lines write */
function checkHanded({ bids, deliveries, journal }: Facts, say: Say): string[] {
  const written: string[] = [];
  for (const line of journal.filter(done('delivery.record'))) {
    const id = String(of(line, 'delivery'));
    const delivery = deliveries.find((one) => one.id === id);
    if (!delivery) say(`L’enveloppe ${id}, enregistrée à la ligne ${line.seq} du journal, manque dans la liste des remises.`);
    else if (delivery.recordHash !== of(line, 'recordHash')) say(`L’enveloppe ${id} : son empreinte n’est pas celle que le journal inscrit.`);
    if (delivery?.kind !== 'bid') continue;
    const bid = bids.find((one) => one.deliveryId === id);
    if (!bid) say(`Le pli de l’enveloppe ${id} manque dans la liste des plis.`);
    else if (bid.receivedAt !== delivery.receivedAt) say(`Pli ${bid.id} : son instant n’est pas celui de l’enveloppe remise.`);
    if (bid) written.push(bid.id);
  }
  for (const line of journal.filter(done('copy.admit'))) written.push(...bids.filter((one) => one.deliveryId === of(line, 'delivery')).map((one) => one.id));
  for (const { id } of deliveries) if (!journal.some((line) => done('delivery.record')(line) && of(line, 'delivery') === id)) say(`L’enveloppe ${id} : aucune ligne du journal n’inscrit son enregistrement.`);
  return written;
}

const isLate = (bid: DossierBid) => bid.receivedAt >= bid.deadline;

/** One effective bid per candidate, the last to arrive in time (R2151-6): what the journal makes of each bid, line after line. */
export function checkSuccession({ bids, deadlines, journal, timeZone }: Facts, say: Say) {
  const states = new Map<string, Bid & { candidate: string }>();
  const opened = journal.find(done('consultation.open'));
  for (const line of journal) {
    const bid = bids.find((one) => one.id === about(line) || (one.deliveryId !== null && one.deliveryId === of(line, 'delivery')));
    if (!bid) continue;
    if (done('bid.deposit')(line) || done('delivery.record')(line)) arrive(states, bid, line, opened !== undefined && line.seq > opened.seq);
    if (done('copy.admit')(line)) states.set(bid.id, stateOf(bid, 'admitted'));
    const state = states.get(bid.id);
    if (done('late.eliminate')(line) && state?.status === 'late') state.status = 'eliminated';
    if (done('late.admit')(line) && state?.status === 'late') state.status = 'admitted';
    if (done('bid.withdraw')(line) && state) {
      const limit = deadlines.filter((one) => one.setAt <= line.recordedAt).at(-1);
      if (limit && line.instant >= limit.deadline) say(`Pli ${bid.id} : retiré le ${when(line.instant, timeZone)}, après la date limite.`);
      if (bid.withdrawnAt !== line.instant) say(`Pli ${bid.id} : le journal inscrit son retrait à un autre instant.`);
      Object.assign(state, { status: 'withdrawn', withdrawnAt: new Date(line.instant) });
    }
  }
  for (const bid of bids) {
    const state = states.get(bid.id);
    if (!state) continue; // said by the verdicts
    const now = ['sealed', 'admitted'].includes(state.status) && bid.openedAt !== null ? bid.status === 'unreadable' ? 'unreadable' : 'opened' : state.status;
    if (now !== bid.status) say(`Pli ${bid.id} : le journal en fait un pli « ${WORDS[now]} », la liste le dit « ${WORDS[bid.status] ?? bid.status} ».`);
  }
  const counts = new Map<string, DossierBid[]>();
  for (const bid of bids.filter((one) => EFFECTIVE.has(one.status))) counts.set(bid.candidate, [...(counts.get(bid.candidate) ?? []), bid]);
  for (const [, own] of counts) if (own.length > 1) say(`${own[0]?.operator} a ${own.length} plis valables à la fois : ${own.map((one) => one.id).join(', ')}. Un candidat n’en a qu’un.`);
}

const WORDS: Record<string, string> = { sealed: 'scellé', late: 'hors délai', replaced: 'remplacé', withdrawn: 'retiré', opened: 'ouvert', unreadable: 'illisible', admitted: 'admis', eliminated: 'éliminé' };

const stateOf = ({ id, candidate, receivedAt, deadline }: DossierBid, status: Bid['status']) => Object.assign(new Bid(), { id, candidate, receivedAt: new Date(receivedAt), deadline: new Date(deadline), status });

/** @param found recorded after the opening: in time or not, it waits for a decision, and takes nobody's place */
function arrive(states: Map<string, Bid & { candidate: string }>, bid: DossierBid, line: DossierLine, found: boolean) {
  const [receivedAt, deadline] = [new Date(bid.receivedAt), new Date(bid.deadline)];
  const late = receivedAt >= deadline;
  const { replaced, overtaken } = succession([...states.values()].filter((one) => one.candidate === bid.candidate), { receivedAt, writtenAt: new Date(line.recordedAt), late });
  const waits = found && !late;
  if (!waits) for (const former of replaced) former.status = 'replaced';
  states.set(bid.id, stateOf(bid, waits ? 'late' : overtaken ? 'replaced' : late ? 'late' : 'sealed'));
}

export function when(iso: string, timeZone: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? `« ${iso} »` : preciseFrench(at, timeZone);
}
