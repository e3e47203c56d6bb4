import { Entity, Index } from 'typeorm';
import type { Consultation } from '../consultations/consultation.js';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import { inFrench, instantOf, UnknownLocalTime } from '../platform/dates.js';
import { Invalid, Refused } from '../platform/errors.js';

const FURTHEST_MS = 366 * 86_400_000;

export interface PlannedSession {
  /** `YYYY-MM-DDTHH:mm` on the clocks of the buyer. */
  startsAt: string;
  mode: 'place' | 'visio';
  place: string;
  link: string;
}

/** Séance d’ouverture, when one is planned: the same id as its consultation. Two openers on the page may open without any. */
@Entity('opening_session')
export class OpeningSession {
  @Id() id!: string;
  @Instant() startsAt!: Date;
  /** A room, or the address of a meeting at a distance: one of them. */
  @Text(true) place: string | null = null;
  @Text(true) link: string | null = null;
  /** Rises with each change that is convened again: the sequence of the calendar file. */
  @Int() version: number = 0;
  /** The version whose letter has left. */
  @Int() convenedVersion: number = 0;
  @Ref() plannedById!: string;
  @Instant() plannedAt!: Date;
  @Ref(true) letterFileId: string | null = null;
  @Ref(true) calendarFileId: string | null = null;
  /** From then on nothing is added to the minutes. */
  @Instant(true) closedAt: Date | null = null;
  @Ref(true) closedById: string | null = null;

  /**
   * R2162-10, 3°: never before the first instant of the opening. It moves as long as nobody has come.
   * @throws Invalid beside the field, with what was typed
   */
  plan(form: PlannedSession, consultation: Consultation, facts: { present: number; now: Date; byId: string }) {
    const refuse = (field: string, sentence: string) => Invalid.field(field, sentence, { ...form });
    if (consultation.status !== 'launched') throw new Refused('wrong-state', consultation.openedAt ? 'Les plis sont ouverts : la séance a eu lieu.' : 'Une séance se fixe une fois la consultation lancée, et tant que les plis ne sont pas ouverts.');
    if (facts.present > 0) throw new Refused('present', 'Une présence est déjà confirmée : la séance ne se déplace plus.');
    const startsAt = instantIn(form, consultation.timeZone);
    if (startsAt < consultation.opensAt) throw refuse('startsAt', `La séance ne peut pas commencer avant le ${inFrench(consultation.opensAt, consultation.timeZone)} : c’est le premier instant de l’ouverture, après la date limite.`);
    if (startsAt <= facts.now) throw refuse('startsAt', 'Cette heure est déjà passée.');
    if (startsAt.getTime() - facts.now.getTime() > FURTHEST_MS) throw refuse('startsAt', 'Cette date est dans plus d’un an : vérifiez l’année.');
    if (form.mode === 'place' && !form.place) throw refuse('place', 'Indiquez la salle ou l’adresse où la séance se tient.');
    if (form.mode === 'visio' && !/^https:\/\/[^\s/]+\S*$/.test(form.link)) throw refuse('link', 'Donnez l’adresse complète de la réunion à distance ; elle commence par https://.');
    Object.assign(this, {
      startsAt,
      place: form.mode === 'place' ? form.place : null,
      link: form.mode === 'visio' ? form.link : null,
      plannedById: facts.byId,
      plannedAt: facts.now,
      version: this.version + 1,
    });
  }

  /** The deadline was moved past it: nobody can open at that hour, a new one is to be set. */
  overtakenBy(consultation: Pick<Consultation, 'opensAt'>) {
    return this.startsAt < consultation.opensAt;
  }

  /** Those who were convened for an hour find nothing done before it. */
  mustHaveBegun(now: Date, timeZone: string) {
    if (now < this.startsAt) throw new Refused('before-session', `La séance est convoquée pour le ${inFrench(this.startsAt, timeZone)} : les présences se confirment à partir de cette heure.`);
  }

  close(now: Date, byId: string) {
    if (this.closedAt) throw new Refused('closed', 'La séance est déjà close : son procès-verbal est établi.');
    this.closedAt = now;
    this.closedById = byId;
  }
}

/** What a member has written into the minutes, as it was written. */
@Entity('opening_observation')
@Index('opening_observation_of', ['consultationId', 'at'])
export class OpeningObservation {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() personId!: string;
  @Text() text!: string;
  @Instant() at!: Date;
}

function instantIn(form: PlannedSession, timeZone: string): Date {
  try {
    return instantOf(form.startsAt, timeZone);
  } catch (error) {
    if (error instanceof UnknownLocalTime) throw Invalid.field('startsAt', error.message, { ...form });
    throw error;
  }
}
