import { Entity, Index } from 'typeorm';
import { Flag, Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Day } from '../platform/working-days.js';

export type QuestionStatus = 'received' | 'drafted' | 'published' | 'withdrawn';

/** domain.md 5.9. A late one is kept and flagged; it may still be answered. */
export const QUESTION_MOVES = {
  draft: { from: ['received', 'drafted'], to: 'drafted' },
  publish: { from: ['drafted'], to: 'published' },
  withdraw: { from: ['received', 'drafted'], to: 'withdrawn' },
} satisfies Moves<QuestionStatus>;

const WRONG_STATE: Record<keyof typeof QUESTION_MOVES, string> = {
  draft: 'Cette question est déjà publiée, ou retirée : sa réponse ne change plus.',
  publish: 'Seule une réponse rédigée se publie, une seule fois.',
  withdraw: 'Une question déjà publiée ne se retire pas.',
};

export const CHANNELS = { platform: 'sur la plateforme', telephone: 'par téléphone', letter: 'par lettre', email: 'par courriel' } as const;
export type Channel = keyof typeof CHANNELS;

/** Question of an invited organisation. Its author is known to the buyer alone (equality of candidates). */
@Entity('question')
@Index('question_of', ['consultationId', 'number'], { unique: true })
export class Question {
  @Id() id!: string;
  @Ref() consultationId!: string;
  /** Order of arrival, from 1: numbers are public, authors are not. */
  @Int() number!: number;
  /** Null when the officer did not say who asked by telephone or letter. */
  @Ref(true) organisationId: string | null = null;
  @Ref(true) personId: string | null = null;
  @Text() channel: Channel = 'platform';
  @Instant() askedAt!: Date;
  /** Day on which it was received by telephone or letter, when the officer wrote it down later. */
  @Text(true) receivedOn: Day | null = null;
  /** Asked after the announced cut-off: kept, flagged, answered if the buyer can answer everybody in time. */
  @Flag() late: boolean = false;
  @Text() text!: string;
  /** As everybody reads it, when the buyer took out what told its author. */
  @Text(true) publicText: string | null = null;
  @Text() status: QuestionStatus = 'received';
  @Text(true) answer: string | null = null;
  @Ref(true) answeredById: string | null = null;
  @Instant(true) publishedAt: Date | null = null;
  /** Answers of one publication go together, told in one mail. */
  @Ref(true) noticeId: string | null = null;

  /** @param publicText what everybody will read instead of the question's own words; empty: they are published as they are */
  draft(answer: string, byId: string, publicText = '') {
    if (!answer) throw Invalid.field('answer', 'Écrivez la réponse.');
    this.status = this.after('draft');
    this.answer = answer;
    this.publicText = publicText && publicText !== this.text ? publicText : null;
    this.answeredById = byId;
  }

  publish(now: Date, noticeId: string) {
    this.status = this.after('publish');
    this.publishedAt = now;
    this.noticeId = noticeId;
  }

  withdraw() {
    this.status = this.after('withdraw');
  }

  private after(move: keyof typeof QUESTION_MOVES) {
    return next<QuestionStatus>(QUESTION_MOVES, move, this.status, WRONG_STATE[move]);
  }
}

export const NOTICE_KINDS = {
  answers: 'Réponses aux questions',
  documents: 'Documents modifiés',
  deadline: 'Date limite reportée',
  outage: 'Date limite reportée après une panne',
  rectification: 'Avis rectificatif',
  ended: 'Consultation terminée sans attribution',
} as const;
export type NoticeKind = keyof typeof NOTICE_KINDS;

/** What to do with it, in the subject line; the same for everybody. */
export function noticeSubject(kind: NoticeKind, significant: boolean, title: string): string {
  const does: Record<NoticeKind, string> = {
    answers: 'Lisez les réponses aux questions',
    documents: 'Lisez les documents modifiés',
    deadline: 'Notez la nouvelle date limite',
    outage: 'Notez la nouvelle date limite, reportée après une panne',
    rectification: 'Lisez l’avis rectificatif',
    ended: 'N’envoyez plus d’offre, la consultation est terminée',
  };
  return `${significant ? 'Lisez ce qui change, et confirmez votre pli si vous l’avez déposé' : does[kind]}\u00a0: ${title}`;
}

/** Avis: something changed and everyone invited was told in the same act. Append-only. */
@Entity('notice')
@Index('notice_of', ['consultationId', 'number'], { unique: true })
export class Notice {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Int() number!: number;
  @Text() kind!: NoticeKind;
  @Text() text!: string;
  /** Bids filed before it must be confirmed by their bidder (sealing.md 5). */
  @Flag() significant: boolean = false;
  /** Of the consultation, once this notice is given: a bid filed under an earlier one is told of it. */
  @Int() documentsVersion: number = 1;
  /** The new version, when a document changed: the former one stands behind it. */
  @Ref(true) documentId: string | null = null;
  @Text(true) oldLocalDeadline: string | null = null;
  @Text(true) newLocalDeadline: string | null = null;
  /** The letter (avis rectificatif, lettre de report), frozen here, printed once by a job. */
  @Text() body!: string;
  @Ref(true) fileId: string | null = null;
  @Ref(true) byId: string | null = null;
  @Instant() at!: Date;
}

/** Retrait: who took which document, when. The first time of each person counts. */
@Entity('document_withdrawal')
@Index('document_withdrawal_once', ['documentId', 'personId'], { unique: true })
@Index('document_withdrawal_of', ['consultationId'])
export class DocumentWithdrawal {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() documentId!: string;
  @Ref() organisationId!: string;
  @Ref() personId!: string;
  @Instant() at!: Date;
}

/** @throws Refused once the deadline has passed: what can no longer reach everybody in time is not promised */
export function mustBeOpen(consultation: { status: string; isInTime(at: Date): boolean }, now: Date) {
  if (consultation.status !== 'launched') throw new Refused('not-open', 'Cette consultation n’est pas en cours.');
  if (!consultation.isInTime(now)) throw new Refused('deadline-passed', 'La date limite est passée : cela ne change plus.');
}
