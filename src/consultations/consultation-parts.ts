import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';

/** Invité: an organisation asked to bid. Nobody knows it before it is sent. */
@Entity('invitation')
@Index('invitation_organisation', ['consultationId', 'organisationId'], { unique: true })
@Index('invitation_of', ['organisationId'])
export class Invitation {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() organisationId!: string;
  @Ref() personId!: string;
  /** Order of the letters, from 1. */
  @Int() number!: number;
  @Text() name!: string;
  @Text() email!: string;
  @Json() address: string[] = [];
  /** Added after the first sending: outside the in fine list. */
  @Text() origin: 'first-sending' | 'added' = 'first-sending';
  @Instant(true) invitedAt: Date | null = null;
  /** « Nous comptons répondre », « nous ne répondrons pas »: a courtesy, independent of any deposit. */
  @Text(true) intent: 'yes' | 'no' | null = null;
  @Instant(true) intentAt: Date | null = null;
  /** First visit of the organisation: the mail was read. */
  @Instant(true) openedAt: Date | null = null;
  @Ref(true) mailId: string | null = null;
}

/** A document that invited organisations read: lettre de commande, cahier des charges. */
@Entity('consultation_document')
@Index('consultation_document_of', ['consultationId'])
export class ConsultationDocument {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Text() kind!: 'commission-letter' | 'consultation-letter' | 'specifications' | 'rules' | 'diagnostic' | 'annex';
  @Text() title!: string;
  @Int() version: number = 1;
  @Ref() fileId!: string;
  /** What changed since the version it replaces: compulsory (domain.md 5.9). */
  @Text(true) note: string | null = null;
  @Ref(true) replacesId: string | null = null;
  @Instant(true) supersededAt: Date | null = null;
  @Instant() createdAt!: Date;
}

export interface ExpectedDocument {
  label: string;
  /** Blank form to download. */
  fileId: string | null;
  fileName: string | null;
}
