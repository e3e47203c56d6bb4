import { createHash } from 'node:crypto';
import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Money, Ref, Text } from '../platform/columns.js';

/** Signalement : what somebody says went wrong, with the hour to prove it. Rows are added, never changed. */
@Entity('problem_report')
@Index('problem_report_number', ['year', 'sequence'], { unique: true })
@Index('problem_report_at', ['at', 'id'])
@Index('problem_report_of', ['consultationId'])
export class ProblemReport {
  @Id() id!: string;
  @Text() number!: string;
  @Int() year!: number;
  @Int() sequence!: number;
  /** Legal instant at which the report had arrived in full: what its author may invoke. */
  @Instant() at!: Date;
  /** Legal instant of the writing, under the lock. */
  @Instant() recordedAt!: Date;
  /** {text, reference}: it may name an organisation, so the database keeps it as it keeps a bid's names (decisions.md 14). */
  @Text() sealedText!: string;
  /** {email, telephone, mailed} */
  @Text(true) sealedContact: string | null = null;
  /** Found from the reference, or from the page. The page of thanks never says whether it was. */
  @Ref(true) consultationId: string | null = null;
  @Ref(true) personId: string | null = null;
  /** Path of ours where it happened, without any token. */
  @Text(true) page: string | null = null;
  @Text(true) userAgent: string | null = null;
  /** Bytes of the last upload, when the browser knew. */
  @Money(true) lastUploadBytes: number | null = null;
}

/** Neither 0 nor O, 1 nor I nor L: it is dictated on the telephone. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** `P-2023-0007-K3F9`: year, sequence, and a check that a wrong digit or two swapped ones would not pass. */
export function problemNumber(year: number, sequence: number): string {
  const body = `P-${year}-${String(sequence).padStart(4, '0')}`;
  const bytes = createHash('sha256').update(`souspli/problem/${body}`).digest();
  const check = [...bytes.subarray(0, 4)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
  return `${body}-${check}`;
}

/** A path of ours, without what only its visitor may know: a sign-in link in it would open their space. */
export function pagePath(typed: string): string | null {
  if (!/^\/(?![/\\])/.test(typed)) return null;
  const path = (typed.split(/[?#\s]/)[0] ?? '').slice(0, 200);
  return path.startsWith('/lien/') ? '/lien/…' : path;
}

/** Id in the path of a consultation's page. */
export const consultationIn = (page: string | null) => /^\/consultations\/([\w-]{8,64})(\/|$)/.exec(page ?? '')?.[1] ?? null;
