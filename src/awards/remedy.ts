import { Entity, Index } from 'typeorm';
import { Id, Instant, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Day, dayInFrench } from '../platform/working-days.js';

/** Recours of domain.md 2.12. `blocks`: nothing is signed while it is pending (L551-4 CJA). */
export const REMEDIES = {
  precontractual: { label: 'Référé précontractuel', article: 'L. 551-1 du code de justice administrative', blocks: true },
  contractual: { label: 'Référé contractuel', article: 'L. 551-13 du code de justice administrative', blocks: false },
  validity: { label: 'Recours en contestation de la validité du contrat', article: 'CE, 4 avril 2014, n° 358994', blocks: false },
  'ultra-vires': { label: 'Recours pour excès de pouvoir', article: 'R. 421-1 du code de justice administrative', blocks: false },
} as const;
export type RemedyKind = keyof typeof REMEDIES;

export const OUTCOMES = { rejected: 'Rejet', withdrawn: 'Désistement', granted: 'Annulation ou injonction' } as const;
export type RemedyOutcome = keyof typeof OUTCOMES;
/** Where an order sends the procedure back to. */
export const STEPS = { analysis: 'l’analyse des offres', award: 'l’attribution' } as const;
export type Step = keyof typeof STEPS;

/** Recours against the procedure or the contract, as the buyer records it. */
@Entity('remedy')
@Index('remedy_consultation', ['consultationId', 'filedOn'])
export class Remedy {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Text() kind!: RemedyKind;
  @Text() court!: string;
  @Text() number!: string;
  /** Who asks. */
  @Text() applicant!: string;
  @Text() filedOn!: Day;
  @Ref() recordedById!: string;
  @Instant() recordedAt!: Date;
  @Text(true) outcome: RemedyOutcome | null = null;
  @Text(true) outcomeOn: Day | null = null;
  /** What the judge decided, in a few words. */
  @Text(true) ruling: string | null = null;
  @Text(true) sentBackTo: Step | null = null;
  @Ref(true) closedById: string | null = null;
  @Instant(true) closedAt: Date | null = null;

  get blocks() {
    return this.outcome === null && REMEDIES[this.kind].blocks;
  }

  close({ outcome, on, ruling, sentBackTo }: { outcome: RemedyOutcome; on: Day; ruling: string; sentBackTo: Step | null }, byId: string, today: Day, now: Date) {
    if (this.outcome !== null) throw new Refused('closed', 'L’issue de ce recours est déjà enregistrée.');
    if (on < this.filedOn) throw Invalid.field('on', `La décision ne précède pas la requête, du ${dayInFrench(this.filedOn)}.`);
    if (on > today) throw Invalid.field('on', 'Cette date est à venir.');
    if (sentBackTo && outcome !== 'granted') throw Invalid.field('sentBackTo', 'Seule une annulation ou une injonction renvoie la procédure à une étape.');
    if (outcome === 'granted' && ruling.length < 10) throw Invalid.field('ruling', 'Écrivez ce que le juge ordonne, en une phrase au moins.');
    Object.assign(this, { outcome, outcomeOn: on, ruling: ruling || null, sentBackTo, closedById: byId, closedAt: now });
  }
}
