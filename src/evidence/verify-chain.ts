import { canonical } from '../platform/canonical.js';
import { instantOf } from '../platform/dates.js';
import { GENESIS } from '../platform/journal-entry.js';
import { sha256 } from '../platform/random.js';
import type { DossierConsultation, DossierDeadline, DossierLine, Manifest } from './dossier.js';
import type { Say } from './verify-reader.js';

/** Hash of a line, from its texts: a date that reads otherwise would be another line. */
export function hashOf({ hash: _, ...content }: DossierLine): string {
  return sha256(canonical(content));
}

/** Numbers without a hole and in order, each line bound to the one before, each hash right, and the end where the manifest says. */
export function checkChain(lines: readonly DossierLine[], consultationId: string, announced: Manifest['journal'], say: Say) {
  const numbers = lines.map((one) => one.seq);
  const known = new Set(numbers);
  for (let seq = 1; seq <= Math.max(0, ...numbers, announced?.lines ?? 0); seq += 1) if (!known.has(seq)) say(`Journal : la ligne ${seq} manque.`);
  if (known.size < numbers.length) say('Journal : un même numéro de ligne figure deux fois.');
  const misplaced = numbers.findIndex((seq, index) => index > 0 && seq < (numbers[index - 1] ?? 0));
  if (misplaced >= 0) say(`Journal : les lignes ne sont pas dans leur ordre ; la ligne ${numbers[misplaced]} vient après la ligne ${numbers[misplaced - 1]}.`);
  let previous: { seq: number; hash: string } = { seq: 0, hash: GENESIS };
  for (const line of lines) {
    if (line.chain !== consultationId) say(`Journal : la ligne ${line.seq} est celle d’une autre consultation.`);
    if (hashOf(line) !== line.hash) say(`Journal : la ligne ${line.seq} (${line.act}) a été modifiée, son empreinte ne correspond plus à son contenu.`);
    if (line.seq === previous.seq + 1 && line.previous !== previous.hash) say(`Journal : la ligne ${line.seq} n’est pas liée à la ligne ${previous.seq}.`);
    previous = line;
  }
  if (announced && previous.hash !== announced.head) say('Journal : la dernière ligne n’est pas celle que le manifeste annonce ; la fin manque, ou a été remplacée.');
}

const detail = (line: DossierLine, name: string): unknown => (Object(line.details) as Record<string, unknown>)[name];

/** « Seulement vers plus tard, et avant la date actuelle » (R2151-4); one exception, the rule announced at the launch. @param journal null before the opening */
export function checkDeadlines(versions: readonly DossierDeadline[], call: DossierConsultation, journal: readonly DossierLine[] | null, say: Say) {
  if (versions.length === 0) say('Dates limites : la suite est vide.');
  for (const [index, version] of versions.entries()) {
    const before = versions[index - 1];
    if (version.number !== index + 1) say(`Dates limites : la version ${index + 1} manque, ou n’est pas à sa place.`);
    if (instant(version) !== version.deadline) say(`Dates limites : la version ${version.number} ne correspond pas à son heure légale (${version.local}, ${version.timeZone}).`);
    if (before && !(version.deadline > before.deadline)) say(`Dates limites : la version ${version.number} n’est pas plus tardive que la précédente.`);
    if (journal) checkMove(version, before, call, journal, say);
    else if (before && version.setAt >= before.deadline && !call.outageRule) say(tooLate(version));
  }
  if (!journal) return;
  const moves = journal.filter((line) => isMove(line)).length;
  if (moves > versions.length - 1) say(`Dates limites : le journal inscrit ${moves} report(s), la suite n’en compte que ${versions.length - 1}.`);
}

const isMove = (line: DossierLine) => line.outcome === 'done' && (line.act === 'consultation.extend' || (line.act === 'consultation.outage' && detail(line, 'to') !== undefined));
const tooLate = (version: DossierDeadline) => `Dates limites : la version ${version.number} a été décidée après la date qu’elle remplace.`;

function checkMove(version: DossierDeadline, before: DossierDeadline | undefined, call: DossierConsultation, journal: readonly DossierLine[], say: Say) {
  if (!before) {
    const launch = journal.find((line) => detail(line, 'deadlineVersion') === 1 && detail(line, 'deadline') !== undefined && !isMove(line));
    if (!launch) say('Dates limites : le journal n’inscrit pas la date annoncée au lancement.');
    else if (detail(launch, 'deadline') !== version.deadline) say('Dates limites : la première n’est pas celle que le journal inscrit au lancement.');
    return;
  }
  const line = journal.find((one) => isMove(one) && one.instant === version.setAt && detail(one, 'to') === version.local && detail(one, 'from') === before.local);
  if (!line) say(`Dates limites : la version ${version.number} (${version.local}) n’est pas inscrite au journal comme un report de ${before.local}.`);
  const byRule = line?.act === 'consultation.outage' && call.outageRule !== null;
  if (version.setAt >= before.deadline && !byRule) say(tooLate(version));
}

function instant({ local, timeZone }: DossierDeadline): string | null {
  try {
    return instantOf(local, timeZone).toISOString();
  } catch {
    return null;
  }
}
