import { Bid, succession } from '../bids/bid.js';
import { preciseFrench } from '../platform/dates.js';
import type { DossierBid, DossierDeadline, DossierLine } from './dossier.js';
import type { Say } from './verify-reader.js';

export interface Facts {
  bids: readonly DossierBid[];
  deadlines: readonly DossierDeadline[];
  journal: readonly DossierLine[];
  timeZone: string;
}

const EFFECTIVE = new Set(['sealed', 'opened', 'unreadable']);
const of = (line: DossierLine, name: string) => (Object(line.details) as Record<string, unknown>)[name];
const about = (line: DossierLine) => String(of(line, 'bid'));
const done = (act: string) => (line: DossierLine) => line.act === act && line.outcome === 'done';

/** Each verdict is a pure function of an instant and of a version of the deadline: computed again here, from nothing else. */
export function checkVerdicts({ bids, deadlines, journal, timeZone }: Facts, say: Say) {
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
    if (bid.deadlineVersion !== of(line, 'deadlineVersion')) say(`${named(bid)} : jugé par une autre version de la date limite que celle du journal.`);
    if (of(line, 'late') !== isLate(bid)) say(`${named(bid)} : le journal le dit ${of(line, 'late') === true ? 'hors délai' : 'dans les délais'}, les instants disent le contraire.`);
    const inForce = deadlines.filter((one) => one.setAt <= line.recordedAt).at(-1);
    if (inForce && inForce.number !== bid.deadlineVersion) say(`${named(bid)} : la date limite en vigueur était la version ${inForce.number}, il a été jugé par la version ${bid.deadlineVersion}.`);
  }
  const written = new Set(deposits.map(about));
  for (const [id, hash] of takenOver(journal)) {
    written.add(id);
    const bid = bids.find((one) => one.id === id);
    if (!bid) say(`Le pli ${id}, repris d’une autre plateforme, manque dans la liste des plis.`);
    else if (bid.sealHash !== hash) say(`${named(bid)} : son empreinte n’est pas celle que le journal inscrit à sa reprise.`);
  }
  // The signatory's written decision, for each (R2151-5): the only way for a late bid to be read.
  const admitted = new Set(journal.filter(done('late.admit')).map(about));
  for (const bid of bids) {
    const version = deadlines.find((one) => one.number === bid.deadlineVersion);
    if (!written.has(bid.id)) say(`${named(bid)} : aucune ligne du journal n’inscrit son dépôt.`);
    if (!version) say(`${named(bid)} : jugé par une version de la date limite qui n’existe pas.`);
    else if (version.deadline !== bid.deadline) say(`${named(bid)} : jugé par la date limite ${bid.deadline}, la version ${bid.deadlineVersion} est ${version.deadline}.`);
    if (EFFECTIVE.has(bid.status) && isLate(bid) && !admitted.has(bid.id)) say(`${named(bid)} : hors délai, il devrait être resté scellé.`);
    if (bid.status === 'late' && !isLate(bid)) say(`${named(bid)} : dans les délais, il est dit hors délai.`);
  }
}

/** Bids taken over from another platform, which gave them their receipts: id and hash, as the journal has them. */
export function takenOver(journal: readonly DossierLine[]): Map<string, unknown> {
  const listed = journal.filter(done('bids.import')).flatMap((line) => of(line, 'bids') as { bid: string; sealHash: string }[]);
  return new Map(listed.map((one) => [one.bid, one.sealHash]));
}

const isLate = (bid: DossierBid) => bid.receivedAt >= bid.deadline;

/** One effective bid per candidate, the last to arrive in time (R2151-6): what the journal makes of each bid, line after line. */
export function checkSuccession({ bids, deadlines, journal, timeZone }: Facts, say: Say) {
  const states = new Map<string, Bid & { candidate: string }>();
  for (const line of journal) {
    const bid = bids.find((one) => one.id === about(line));
    if (!bid) continue;
    if (done('bid.deposit')(line)) arrive(states, bid, line);
    const state = states.get(bid.id);
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
    const now = state.status === 'sealed' && bid.openedAt !== null ? bid.status === 'unreadable' ? 'unreadable' : 'opened' : state.status;
    if (now !== bid.status) say(`Pli ${bid.id} : le journal en fait un pli « ${WORDS[now]} », la liste le dit « ${WORDS[bid.status] ?? bid.status} ».`);
  }
  const counts = new Map<string, DossierBid[]>();
  for (const bid of bids.filter((one) => EFFECTIVE.has(one.status))) counts.set(bid.candidate, [...(counts.get(bid.candidate) ?? []), bid]);
  for (const [, own] of counts) if (own.length > 1) say(`${own[0]?.operator} a ${own.length} plis valables à la fois : ${own.map((one) => one.id).join(', ')}. Un candidat n’en a qu’un.`);
}

const WORDS: Record<string, string> = { sealed: 'scellé', late: 'hors délai', replaced: 'remplacé', withdrawn: 'retiré', opened: 'ouvert', unreadable: 'illisible' };

function arrive(states: Map<string, Bid & { candidate: string }>, bid: DossierBid, line: DossierLine) {
  const [receivedAt, deadline] = [new Date(bid.receivedAt), new Date(bid.deadline)];
  const late = receivedAt >= deadline;
  const { replaced, overtaken } = succession([...states.values()].filter((one) => one.candidate === bid.candidate), { receivedAt, writtenAt: new Date(line.recordedAt), late });
  for (const former of replaced) former.status = 'replaced';
  states.set(bid.id, Object.assign(new Bid(), { id: bid.id, candidate: bid.candidate, receivedAt, deadline, status: overtaken ? ('replaced' as const) : late ? ('late' as const) : ('sealed' as const) }));
}

export function when(iso: string, timeZone: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? `« ${iso} »` : preciseFrench(at, timeZone);
}
