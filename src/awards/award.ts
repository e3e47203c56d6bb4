import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import { type Day, dayInFrench } from '../platform/working-days.js';
import { signableFrom, type Procedure, type Standstill } from './standstill.js';

export type AwardStatus = 'proposed' | 'asked' | 'certified' | 'decided' | 'informed' | 'withdrawn' | 'reversed';

/** Standstill, signable and blocked are no states: they depend on the clock and on remedies. */
export const AWARD_MOVES = {
  ask: { from: ['proposed'], to: 'asked' },
  certify: { from: ['proposed', 'asked'], to: 'certified' },
  /** R2144-7: the intended winner fails to prove, the next in rank takes its place. */
  pass: { from: ['proposed', 'asked', 'certified'], to: 'proposed' },
  decide: { from: ['certified'], to: 'decided' },
  inform: { from: ['decided'], to: 'informed' },
  withdraw: { from: ['proposed', 'asked', 'certified'], to: 'withdrawn' },
  reverse: { from: ['decided', 'informed'], to: 'reversed' },
} satisfies Moves<AwardStatus>;

const WRONG_STATE: Record<keyof typeof AWARD_MOVES, string> = {
  ask: 'Les pièces ont déjà été demandées, ou l’attribution est décidée.',
  certify: 'Les pièces de l’attributaire pressenti sont déjà contrôlées.',
  pass: 'L’attribution est décidée : rapportez d’abord la décision.',
  decide: 'La décision se signe une fois les pièces de l’attributaire pressenti contrôlées (art. R. 2144-4), une seule fois.',
  inform: 'Les lettres partent toutes ensemble, après la décision, une seule fois (art. R. 2181-1).',
  withdraw: 'L’attribution est décidée, ou cette proposition est déjà retirée.',
  reverse: 'Seule une attribution décidée se rapporte.',
};

/** States in which an award is the one of its consultation. */
export const LIVE: AwardStatus[] = ['proposed', 'asked', 'certified', 'decided', 'informed'];

/** Why an intended winner is set aside. */
export const PASS_GROUNDS = {
  unproven: { label: 'Il n’a pas fourni les pièces demandées dans le délai', article: 'R. 2144-7' },
  excluded: { label: 'Il se trouve dans un cas d’exclusion', article: 'L. 2141-1 à L. 2141-11' },
  withdrawn: { label: 'Il renonce, ou son offre n’est plus valable', article: 'R. 2144-7' },
} as const;
export type PassGround = keyof typeof PASS_GROUNDS;

/** An intended winner that was set aside: kept with the reason (R2144-7). */
export interface Passed {
  bidId: string;
  operator: string;
  ground: PassGround;
  reason: string;
  byId: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** Attribution of a consultation, from the proposal to the letters. One that was withdrawn or reversed stays, and a new one follows it. */
@Entity('award')
@Index('award_number', ['consultationId', 'number'], { unique: true })
@Index('award_status', ['status', 'certificatesDue'])
export class Award {
  @Id() id!: string;
  @Ref() consultationId!: string;
  /** From 1: two persons who propose at once write the same, and the database keeps one. */
  @Int() number!: number;
  @Text() status: AwardStatus = 'proposed';
  @Text() procedure!: Procedure;
  @Ref() bidId!: string;
  @Ref() organisationId!: string;
  /** Null: chosen by comparison, without a ranking (R2122-8). */
  @Int(true) rank: number | null = null;
  /** Cents, excluding VAT. */
  @Money() amountCents!: number;
  /** Why this offer: the letters repeat it. */
  @Text() reasons!: string;
  /** Organisations whose offer was opened. */
  @Int() participants!: number;
  @Json() passed: Passed[] = [];
  @Ref() proposedById!: string;
  @Instant() proposedAt!: Date;
  /** Last day to send the certificates, on the buyer's clocks. */
  @Text(true) certificatesDue: Day | null = null;
  @Instant(true) askedAt: Date | null = null;
  @Instant(true) remindedAt: Date | null = null;
  /** The buyer already holds them, or obtains them by itself (R2143-13, -14). */
  @Text(true) heldReason: string | null = null;
  @Instant(true) certifiedAt: Date | null = null;
  @Instant(true) decidedAt: Date | null = null;
  @Ref(true) decidedById: string | null = null;
  @Ref(true) decisionLetterId: string | null = null;
  /** The report it was decided on: an analysis taken up again draws up another. */
  @Ref(true) reportFileId: string | null = null;
  @Json(true) standstill: Standstill | null = null;
  @Instant(true) lettersSentAt: Date | null = null;
  @Text(true) signableFrom: Day | null = null;
  /** Both parties have signed the contract: nothing is reversed any more. */
  @Instant(true) contractSignedAt: Date | null = null;
  @Instant(true) endedAt: Date | null = null;
  @Ref(true) endedById: string | null = null;
  @Text(true) endReason: string | null = null;

