import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import type { Bid } from './bid.js';

/** Why a late bid may be admitted all the same. The rule is elimination (R2151-5). */
export const GROUNDS = {
  platform: { label: 'La plateforme est en cause', article: 'CE, 23 septembre 2021, n° 449250', hint: 'Le retard ne vient ni de l’équipement ni d’une négligence du candidat, et le bon fonctionnement de la plateforme n’est pas établi.' },
  'court-order': { label: 'Une décision de justice l’ordonne', article: 'décision du juge', hint: 'Donnez la juridiction, le numéro et la date.' },
  found: { label: 'Le pli était arrivé à temps', article: 'R. 2151-5', hint: 'Remis avant la date limite, il n’a été enregistré qu’après l’ouverture : écrivez ce qui prouve l’heure de sa réception.' },
  'backup-copy': { label: 'Une copie de sauvegarde est arrivée à temps', article: 'R. 2132-11 ; annexe 6, art. 2, II', hint: 'La transmission électronique avait commencé avant la clôture. C’est la copie qui est ouverte ; le pli électronique reste scellé.' },
} as const;
export type Ground = keyof typeof GROUNDS;

/** Décision sur un pli hors délai: one per bid, for ever; a correction would be a decision of a court. */
@Entity('late_decision')
@Index('late_decision_of', ['consultationId'])
export class LateDecision {
  /** The bid's. */
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Text() outcome!: 'eliminated' | 'admitted';
  @Text(true) ground: Ground | null = null;
  @Text() reasons!: string;
  /** Court, number and date of the order. */
  @Text(true) reference: string | null = null;
  @Ref() decidedById!: string;
  @Instant() decidedAt!: Date;
  /** « Hors délai », signed with the decision. */
  @Ref(true) letterId: string | null = null;
  /** Supplementary session that opens it. */
  @Int(true) session: number | null = null;
  /** Backup copy opened in its place. */
  @Ref(true) deliveryId: string | null = null;
}

export interface AdmissionCase {
  ground: Ground;
  reference: string;
  bid: Pick<Bid, 'startedAt' | 'late'>;
  /** The candidate's backup copy, when one is held. */
  copy: { receivedAt: Date } | null;
  deadline: Date;
}

/**
 * The guards of each ground. Instants are compared strictly, as for the bids themselves (decisions.md 2).
 * @throws Invalid on the field that lacks; Refused when the ground does not hold
 */
export function checkAdmission({ ground, reference, bid, copy, deadline }: AdmissionCase) {
  if (ground === 'found' && bid.late) throw new Refused('late', 'Ce pli est arrivé après la date limite.');
  if (ground !== 'found' && !bid.late) throw new Refused('in-time', 'Ce pli est arrivé avant la date limite : choisissez ce motif.');
  if (ground === 'court-order' && reference === '') throw Invalid.field('reference', 'Donnez la juridiction, le numéro et la date de la décision.');
  if (ground !== 'backup-copy') return;
  if (!copy) throw new Refused('no-copy', 'Aucune copie de sauvegarde de ce candidat n’est enregistrée.');
  if (copy.receivedAt >= deadline) throw new Refused('copy-late', 'La copie de sauvegarde est arrivée après la date limite : elle ne peut pas être ouverte (annexe 6 du code de la commande publique, art. 2, I).');
  if (!bid.startedAt || bid.startedAt >= deadline) {
    throw new Refused('not-begun', 'La transmission du pli électronique n’avait pas commencé avant la clôture : la copie de sauvegarde ne peut pas être ouverte (annexe 6 du code de la commande publique, art. 2, II).');
  }
}

/** « 200 millisecondes », « 2 minutes et 3 secondes » : how long after the limit. */
export function latenessInFrench(ms: number): string {
  if (ms <= 0) return 'à l’instant même de la date limite';
  if (ms < 1000) return `${ms}\u00a0milliseconde${ms > 1 ? 's' : ''} après la date limite`;
  const units = [[86_400_000, 'jour'], [3_600_000, 'heure'], [60_000, 'minute'], [1000, 'seconde']] as const;
  let left = ms;
  const parts = units.flatMap(([size, name]) => {
    const n = Math.floor(left / size);
    left -= n * size;
    return n > 0 ? [`${n}\u00a0${name}${n > 1 ? 's' : ''}`] : [];
  });
  return `${parts.slice(0, 2).join(' et ')} après la date limite`;
}
