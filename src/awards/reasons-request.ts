import { Entity, Index } from 'typeorm';
import { Id, Instant, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { addDays, type Day, dayOf } from '../platform/working-days.js';

/** R2181-2 and R2181-4: fifteen days from the reception of the request. */
export const ANSWER_DAYS = 15;

/** Demande de motifs of a bidder that was not retained. */
@Entity('reasons_request')
@Index('reasons_request_of', ['consultationId', 'organisationId'])
@Index('reasons_request_due', ['answeredAt', 'dueOn'])
export class ReasonsRequest {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() organisationId!: string;
  @Text() text!: string;
  @Instant() receivedAt!: Date;
  @Text() dueOn!: Day;
  @Ref() recordedById!: string;
  @Ref(true) letterId: string | null = null;
  @Text(true) answer: string | null = null;
  @Instant(true) answeredAt: Date | null = null;
  @Ref(true) answeredById: string | null = null;

  static received(facts: Pick<ReasonsRequest, 'id' | 'consultationId' | 'organisationId' | 'text' | 'recordedById'>, timeZone: string, now: Date) {
    return Object.assign(new ReasonsRequest(), { ...facts, receivedAt: now, dueOn: addDays(dayOf(now, timeZone), ANSWER_DAYS) });
  }

  answerWith(text: string, letterId: string, byId: string, now: Date) {
    if (this.answeredAt) throw new Refused('answered', 'Cette demande a déjà reçu sa réponse.');
    if (text.length < 20) throw Invalid.field('answer', 'Écrivez les caractéristiques et les avantages de l’offre retenue, en quelques phrases.');
    Object.assign(this, { answer: text, letterId, answeredById: byId, answeredAt: now });
  }
}
