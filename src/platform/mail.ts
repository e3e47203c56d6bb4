import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from './columns.js';

export interface MailAttachment {
  name: string;
  fileId: string;
}

/** A mail in the outbox. Its words are sealed by the vault: a receipt must not be read in the database before the opening. */
@Entity('mail')
@Index('mail_recipient', ['recipient', 'queuedAt'])
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
  @Text() state: 'queued' | 'sent' | 'failed' = 'queued';
  @Int() attempts: number = 0;
  @Text(true) error: string | null = null;
  @Instant() queuedAt!: Date;
  @Instant(true) sentAt: Date | null = null;
}
