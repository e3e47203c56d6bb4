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
  /** « Le courriel est revenu », said by the officer: the post had taken it. */
  @Instant(true) bouncedAt: Date | null = null;
}

/** What the file of a consultation is made of, in its order. */
export const DOCUMENT_KINDS = {
  'commission-letter': 'Lettre de commande',
  'consultation-letter': 'Lettre de consultation',
  specifications: 'Cahier des charges',
  rules: 'Règlement de la consultation',
  ccap: 'Cahier des clauses administratives particulières (CCAP)',
  diagnostic: 'Diagnostic',
  annex: 'Annexe',
} as const;
export type DocumentKind = keyof typeof DOCUMENT_KINDS;
/** Letters are made here and signed: nobody uploads one. */
export const UPLOADED_KINDS = ['specifications', 'rules', 'ccap', 'diagnostic', 'annex'] as const satisfies readonly DocumentKind[];
export type UploadedKind = (typeof UPLOADED_KINDS)[number];
const ORDER = Object.keys(DOCUMENT_KINDS);
export const inOrder = (a: { kind: DocumentKind; createdAt: Date }, b: { kind: DocumentKind; createdAt: Date }) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.createdAt.getTime() - b.createdAt.getTime();

/** A document that invited organisations read: lettre de commande, cahier des charges. */
@Entity('consultation_document')
@Index('consultation_document_of', ['consultationId'])
export class ConsultationDocument {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Text() kind!: DocumentKind;
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
