import { Entity, Index } from 'typeorm';
import { Flag, Id, Instant, Int, Json, Money, Ref, Text } from '../platform/columns.js';
import { inFrench, instantOf, UnknownLocalTime } from '../platform/dates.js';
import { Invalid, Refused } from '../platform/errors.js';
import { next } from '../platform/moves.js';
import { type Day, dayInFrench, dayOf } from '../platform/working-days.js';
import type { AwardRule } from '../evaluations/award-rule.js';
import { CONSULTATION_MOVES, type ConsultationStatus, WRONG_STATE } from './consultation-moves.js';
import type { ExpectedDocument } from './consultation-parts.js';
import { DeadlineVersion } from './deadline-version.js';
import type { OtherMeans } from './means.js';
import type { OutageRule } from './outage.js';

/** Where a call is held, as a sentence names it. */
export const CHANNEL_NAMES = { souspli: 'Souspli', place: 'PLACE, le profil d’acheteur de l’État', other: 'une autre plateforme' } as const;

const MINUTE_MS = 60_000;
const FURTHEST_MS = 3 * 366 * 86_400_000;

// An invitation and a document are parts of a consultation: whoever reads one reads the others.
export { CONSULTATION_MOVES, type ConsultationStatus } from './consultation-moves.js';
export { DeadlineVersion } from './deadline-version.js';
export { ConsultationDocument, type ExpectedDocument, Invitation } from './consultation-parts.js';

/** Consultation, mise en concurrence : a call for sealed bids, with one deadline on the clocks of the buyer. */
@Entity('consultation')
@Index('consultation_ocid', ['ocid'], { unique: true })
export class Consultation {
  @Id() id!: string;
  /** One OCDS id for life, given at creation (decisions.md 22). */
  @Text() ocid!: string;
  @Ref() authorityId!: string;
  /** Whose agents work on it: a department's code, or `R` and a region's for its purchasing platform. */
  @Text() territory!: string;
  /** Printed on letters, receipts and minutes. */
  @Text() reference!: string;
  @Text() buyerName!: string;
  @Text() title!: string;
  /** What is bought, in one sentence: a legal mention of every receipt. */
  @Text() object!: string;
  @Text() status: ConsultationStatus = 'draft';
  @Text() timeZone!: string;
  /** `YYYY-MM-DDTHH:mm` on the clocks of the buyer; the instant below derives from it. */
  @Text() localDeadline!: string;
  @Instant() deadline!: Date;
  /** Number of the current row of `deadline_version`; 0 before the launch. */
  @Int() deadlineVersion: number = 0;
  @Int() openingDelayMinutes!: number;
  @Int() quorum!: number;
  @Json() openerIds: string[] = [];
  @Json() substituteIds: string[] = [];
  /** Last day of the questions, on the buyer's clocks; none: until the deadline. */
  @Text(true) questionsBefore: Day | null = null;
  /** Rises with each significant change: a bid filed under an earlier one is to be confirmed by its bidder. */
  @Int() documentsVersion: number = 1;
  /** Documents expected from bidders, with a blank form to download when there is one. */
  @Json() expected: ExpectedDocument[] = [];
  /** How the offers are chosen: announced, then frozen at the launch. */
  @Json(true) awardRule: AwardRule | null = null;
  /** L2152-3: an offer is unacceptable only above a budget recorded before the launch. Cents, excluding VAT. */
  @Money(true) budgetCents: number | null = null;
  /** Where the call is held: here, on PLACE (the State's buyer profile), or elsewhere. */
  @Text() channel: 'souspli' | 'place' | 'other' = 'souspli';
  @Text(true) externalReference: string | null = null;
  @Text(true) externalLink: string | null = null;
  /** Announced at the launch: a platform down `minutes` in the last `hours` moves the deadline. */
  @Json(true) outageRule: OutageRule | null = null;
  /** Other means than electronic ones, with the reason (R2132-12, -13); null: electronic only. Announced at the launch. */
  @Json(true) otherMeans: OtherMeans | null = null;
  /** The documents forbid to bid alone and in a consortium, or in several (R2142-21, R2151-7). Announced at the launch. */
  @Flag() oneBidEach: boolean = false;
  /** When its letters were submitted: what they announce no longer changes, unless they are taken back. */
  @Instant(true) frozenAt: Date | null = null;
  @Text(true) abandonReason: string | null = null;
  /** Person to call. */
  @Json() contact!: { name: string; phone: string; email: string };
  @Instant() createdAt!: Date;
  @Instant(true) launchedAt: Date | null = null;
  @Instant(true) openedAt: Date | null = null;

  /** « Avant le » : strict, the deadline itself is late (decisions.md 2). Never stored: it depends on the clock, not on a job. */
  isInTime(at: Date) {
    return at < this.deadline;
  }

  isClosed(now: Date) {
    return this.status === 'launched' && !this.isInTime(now);
  }

  /** First instant of the opening: deadline plus the delay that lets the last deposits end (sealing.md 6). */
  get opensAt() {
    return new Date(this.deadline.getTime() + this.openingDelayMinutes * MINUTE_MS);
  }

  /**
   * Sets the deadline of a draft.
   * @param local `YYYY-MM-DDTHH:mm` on the clocks of `timeZone`
   * @throws Invalid on `deadline` when the hour is malformed, does not exist, exists twice or is past
   */
  plan(local: string, now: Date) {
    const deadline = localDeadline(local, this.timeZone, now);
    if (deadline <= now) throw Invalid.field('deadline', 'La date limite est déjà passée : choisissez une date à venir.');
    if (this.questionsBefore && this.questionsBefore >= local.slice(0, 10)) throw Invalid.field('deadline', `Les questions sont annoncées jusqu’au ${dayInFrench(this.questionsBefore)} : la date limite vient après, ou changez d’abord cette date dans les réglages.`);
    this.localDeadline = local;
    this.deadline = deadline;
  }

