import { uploadFaultInFrench } from '../bids/upload-log.js';
import { INCIDENT_KINDS, type IncidentKind, LOOKED_BACK_HOURS } from '../consultations/incident.js';
import { frenchHour, inFrench, preciseFrench } from '../platform/dates.js';
import { frenchBytes, frenchNumber } from '../platform/templates.js';
import type { Facts, HttpCount, Revealed, Span } from './facts.js';
import { HTTP_FAULTS, type HttpFault } from './minute-record.js';
import { faultInFrench } from './self-test.js';

// The sentences of an attestation, one finding after the other; the same on the page and on paper.

export interface Wording {
  label: string;
  text: string;
  items: string[];
}

const LISTED = 40;
const HOUR_MS = 3_600_000;
const plural = (n: number, one: string, many: string) => `${frenchNumber(n)}\u00a0${n > 1 ? many : one}`;
const secondsOf = ({ from, to }: Span) => Math.round((Date.parse(to) - Date.parse(from)) / 1000);

/** « 12 min 30 s » */
export function duration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const parts = [hours && `${hours}\u00a0h`, minutes && `${minutes}\u00a0min`, rest && `${rest}\u00a0s`].filter(Boolean);
  return parts.join(' ') || '0\u00a0s';
}

/** One sentence first: what a court wants to know. */
export function conclusionOf(facts: Facts): string {
  const { signs, minutes, selfTests } = facts;
  if (signs.count === 0 || minutes.recorded === 0) return 'Aucune mesure n’a été faite pendant cette période : cette attestation ne prouve pas le fonctionnement de la plateforme.';
  const late = lastHours(facts);
  const faults = [
    signs.silences.length > 0 && `${plural(signs.silences.length, 'interruption', 'interruptions')}, ${duration(signs.silentSeconds)} en tout`,
    selfTests.failed > 0 && plural(selfTests.failed, 'dépôt d’essai en échec', 'dépôts d’essai en échec'),
  ].filter((one) => one !== false);
  if (faults.length === 0) return 'La plateforme a fonctionné sans interruption constatée pendant toute la période.';
  const end = facts.period.closed ? 'avant la date limite' : 'de la période';
  return `La plateforme a fonctionné, sauf : ${faults.join(' ; ')}. Dans les ${LOOKED_BACK_HOURS} dernières heures ${end} : ${late === 0 ? 'aucune interruption' : duration(late)}.`;
}

/** Seconds of silence in the last hours of the period. */
function lastHours({ signs, period }: Facts): number {
  const start = Date.parse(period.to) - LOOKED_BACK_HOURS * HOUR_MS;
  return signs.silences.reduce((sum, one) => sum + Math.max(0, Math.round((Date.parse(one.to) - Math.max(Date.parse(one.from), start)) / 1000)), 0);
}

export function findingsOf(facts: Facts): Wording[] {
  return [...always(facts), ...(facts.revealed ? afterOpening(facts, facts.revealed) : [])];
}

function always({ signs, minutes, selfTests, clocks, incidents, problems, consultation: { timeZone } }: Facts): Wording[] {
  const precise = (at: string) => preciseFrench(new Date(at), timeZone);
  const span = (one: Span) => `du ${precise(one.from)} au ${precise(one.to)} (${duration(secondsOf(one))})`;
  const jumps = signs.demonstrationJumps.map((one) => `Horloge de la démonstration avancée ${span(one)} : ce temps n’a pas été vécu, il n’est compté ni comme marche ni comme arrêt.`);
  return [
    {
      label: 'Signes de vie',
      text: `Un signe de vie toutes les ${signs.everySeconds} secondes, ${plural(signs.count, 'signe enregistré', 'signes enregistrés')}. ${signs.silences.length === 0 ? 'Aucune interruption de plus de 90 secondes.' : `${plural(signs.silences.length, 'interruption', 'interruptions')} de plus de 90 secondes :`}`,
      items: [...listed(signs.silences.map(span)), ...jumps],
    },
    {
      label: 'Dépôts d’essai',
      text: `Chaque minute, un fichier d’essai est scellé, écrit durablement, relu, ouvert, comparé, puis supprimé, sans toucher à aucune consultation. ${plural(selfTests.done, 'essai', 'essais')} pour ${plural(minutes.expected, 'minute', 'minutes')}, ${selfTests.failed === 0 ? (selfTests.done > 0 ? 'tous réussis.' : 'aucun.') : `dont ${plural(selfTests.failed, 'échec', 'échecs')} :`}`,
      items: listed(selfTests.failures.map((one) => `${span(one)} : ${one.faults.map((fault) => faultInFrench(fault)).join(', ')}`)),
    },
    {
      label: 'Horloges',
      text: `Chaque minute, l’horloge de la machine est comparée à un compte de millisecondes que personne ne peut régler${clocks.ofDatabase === 'own' ? ', et à l’horloge de la base de données' : ' (la base de données est sur la même machine et n’a pas d’horloge à elle)'}. ${clocks.withinOneSecond ? 'L’écart n’a jamais dépassé une seconde.' : 'L’écart a dépassé une seconde à ces instants :'}`,
      items: listed(clocks.beyond.map(precise)),
    },
    {
      label: 'Incidents constatés pendant la consultation',
      text: incidents.length === 0 ? 'Aucun incident n’a atteint le seuil de dix minutes perdues en huit heures.' : `${plural(incidents.length, 'incident', 'incidents')} :`,
      items: listed(incidents.map((one) => `${span(one)} : ${INCIDENT_KINDS[one.kind as IncidentKind] ?? one.kind} ; constaté le ${precise(one.noticedAt)}`)),
    },
    {
      label: 'Problèmes signalés à l’assistance',
      text: problems.length === 0 ? 'Aucun signalement ne concerne cette consultation.' : `${plural(problems.length, 'signalement', 'signalements')} :`,
      items: listed(problems.map((one) => `${one.number}, reçu le ${precise(one.at)}`)),
    },
  ];
}

