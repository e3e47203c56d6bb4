import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from './columns.js';

/** A file, even before it is printed: the mail waits for it, without end when it means nothing without it. */
export interface MailAttachment {
  name: string;
  fileId: string;
  required?: boolean;
}

/** A mail in the outbox. Its words are sealed by the vault: a receipt must not be read in the database before the opening. */
@Entity('mail')
@Index('mail_recipient', ['recipient', 'queuedAt'])
@Index('mail_consultation', ['consultationId', 'kind', 'queuedAt'])
@Index('mail_state', ['state', 'queuedAt'])
export class Mail {
  @Id() id!: string;
  /** Same on every retry, so that a server may drop a double. */
  @Text() messageId!: string;
  @Text() recipient!: string;
  /** The case officer: who answers a mail writes to a person. */
  @Text(true) replyTo: string | null = null;
  @Ref(true) organisationId: string | null = null;
  @Ref(true) consultationId: string | null = null;
  @Text() kind!: string;
  /** {subject, text, html}, sealed with the mail's id as context. */
  @Text() sealed!: string;
  @Json() attachments: MailAttachment[] = [];
  /** Held: it waits for the daily mail of its addressee, which `digestId` names once it has left. */
  @Text() state: 'queued' | 'sent' | 'failed' | 'held' = 'queued';
  @Ref(true) digestId: string | null = null;
  @Int() attempts: number = 0;
  @Text(true) error: string | null = null;
  @Instant() queuedAt!: Date;
  @Instant(true) sentAt: Date | null = null;
}
