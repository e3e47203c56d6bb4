import { SILENCE_MS } from '../consultations/outage.js';
import { canonical } from '../platform/canonical.js';
import { sha256 } from '../platform/random.js';
import { type DossierBid, type DossierConsultation, type DossierDeadline, type DossierLine, type DossierOpening, NAMES } from './dossier.js';
import type { SignedStatement } from './facts.js';
import { when } from './verify-bids.js';
import { hashOf } from './verify-chain.js';
import type { Reader, Say } from './verify-reader.js';
import { checkStatement } from './verify-seal.js';

const MINUTE_MS = 60_000;
const of = (line: DossierLine, name: string) => (Object(line.details) as Record<string, unknown>)[name];
const doneBy = (journal: readonly DossierLine[], act: string) => journal.filter((line) => line.act === act && line.outcome === 'done');

/** Not before the deadline and its delay (R2162-10, 3°), by enough distinct persons who had been named, once. */
export function checkOpening(call: DossierConsultation, deadlines: readonly DossierDeadline[], opening: DossierOpening, bids: readonly DossierBid[], journal: readonly DossierLine[], say: Say) {
  const lines = doneBy(journal, 'consultation.open');
  const [open] = lines;
  if (!open || lines.length > 1) return say(open ? 'Ouverture : le journal en inscrit plusieurs.' : 'Ouverture : le journal ne l’inscrit pas.');
  if (call.openedAt !== open.instant || opening.releasedAt !== open.instant) say('Ouverture : son instant n’est pas celui du journal.');
  const last = deadlines.at(-1);
  const opensAt = new Date(Date.parse(last?.deadline ?? '') + call.openingDelayMinutes * MINUTE_MS).toISOString();
  if (open.instant < opensAt) say(`Ouverture : faite le ${when(open.instant, call.timeZone)}, avant la date limite et son délai (${when(opensAt, call.timeZone)}).`);
  if (opening.quorum !== call.quorum || call.quorum < 1) say('Ouverture : le quorum appliqué n’est pas celui de la consultation.');
  const present = doneBy(journal, 'opening.confirm').filter((line) => line.seq < open.seq && line.instant >= opensAt);
  const persons = new Set(present.map((line) => line.actor).filter((actor) => opening.named.includes(actor)));
  if (persons.size < call.quorum) say(`Ouverture : ${persons.size} personne(s) désignée(s) ont confirmé leur présence, ${call.quorum} étaient requises.`);
  const known = [...opening.named, ...(opening.formerly ?? [])];
  for (const line of present) if (!known.includes(line.actor)) say(`Ouverture : une personne qui n’était pas désignée a confirmé (ligne ${line.seq} du journal).`);
  if (!opening.named.includes(open.actor)) say('Ouverture : faite par une personne qui n’était pas désignée.');
  for (const one of opening.confirmations) if (!present.some((line) => line.actor === one.person && line.instant === one.at)) say(`Ouverture : la présence confirmée le ${when(one.at, call.timeZone)} n’est pas inscrite au journal.`);
  const read = bids.filter((one) => one.openedAt !== null);
  const together = read.filter((one) => (one.session ?? 1) === 1);
  if (together.length !== of(open, 'opened')) say(`Ouverture : le journal inscrit ${String(of(open, 'opened'))} plis ouverts, la liste en compte ${together.length}.`);
  for (const bid of together) if (bid.openedAt !== open.instant) say(`Pli ${bid.id} : ouvert à un autre instant que les autres.`);
  // What was admitted after the opening is opened in a session of its own (sealing.md 1.4).
  const sessions = doneBy(journal, 'session.open');
  for (const bid of read) if ((bid.session ?? 1) > 1 && !sessions.some((line) => of(line, 'session') === bid.session && line.instant === bid.openedAt)) say(`Pli ${bid.id} : ouvert dans une séance supplémentaire que le journal n’inscrit pas à cet instant.`);
  for (const bid of bids) if (bid.status === 'sealed') say(`Pli ${bid.id} : reçu en temps utile, il n’a pas été ouvert avec les autres.`);
  for (const line of doneBy(journal, 'bid.deposit')) if (line.seq > open.seq) say(`Journal : un dépôt (ligne ${line.seq}) suit l’ouverture.`);
}

