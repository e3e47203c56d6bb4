import { showConsultation } from '../consultations/consultation.view.js';
import { preciseFrench } from '../platform/dates.js';
import { paragraphsOf } from '../platform/typed.js';
import { decisionInFrench, statusWords } from './bid-documents.js';
import type { Delivery } from './delivery.js';
import { GROUNDS, latenessInFrench } from './late-decision.js';
import { type LateBid, type LateBidsService, WATCHED_HOURS } from './late.service.js';

type Found = Awaited<ReturnType<LateBidsService['list']>>;

/** Who, when, by how much; whether its sending had begun, and whether a copy is held. Nothing of what is in it. */
export function showLateBids({ consultation, bids, minutesDown, decides }: Found) {
  const shown = bids.map(({ bid, copies }) => showLateBid(bid, copies, consultation));
  return {
    consultation: showConsultation(consultation, consultation.openedAt ?? consultation.deadline),
    toDecide: shown.filter((one) => !one.decision),
    decided: shown.filter((one) => one.decision),
    platform: platformSentence(minutesDown),
    can: { decide: decides },
  };
}

export function showLateCase({ consultation, bid, copies, minutesDown, decides }: Awaited<ReturnType<LateBidsService['find']>>) {
  const shown = showLateBid(bid, copies, consultation);
  return {
    consultation: showConsultation(consultation, consultation.openedAt ?? consultation.deadline),
    bid: shown,
    platform: platformSentence(minutesDown),
    suggested: suggestedReasons(bid, consultation.timeZone, minutesDown),
    grounds: Object.entries(GROUNDS)
      .filter(([value]) => (value === 'found') === !bid.late)
      .map(([value, { label, article, hint }]) => ({ value, label: `${label} (${article})`, hint })),
    can: { decide: decides && !shown.decision, eliminate: decides && !shown.decision && bid.late },
  };
}

function showLateBid(bid: LateBid, copies: Delivery[], consultation: { id: string; timeZone: string }) {
  const { decision, letter } = bid;
  const base = `/consultations/${consultation.id}`;
  return {
    id: bid.id,
    operator: bid.organisation.name,
    receivedAt: bid.receivedAt,
    deadline: bid.deadline,
    deadlineVersion: bid.deadlineVersion,
    lateness: bid.late ? latenessInFrench(bid.receivedAt.getTime() - bid.deadline.getTime()) : 'arrivé à temps, enregistré après l’ouverture',
    onPaper: bid.deliveryId !== null,
    startedAt: bid.startedAt,
    begunBefore: bid.startedAt !== null && bid.startedAt < bid.deadline,
    copies: copies.map((one) => ({ receivedAt: one.receivedAt, recordedAt: one.recordedAt, inTime: !one.late, held: one.idle })),
    words: statusWords(bid),
    decision: decision
      ? {
          outcome: decision.outcome,
          sentence: decisionInFrench(decision, bid.decider?.name ?? '', consultation.timeZone),
          reasons: paragraphsOf(decision.reasons),
          session: decision.session,
          sessionHref: decision.session ? `${base}/ouverture/${decision.session}` : null,
          letterHref: letter ? `${base}/hors-delai/${bid.id}/lettre.pdf` : null,
          letter: letter ? { chrono: letter.chrono, printed: letter.fileId !== null, sentAt: letter.sentAt } : null,
        }
      : null,
    href: `${base}/hors-delai/${bid.id}`,
  };
}

const platformSentence = (minutes: number | null) =>
  minutes === null
    ? `Aucun signe de vie de la plateforme n’est conservé pour les ${WATCHED_HOURS} heures qui précèdent la date limite : son fonctionnement reste à établir.`
    : minutes === 0
      ? `La plateforme a donné des signes de vie sans interruption dans les ${WATCHED_HOURS} heures qui précèdent la date limite.`
      : `La plateforme a été en panne ${minutes} minute${minutes > 1 ? 's' : ''} dans les ${WATCHED_HOURS} heures qui précèdent la date limite.`;

/** Facts to start from; the signatory writes over them. */
function suggestedReasons(bid: LateBid, timeZone: string, minutes: number | null): string {
  const begun = bid.startedAt ? `L’envoi des fichiers avait commencé le ${preciseFrench(bid.startedAt, timeZone)}.` : '';
  const arrived = `Le pli est parvenu le ${preciseFrench(bid.receivedAt, timeZone)}, ${latenessInFrench(bid.receivedAt.getTime() - bid.deadline.getTime())}.`;
  return [arrived, begun, minutes === null ? '' : platformSentence(minutes)].filter(Boolean).join('\n\n');
}