  get live() {
    return LIVE.includes(this.status);
  }

  ask(due: Day, today: Day, now: Date) {
    const status = this.after('ask');
    if (due <= today) throw Invalid.field('due', 'La date limite d’envoi des pièces vient après aujourd’hui.');
    Object.assign(this, { status, certificatesDue: due, askedAt: now });
  }

  /** @param held why nothing is asked (R2143-13, -14); empty when all that was asked is accepted */
  certify(held: string, now: Date) {
    const status = this.after('certify');
    Object.assign(this, { status, heldReason: held || null, certifiedAt: now });
  }

  /** The next in rank, when there is one (R2144-7). */
  pass(from: Omit<Passed, 'bidId' | 'at'>, to: Pick<Award, 'bidId' | 'organisationId' | 'rank' | 'amountCents' | 'reasons'>, now: Date) {
    const status = this.after('pass');
    if (from.reason.length < 10) throw Invalid.field('reason', 'Écrivez le motif, en une phrase au moins : la décision et la lettre le reprennent.');
    this.passed = [...this.passed, { bidId: this.bidId, ...from, at: now.toISOString() }];
    Object.assign(this, { ...to, status, proposedById: from.byId, proposedAt: now, certificatesDue: null, askedAt: null, remindedAt: null, heldReason: null, certifiedAt: null });
  }

  /** Four eyes: whoever proposed does not sign alone (domain.md 5.1). */
  decide(byId: string, letterId: string, now: Date) {
    const status = this.after('decide');
    if (byId === this.proposedById) throw new Refused('same-person', 'Vous avez proposé cette attribution : une autre personne, signataire, doit la décider (deux regards sur chaque décision).');
    Object.assign(this, { status, decidedAt: now, decidedById: byId, decisionLetterId: letterId });
  }

  /** Every letter leaves in the same act; the day from which one may sign is then known. */
  inform(standstill: Standstill, timeZone: string, now: Date) {
    const status = this.after('inform');
    Object.assign(this, { status, standstill, lettersSentAt: now, signableFrom: signableFrom(now, standstill.days, timeZone) });
  }

  /** Before the decision: the proposal alone. */
  withdraw(reason: string, byId: string, now: Date) {
    this.end(this.after('withdraw'), reason, byId, now);
  }

  /** « Rapporter la décision »: traced, never erased. */
  reverse(reason: string, byId: string, now: Date) {
    const status = this.after('reverse');
    if (this.contractSignedAt) throw new Refused('signed', 'Le marché est signé : il se résilie, ou un juge l’annule, mais son attribution ne se rapporte plus.');
    this.end(status, reason, byId, now);
  }

  /**
   * @param pending a référé précontractuel is before the judge (L551-4 CJA): nothing may be signed
   * @throws Refused with the reason and the article
   */
  mustBeSignable(today: Day, pending: boolean) {
    if (this.status !== 'informed' || this.signableFrom === null) throw new Refused('not-informed', 'Les lettres aux candidats ne sont pas encore parties : le marché ne peut pas être signé (art. R. 2181-1).');
    if (pending) throw new Refused('suspended', 'Un référé précontractuel est en cours : le marché ne peut pas être signé avant la décision du juge (art. L. 551-4 du code de justice administrative).');
    if (today < this.signableFrom) throw new Refused('standstill', `Le délai de suspension court : le marché peut être signé à partir du ${dayInFrench(this.signableFrom)} (art. R. 2182-1).`, { signableFrom: this.signableFrom });
  }

  /** Called by the act that signs the contract (src/contracts). */
  signContract(today: Day, pending: boolean, now: Date) {
    this.mustBeSignable(today, pending);
    this.contractSignedAt = now;
  }

  private end(status: AwardStatus, reason: string, byId: string, now: Date) {
    if (reason.length < 10) throw Invalid.field('reason', 'Écrivez le motif, en une phrase au moins : il reste au dossier.');
    Object.assign(this, { status, endReason: reason, endedById: byId, endedAt: now });
  }

  private after(move: keyof typeof AWARD_MOVES) {
    return next<AwardStatus>(AWARD_MOVES, move, this.status, WRONG_STATE[move]);
  }
}
