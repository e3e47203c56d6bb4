import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import { type Moves, next } from '../platform/moves.js';
import type { Day } from '../platform/working-days.js';

export type DiagnosticStatus = 'expected' | 'submitted' | 'under-review' | 'changes-requested' | 'accepted' | 'cleared' | 'published' | 'rejected' | 'superseded';

/** domain.md 5.6. « Partagé » is not a state: it is published and every active holder of the lot has its proof of dispatch. */
export const DIAGNOSTIC_MOVES = {
  submit: { from: ['expected', 'changes-requested'], to: 'submitted' },
  review: { from: ['submitted'], to: 'under-review' },
  requestChanges: { from: ['under-review'], to: 'changes-requested' },
  accept: { from: ['under-review'], to: 'accepted' },
  reject: { from: ['under-review'], to: 'rejected' },
  clear: { from: ['accepted'], to: 'cleared' },
  publish: { from: ['cleared'], to: 'published' },
  supersede: { from: ['published'], to: 'superseded' },
} satisfies Moves<DiagnosticStatus>;
export type DiagnosticMove = keyof typeof DIAGNOSTIC_MOVES;

/** Below this count, a person can be recognised in a small department (domain.md 2.17). */
export const SMALL_COUNT = 11;

/** Diagnostic pré-opérationnel: the deliverable of a commission, or one that predates the tool. */
@Entity('diagnostic')
@Index('diagnostic_place', ['frameworkId', 'departmentCode'])
@Index('diagnostic_commission', ['commissionId'])
export class Diagnostic {
  @Id() id!: string;
  @Ref() frameworkId!: string;
  @Text() departmentCode!: string;
  @Ref(true) commissionId: string | null = null;
  @Text() title!: string;
  @Text() status: DiagnosticStatus = 'expected';
  /** Who wrote it, and the members of its group: flagged on the subsequent contract (R2111-2), not excluded. */
  @Text() authorName!: string;
  @Json() authorOrganisationIds: string[] = [];
  /** Other members of the author's group, by name: some may be members of a holder. */
  @Json(true) authorMembers: string[] | null = null;
  @Text(true) expectedOn: Day | null = null;
  @Int() version: number = 0;
  @Ref(true) fileId: string | null = null;
  @Text(true) note: string | null = null;
  @Ref(true) reviewerId: string | null = null;
  @Text(true) privacyReviewer: string | null = null;
  @Text(true) privacyNote: string | null = null;
  @Text(true) publishedOn: Day | null = null;
  @Text(true) publicAddress: string | null = null;
  /** Where it comes from, when it predates the tool. */
  @Text(true) declaredSource: string | null = null;
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;

  move(move: DiagnosticMove, note = '') {
    if ((move === 'requestChanges' || move === 'reject') && !note) throw Invalid.field('note', 'Écrivez ce qui doit changer : l’auteur le lira.');
    this.status = next<DiagnosticStatus>(DIAGNOSTIC_MOVES, move, this.status, 'Le diagnostic n’est pas dans un état qui le permet : rechargez la page.');
    this.note = note || null;
  }

  submit(fileId: string) {
    this.move('submit');
    this.fileId = fileId;
    this.version += 1;
  }

  /** A named person has looked for what could identify someone, small counts first. */
  clear(reviewer: string, smallCountsHandled: boolean, note: string) {
    if (!reviewer) throw Invalid.field('privacyReviewer', 'Nommez la personne qui a relu.');
    if (!smallCountsHandled) throw Invalid.field('smallCounts', `Confirmez que les effectifs inférieurs à ${SMALL_COUNT} sont masqués ou regroupés.`);
    this.move('clear');
    this.privacyReviewer = reviewer;
    this.privacyNote = note || null;
  }

  publish(day: Day, address: string) {
    if (!/^https?:\/\/\S+$/.test(address)) throw Invalid.field('publicAddress', 'Indiquez l’adresse publique, par exemple https://grand-est.dreets.gouv.fr/…');
    this.move('publish');
    this.publishedOn = day;
    this.publicAddress = address;
  }

  mustBePublished() {
    if (this.status !== 'published') throw new Refused('not-published', 'Le diagnostic se partage une fois publié.');
  }
}

/** Proof, per holder, that the study reached every competitor (R2111-2). */
@Entity('diagnostic_share')
@Index('diagnostic_share_once', ['diagnosticId', 'organisationId'], { unique: true })
export class DiagnosticShare {
  @Id() id!: string;
  @Ref() diagnosticId!: string;
  @Ref() organisationId!: string;
  @Text() name!: string;
  @Text() email!: string;
  @Int() version!: number;
  @Ref(true) mailId: string | null = null;
  @Instant() sentAt!: Date;
  /** Joined when the proof is read. */
  mail?: { state: string } | null;
}

const folded = (name: string) => name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();

/** Who took part in the study among these holders, by their lead or by one of their members: flagged, never excluded (R2111-2). */
export function involved<H extends { organisationId: string; memberNames: string[]; members: readonly { organisationId: string | null }[] }>(diagnostic: Pick<Diagnostic, 'authorName' | 'authorMembers' | 'authorOrganisationIds'>, holders: readonly H[]): H[] {
  const names = new Set([diagnostic.authorName, ...(diagnostic.authorMembers ?? [])].map(folded).filter(Boolean));
  const ids = new Set(diagnostic.authorOrganisationIds);
  return holders.filter((one) => ids.has(one.organisationId) || one.members.some((member) => member.organisationId !== null && ids.has(member.organisationId)) || one.memberNames.some((name) => names.has(folded(name))));
}

/** A mail that its addressee's server refused for good proves nothing. */
export const arrived = <T extends { mail?: { state: string } | null }>(shares: readonly T[]): T[] => shares.filter((one) => one.mail?.state !== 'failed');

/** Holders that have not received it yet. */
export function notReached(holders: readonly { organisationId: string; name: string }[], shares: readonly { organisationId: string }[]): string[] {
  const reached = new Set(shares.map((one) => one.organisationId));
  return holders.filter((one) => !reached.has(one.organisationId)).map((one) => one.name);
}
