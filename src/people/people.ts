import { Entity, Index } from 'typeorm';
import type { HourStyle } from '../platform/dates.js';
import { Flag, Id, Instant, Int, Json, Ref, Text } from '../platform/columns.js';

/** Roles of domain.md 5.1 that exist today; ids are kebab-case (decisions.md 9). */
export const ROLES = {
  'dept-officer': 'Agent instructeur (DDETS)',
  'dept-signatory': 'Signataire',
  'regional-buyer': 'Acheteur régional (PFRA)',
  'regional-signatory': 'Signataire régional',
  ministry: 'Ministère, niveau national',
  opener: 'Ouvreur des plis',
  bidder: 'Candidat',
  sysadmin: 'Administrateur technique',
} as const;
export type Role = keyof typeof ROLES;

export type Gender = 'f' | 'm';

/** A person, agent or member of an organisation. */
@Entity('person')
@Index('person_email', ['email'], { unique: true })
export class Person {
  @Id() id!: string;
  /** Lower case, unique. */
  @Text() email!: string;
  @Text() givenName: string = '';
  @Text() familyName: string = '';
  @Text(true) gender: Gender | null = null;
  @Text(true) phone: string | null = null;
  /** scrypt; null for those who sign in by a mailed link only. */
  @Text(true) password: string | null = null;
  @Flag() active: boolean = true;
  /** On whose clocks they read dates, when they are not the buyer's. */
  @Text(true) timeZone: string | null = null;
  /** Mails at once, or those that can wait in one a day. */
  @Text() mailPace: 'at-once' | 'daily' = 'at-once';

  get name() {
    return [this.givenName, this.familyName].filter(Boolean).join(' ') || this.email;
  }
}

/** Any legal or administrative body. Identified outside by (scheme, id): SIRET, RNA, nothing yet (decisions.md 22). */
@Entity('organisation')
@Index('organisation_scheme', ['scheme', 'schemeId'], { unique: true })
export class Organisation {
  @Id() id!: string;
  @Text() kind!: 'authority' | 'company' | 'platform';
  @Text() name!: string;
  @Text(true) scheme: string | null = null;
  @Text(true) schemeId: string | null = null;
  @Text(true) email: string | null = null;
  @Json() address: string[] = [];
  /** « association », « fondation », « SCOP »… */
  @Text(true) legalForm: string | null = null;
  /** Optional: associations of Alsace and Moselle have none. */
  @Text(true) rna: string | null = null;
  /** Persons to whom its members reserve the deposit; null: any member. */
  @Json(true) depositorIds: string[] | null = null;
}

/** Mandat: a role, in an organisation, on a territory, between two dates. */
@Entity('membership')
@Index('membership_person', ['personId'])
@Index('membership_role', ['role', 'territory'])
@Index('membership_organisation', ['organisationId'])
export class Membership {
  @Id() id!: string;
  @Ref() personId!: string;
  @Ref() organisationId!: string;
  @Text() role!: Role;
  /** What the person is in the organisation: « présidente », « directeur du développement ». */
  @Text(true) title: string | null = null;
  /** Department code, `R` + region code, or `*`. */
  @Text() territory!: string;
  @Instant() validFrom!: Date;
  @Instant(true) validTo: Date | null = null;
}

/** What the letters of an authority show at their top and bottom. Label and signatory have their own genders (domain.md 4.1). */
export interface Letterhead {
  brandLines: string[];
  motto: string[];
  serviceLines: string[];
  authorTitles: string[];
  /** « Pour la Préfète et par délégation » */
  delegationLine: string;
  footerLines: string[];
}

/** Autorité: the prefecture that buys. Same id as its organisation. */
@Entity('authority')
@Index('authority_territory', ['territory'])
export class Authority {
  @Id() id!: string;
  /** Department code, or `R` and the region's code for a regional purchasing platform. */
  @Text() territory!: string;
  @Text() timeZone!: string;
  @Text() place!: string;
  @Text() hourStyle: HourStyle = 'tight';
  /** Prefix of letter numbers: `DDETS67` gives `DDETS67/2023/0042`. */
  @Text() chronoKey!: string;
  /** Persons required to open; two by default, one is possible (no legal rule for State services, domain.md 2.7). */
  @Int() quorum: number = 2;
  @Int() openingDelayMinutes: number = 60;
  @Json() letterhead!: Letterhead;
}

/** A signed-in browser or API client. Only the hash of its token is kept. Machine time. */
@Entity('session')
@Index('session_expiry', ['expiresAt'])
@Index('session_csrf', ['csrf'])
export class Session {
  @Id() id!: string;
  @Ref(true) personId: string | null = null;
  /** For which of their organisations they act, when one mailbox serves several. */
  @Ref(true) organisationId: string | null = null;
  @Ref() csrf!: string;
  @Instant() createdAt!: Date;
  @Instant() seenAt!: Date;
  @Instant() expiresAt!: Date;
  /** What a redirect must not lose: errors and what was typed. */
  @Json(true) flash: Record<string, unknown> | null = null;
}

/** A mailed link, used once, by a button: mail scanners follow every GET. Only its hash is kept. */
@Entity('sign_in_link')
export class SignInLink {
  @Id() id!: string;
  @Ref() personId!: string;
  /** The organisation it was written to: one mailbox may serve several. */
  @Ref(true) organisationId: string | null = null;
  /** Where it leads, a path of ours. */
  @Text() leadsTo!: string;
  @Instant() createdAt!: Date;
  @Instant() expiresAt!: Date;
  @Instant(true) usedAt: Date | null = null;
}