function afterOpening({ consultation: { timeZone } }: Facts, { uploads, http, machine }: Revealed): Wording[] {
  const precise = (at: string) => preciseFrench(new Date(at), timeZone);
  const found: Wording[] = [
    {
      label: 'Envois de fichiers',
      text: `${plural(uploads.started, 'envoi commencé', 'envois commencés')}, ${plural(uploads.finished, 'reçu en entier', 'reçus en entier')}, ${uploads.unfinished === 0 ? 'aucun n’est resté inachevé' : plural(uploads.unfinished, 'resté inachevé', 'restés inachevés')}. ${uploads.failed === 0 ? 'Aucun échec.' : `${plural(uploads.failed, 'échec', 'échecs')} :`}`,
      items: listed(
        uploads.failures.map((one) => `${precise(one.at)}, ${one.organisation || 'organisation non identifiée'}${one.draft ? `, brouillon ${one.draft.slice(0, 8)}` : ''} : ${uploadFaultInFrench(one.code)}`),
        uploads.failed,
      ),
    },
    { label: 'Réponses en erreur sur les pages de la consultation', ...counted(http.own, timeZone) },
    { label: 'Réponses en erreur sur le reste de la plateforme', ...counted(http.others, timeZone) },
  ];
  if (machine) {
    found.push({
      label: 'Machine',
      text: `Relevés jusqu’au ${precise(machine.until)}. Place libre au plus bas : ${machine.leastFreeBytes === null ? 'non mesurée' : frenchBytes(machine.leastFreeBytes)}. Travaux en attente au plus haut : ${frenchNumber(machine.mostQueued)}. Dépôt d’essai le plus long : ${frenchNumber(machine.slowestSelfTestMs)}\u00a0ms. Écart d’horloge le plus grand : ${frenchNumber(Math.max(machine.greatestOffsetMs, machine.greatestDriftMs))}\u00a0ms.`,
      items: [],
    });
  }
  return found;
}

function counted(rows: readonly HttpCount[], timeZone: string): Omit<Wording, 'label'> {
  const total = rows.reduce((sum, one) => sum + one.times, 0);
  return {
    text: total === 0 ? 'Aucune.' : `${plural(total, 'réponse', 'réponses')}, par minute :`,
    items: listed(rows.map((one) => `${inFrench(new Date(one.minute), timeZone)} : ${one.times} × ${HTTP_FAULTS[one.kind as HttpFault] ?? one.kind}`)),
  };
}

/** What is kept back, and why: an attestation that hid something without saying so would prove less. */
export function hiddenIn({ revealed, consultation: { timeZone } }: Facts): string[] {
  if (!revealed) return ['Les plis ne sont pas ouverts : envois de fichiers, réponses en erreur, place sur le disque, travaux en attente et durées sont tus, parce qu’un dépôt les ferait varier. Une attestation établie après l’ouverture les donne.'];
  if (!revealed.hiddenFrom) return [];
  return [`À partir du ${preciseFrench(new Date(revealed.hiddenFrom), timeZone)}, une autre consultation, encore scellée, était ouverte sur la même machine : les chiffres communs sont tus depuis cet instant.`];
}

export interface Strip {
  label: string;
  ticks: string[];
  cells: { state: 'up' | 'down' | 'jump' | 'none' }[];
}

const SLICE_MS = 10 * 60_000;

/** The last eight hours, ten minutes a box. */
export function stripOf({ signs, period, consultation: { timeZone } }: Facts): Strip {
  const end = Date.parse(period.to);
  const count = (LOOKED_BACK_HOURS * HOUR_MS) / SLICE_MS;
  const touches = (spans: readonly Span[], from: number) => spans.some((one) => Date.parse(one.from) < from + SLICE_MS && Date.parse(one.to) > from);
  const cells = Array.from({ length: count }, (_, index) => {
    const from = end - (count - index) * SLICE_MS;
    if (from + SLICE_MS <= Date.parse(period.from)) return { state: 'none' as const };
    if (touches(signs.silences, from)) return { state: 'down' as const };
    return { state: touches(signs.demonstrationJumps, from) ? ('jump' as const) : ('up' as const) };
  });
  const down = cells.filter((one) => one.state === 'down').length;
  return {
    label: `Les ${LOOKED_BACK_HOURS} dernières heures, dix minutes par case : ${down === 0 ? 'aucune case avec interruption' : plural(down, 'case avec interruption, noircie', 'cases avec interruption, noircies')}.`,
    ticks: [0, 2, 4, 6, 8].map((hour) => frenchHour(new Date(end - (LOOKED_BACK_HOURS - hour) * HOUR_MS), timeZone)),
    cells,
  };
}

function listed(items: string[], total = items.length): string[] {
  const left = total - Math.min(items.length, LISTED);
  return left > 0 ? [...items.slice(0, LISTED), `et ${plural(left, 'autre', 'autres')}, dans le dossier de preuve.`] : items;
}
