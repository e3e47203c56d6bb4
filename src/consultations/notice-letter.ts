import { deadlineInFrench, zoneSentence } from './call-words.js';
import type { Consultation } from './consultation.js';
import { frameOf, type Signed } from '../letters/frame.js';
import type { NoticeData, PublishedAnswer, Signature } from '../letters/letter-data.js';
import type { Authority } from '../people/people.js';
import { instantOf, stampDate } from '../platform/dates.js';
import type { NoticeKind } from './exchange.js';

/** What the notice is about, after « Objet : ». */
const SUBJECTS: Record<NoticeKind, string> = {
  answers: 'réponses aux questions',
  documents: 'documents de la consultation modifiés',
  deadline: 'report de la date limite',
  outage: 'report de la date limite après une panne',
  rectification: 'avis rectificatif',
  ended: 'consultation terminée sans attribution',
};

/** The general rule of the code de justice administrative; which court is written by place, and the buyer's is known to all. */
const REMEDIES =
  'Cette décision peut être contestée devant le tribunal administratif dans le ressort duquel se trouve l’acheteur, dans les deux mois qui suivent sa notification (art. R. 421-1 du code de justice administrative). Elle peut aussi faire l’objet, dans le même délai, d’un recours gracieux auprès de l’acheteur.';

export interface NoticeFacts {
  consultation: Consultation;
  authority: Authority;
  demo: boolean;
  kind: NoticeKind;
  at: Date;
  paragraphs: string[];
  answers?: PublishedAnswer[];
  oldLocalDeadline?: string;
  significant: boolean;
  effect?: string;
  /** Under a delegation; otherwise the agent whose act it is, by name and quality (art. L. 212-1 of the CRPA). */
  signed: Signed | null;
  author: Signature;
  /** Zones of those who are told. */
  readers?: (string | null)[];
  /** One organisation, or everybody at once. */
  addressee?: string[];
}

/** D4, D5 and D22, as a letter of the buyer. */
export function noticeLetter(facts: NoticeFacts): NoticeData {
  const { consultation, authority, kind, at, oldLocalDeadline, signed } = facts;
  const moved = oldLocalDeadline !== undefined;
  const frame = frameOf({
    authority, contact: consultation.contact, demo: facts.demo, signed, attachments: [],
    subject: `${SUBJECTS[kind]} – ${consultation.title}`,
    addressee: { mode: 'single', lines: facts.addressee ?? ['Organisations invitées', 'à la consultation'] },
  });
  return {
    frame: signed ? frame : { ...frame, date: stampDate(at, authority.timeZone), signature: facts.author },
    consultation: consultation.title,
    reference: consultation.reference,
    paragraphs: facts.paragraphs,
    answers: facts.answers ?? [],
    oldDeadline: moved ? deadlineInFrench({ deadline: instantOf(oldLocalDeadline, consultation.timeZone), timeZone: consultation.timeZone }, authority) : undefined,
    newDeadline: moved ? deadlineInFrench(consultation, authority) : undefined,
    zoneSentence: moved ? zoneSentence(consultation, authority, facts.readers) : undefined,
    effect: facts.effect ?? effectOf(moved, facts.significant),
    remedies: kind === 'ended' ? REMEDIES : undefined,
  };
}

/** What becomes of bids already filed (R2151-4, R2151-6). */
function effectOf(moved: boolean, significant: boolean): string {
  if (significant) return 'Ce changement est important : chaque organisation qui a déjà déposé un pli est invitée à le confirmer ou à le remplacer. Sans réponse, il reste valable.';
  if (moved) return 'Les plis déjà déposés restent valables ; chacun peut être remplacé ou retiré jusqu’à la nouvelle date limite.';
  return 'Les plis déjà déposés restent valables.';
}