  /** Held on PLACE, the State's buyer profile, or elsewhere: bids are deposited there, and imported after the opening. */
  get elsewhere() {
    return this.channel !== 'souspli';
  }

  /** @throws Refused on another platform's call: two doors for one bid, and nobody would know which counts */
  mustTakeBids() {
    if (this.elsewhere) throw new Refused('elsewhere', `Cette consultation se tient sur ${CHANNEL_NAMES[this.channel]} : déposez-y votre offre. Rien ne se dépose ici.`);
  }

  /** Called by the commission's sending and by the subsequent contract's launch, by nothing else (decisions.md 6). */
  launch(now: Date): DeadlineVersion {
    const status = this.after('launch');
    if (!this.isInTime(now)) throw new Refused('deadline-passed', 'La date limite de remise des offres est passée : modifiez-la avant l’envoi.');
    if (new Set(this.openerIds).size < this.quorum) {
      throw new Refused('openers', `Désignez d’abord les ouvreurs : il en faut au moins ${this.quorum} pour ouvrir les plis.`);
    }
    this.status = status;
    this.launchedAt = now;
    this.deadlineVersion = 1;
    return DeadlineVersion.of(this, 1, 'Date limite annoncée à l’envoi', now);
  }

  /**
   * Only later, and only before the present deadline (R2151-4); afterwards it would be a new call.
   * @param questionsBefore the cut-off of the questions, when it moves with it
   * @throws Invalid on `deadline` or `questionsBefore`; Refused when the deadline has passed
   */
  extend(local: string, reason: string, now: Date, questionsBefore: Day = ''): DeadlineVersion {
    if (this.status !== 'launched') throw new Refused('not-open', 'Cette consultation n’est pas en cours.');
    if (!this.isInTime(now)) throw new Refused('deadline-passed', 'La date limite est déjà passée : elle ne se reporte plus. Il faudrait une nouvelle consultation.');
    if (questionsBefore && (this.questionsBefore === null || questionsBefore < this.questionsBefore)) throw Invalid.field('questionsBefore', 'La date des questions ne se déplace que vers plus tard.');
    if (questionsBefore && questionsBefore < this.localDay(now)) throw Invalid.field('questionsBefore', 'Cette date est déjà passée.');
    if (questionsBefore && questionsBefore >= local.slice(0, 10)) throw Invalid.field('questionsBefore', 'Les questions s’arrêtent avant la nouvelle date limite.');
    const version = this.move(local, reason, now);
    this.questionsBefore = questionsBefore || this.questionsBefore;
    return version;
  }

  /** The announced automatic rule alone may move a deadline that has passed, before anything opens. */
  moveAfterOutage(local: string, reason: string, now: Date): DeadlineVersion {
    if (this.status !== 'launched') throw new Refused('not-open', 'Cette consultation n’est pas en cours.');
    return this.move(local, reason, now);
  }

  private move(local: string, reason: string, now: Date): DeadlineVersion {
    const deadline = localDeadline(local, this.timeZone, now);
    if (deadline <= this.deadline) throw Invalid.field('deadline', 'Une date limite ne se déplace que vers plus tard.');
    if (deadline <= now) throw Invalid.field('deadline', 'Cette date est déjà passée.');
    this.localDeadline = local;
    this.deadline = deadline;
    this.deadlineVersion += 1;
    return DeadlineVersion.of(this, this.deadlineVersion, reason, now);
  }

  /** The day on the buyer's clocks. */
  localDay(at: Date): Day {
    return dayOf(at, this.timeZone);
  }

  /** A question asked on this day comes in good time. */
  takesQuestions(day: Day) {
    return this.questionsBefore === null || day <= this.questionsBefore;
  }

  /** R2162-10, 3°: offers are not opened before the limit. All of them together, once. */
  open(now: Date) {
    const status = this.after('open');
    if (now < this.opensAt) {
      throw new Refused('too-early', `Les plis ne peuvent pas être ouverts avant le ${inFrench(this.opensAt, this.timeZone)}.`, {
        opensAt: this.opensAt,
      });
    }
    this.status = status;
    this.openedAt = now;
  }

  /** Called by the decision of the award (src/awards), by nothing else. */
  award() {
    this.status = this.after('award');
  }

  reopen() {
    this.status = this.after('reopen');
  }

  /** Sans suite, or infructueux: nobody bids or opens any more. */
  abandon() {
    this.status = this.after('abandon');
  }

  private after(move: keyof typeof CONSULTATION_MOVES) {
    return next<ConsultationStatus>(CONSULTATION_MOVES, move, this.status, WRONG_STATE[move]);
  }
}

function localDeadline(local: string, timeZone: string, now: Date): Date {
  try {
    const deadline = instantOf(local, timeZone);
    // A year mistyped in an extension could never be taken back.
    if (deadline.getTime() - now.getTime() > FURTHEST_MS) throw Invalid.field('deadline', 'Cette date est dans plus de trois ans : vérifiez l’année.');
    return deadline;
  } catch (error) {
    if (error instanceof UnknownLocalTime) throw Invalid.field('deadline', error.message);
    throw error;
  }
}