/** The minutes and the register are those whose hashes entered the journal when they were drawn up. */
export function checkDocuments(reader: Reader, journal: readonly DossierLine[], say: Say) {
  // Those of a supplementary session may come first: the opening's wait until each envelope is scanned.
  const line = doneBy(journal, 'opening.minutes').find((one) => (of(one, 'session') ?? 1) === 1);
  for (const [name, field] of [[NAMES.openingMinutes, 'minutes'], [NAMES.register, 'register']] as const) {
    const pdf = reader.files.get(name);
    if (line && !pdf) say(`Le fichier « ${name} » manque.`);
    if (pdf && sha256(pdf) !== (line && of(line, field))) say(`Le fichier « ${name} » n’est pas celui dont le journal inscrit l’empreinte.`);
  }
}

/** @param journal null before the opening */
export function checkAttestations(reader: Reader, consultationId: string, key: string | null, journal: readonly DossierLine[] | null, say: Say) {
  const made = journal ? doneBy(journal, 'attestation.made') : [];
  const seen: number[] = [];
  for (const { name } of reader.in('attestations').filter((one) => one.name.endsWith('.json'))) {
    const text = reader.text(name);
    const pdf = reader.files.get(name.replace(/\.json$/, '.pdf'));
    const statement = checkStatement(text, pdf, key, say, `L’attestation « ${name} »`);
    if (!pdf) say(`Le PDF de « ${name} » manque.`);
    if (!statement) continue;
    const { attestation } = statement;
    seen.push(attestation.number);
    if (attestation.consultation.id !== consultationId) say(`L’attestation « ${name} » est celle d’une autre consultation.`);
    if (!journal) continue;
    const line = made.find((one) => of(one, 'number') === attestation.number);
    if (!line || of(line, 'statement') !== sha256(text)) say(`L’attestation « ${name} » n’est pas celle que le journal inscrit.`);
    const head = attestation.revealed?.journal.head;
    if (head && !journal.some((one) => one.hash === head)) say(`L’attestation « ${name} » cite une ligne du journal qui n’y est plus.`);
    checkSilences(reader, statement, name, say);
  }
  for (const line of made) if (!seen.includes(of(line, 'number') as number)) say(`L’attestation n° ${String(of(line, 'number'))}, inscrite au journal, manque.`);
}

interface Sign {
  legalAt: string;
  legalSinceMs: number | null;
  machineSinceMs: number | null;
}

/** Interruptions are computed again from the signs of life: one that the attestation does not say is a fault. */
function checkSilences(reader: Reader, { attestation }: SignedStatement, name: string, say: Say) {
  const { period, drawnUpAt, signs } = attestation;
  for (const { legalAt, legalSinceMs, machineSinceMs } of reader.lines<Sign>(NAMES.signs)) {
    if (machineSinceMs === null || machineSinceMs <= SILENCE_MS || legalAt > drawnUpAt) continue;
    const began = Date.parse(legalAt) - (legalSinceMs ?? 0);
    const from = new Date(Math.max(began, Date.parse(period.from))).toISOString();
    const to = new Date(Math.min(began + machineSinceMs, Date.parse(period.to))).toISOString();
    if (from < to && !signs.silences.some((one) => one.from === from && one.to === to)) say(`L’attestation « ${name} » tait une interruption du ${from} au ${to}.`);
  }
}

/** Measures and uploads keep the hash that the platform's chain holds. Masked ones have nothing to compute it from. */
export function checkMeasures(reader: Reader, say: Say) {
  for (const [index, row] of reader.lines<Record<string, unknown>>(NAMES.minutes).entries()) {
    const { hash, ...content } = row;
    if ('freeBytes' in content && sha256(canonical(content)) !== hash) say(`Relevés : la ligne ${index + 1} a été modifiée.`);
  }
  for (const line of reader.lines<DossierLine>(NAMES.uploads)) if (hashOf(line) !== line.hash) say(`Envois : la ligne ${line.seq} du journal de la plateforme a été modifiée.`);
}
