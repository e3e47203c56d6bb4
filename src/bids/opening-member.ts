import { Entity, Index } from 'typeorm';
import type { Person } from '../people/people.js';
import { Id, Instant, Ref, Text } from '../platform/columns.js';
import { Forbidden, Refused } from '../platform/errors.js';

export type MemberRole = 'opener' | 'substitute' | 'secretary';

const ROLES: Record<MemberRole, { m: string; f: string }> = {
  opener: { m: 'ouvreur désigné', f: 'ouvreuse désignée' },
  substitute: { m: 'suppléant', f: 'suppléante' },
  secretary: { m: 'secrétaire de séance', f: 'secrétaire de séance' },
};

export const roleInFrench = (role: MemberRole, person: Pick<Person, 'gender'> | null) => ROLES[role][person?.gender === 'f' ? 'f' : 'm'];

/** A person of the session: come, recused or replaced. Who may decrypt stands in the custodian’s gate; the secretary never does. */
@Entity('opening_member')
@Index('opening_member_of', ['consultationId', 'personId'], { unique: true })
export class OpeningMember {
  @Id() id!: string;
  @Ref() consultationId!: string;
  @Ref() personId!: string;
  @Text() role!: MemberRole;
  @Instant() namedAt!: Date;
  @Instant(true) presentAt: Date | null = null;
  /** The opener whose absence let this substitute in. */
  @Ref(true) standsInForId: string | null = null;
  /** D32: of absence of conflict of interest with the presence, or of a conflict. */
  @Instant(true) declaredAt: Date | null = null;
  /** A declared conflict is a recusal. */
  @Text(true) conflict: string | null = null;
  @Instant(true) recusedAt: Date | null = null;
  @Instant(true) replacedAt: Date | null = null;
  @Ref(true) replacedById: string | null = null;
  @Text(true) replacedReason: string | null = null;
  /** The signatory who decided it. */
  @Ref(true) decidedById: string | null = null;

  /** Neither recused nor replaced. */
  get sits() {
    return this.recusedAt === null && this.replacedAt === null;
  }

  mustSit() {
    if (this.recusedAt) throw new Forbidden('Vous vous êtes récusé : vous ne participez plus à l’ouverture.');
    if (this.replacedAt) throw new Forbidden('Vous avez été remplacé par décision du signataire : vous ne participez plus à l’ouverture.');
  }

  come(now: Date, standsInForId: string | null) {
    this.mustSit();
    if (this.presentAt) throw new Refused('already-present', 'Votre présence est déjà confirmée.');
    Object.assign(this, { presentAt: now, declaredAt: now, standsInForId });
  }

  recuse(conflict: string, now: Date) {
    this.mustSit();
    Object.assign(this, { conflict, declaredAt: now, recusedAt: now });
  }

  replace(by: { personId: string; reason: string; decidedById: string }, now: Date) {
    if (this.replacedAt) throw new Refused('replaced', 'Cette personne est déjà remplacée.');
    Object.assign(this, { replacedAt: now, replacedById: by.personId, replacedReason: by.reason, decidedById: by.decidedById });
  }
}

/**
 * A substitute steps in for an opener who is absent, and only then.
 * @param openers named, in order; @param come those who confirmed, substitutes included
 * @returns the absent opener
 */
export function stoodInFor({ openers, come, standIns, quorum }: { openers: readonly string[]; come: readonly string[]; standIns: readonly string[]; quorum: number }): string | null {
  if (come.length >= quorum) throw new Refused('no-need', 'Le nombre de personnes requis est atteint : un suppléant n’entre en séance que lorsqu’un ouvreur désigné manque.');
  const absent = openers.filter((one) => !come.includes(one));
  // Fewer openers are left than the quorum: one was recused, and nobody was named in that place yet.
  if (absent.length === 0 && openers.length >= quorum) throw new Refused('no-need', 'Tous les ouvreurs désignés sont présents : un suppléant n’a pas à entrer en séance.');
  return absent.find((one) => !standIns.includes(one)) ?? null;
}
