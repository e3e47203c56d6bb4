import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import type { Day } from '../platform/working-days.js';
import type { Source } from './framework-agreement.js';
import type { LotDepartment } from './lot.js';

export const GREEN_LIGHT_SCOPES = {
  framework: 'tout l’accord-cadre',
  lot: 'un lot',
  wave: 'une vague',
  department: 'un département',
} as const;
export type GreenLightScope = keyof typeof GREEN_LIGHT_SCOPES;

/** Feu vert: the national level lets the subsequent contracts of a scope be launched. Revocable, never erased. */
@Entity('green_light')
@Index('green_light_framework', ['frameworkId'])
export class GreenLight {
  @Id() id!: string;
  @Ref() frameworkId!: string;
  @Text() scope!: GreenLightScope;
  @Ref(true) lotId: string | null = null;
  @Int(true) wave: number | null = null;
  @Text(true) departmentCode: string | null = null;
  @Text() givenOn!: Day;
  @Text() reference!: string;
  @Text() issuer!: string;
  @Text() conditions: string = '';
  /** The document received, or the letter made here. */
  @Ref(true) fileId: string | null = null;
  @Text() source: Source = 'ministry';
  @Ref() createdById!: string;
  @Instant() createdAt!: Date;
  @Text(true) revokedOn: Day | null = null;
  @Text(true) revokedReason: string | null = null;
  /** Last time the ministry corrected what a region had recorded. */
  @Instant(true) correctedAt: Date | null = null;

  /** @throws Invalid when the scope is not said in full */
  check() {
    if (this.scope === 'lot' && !this.lotId) throw Invalid.field('lotId', 'Choisissez le lot.');
    if (this.scope === 'wave' && !this.wave) throw Invalid.field('wave', 'Choisissez la vague.');
    if (this.scope === 'department' && !this.departmentCode) throw Invalid.field('departmentCode', 'Choisissez le département.');
  }

  isValid(day: Day) {
    return this.givenOn <= day && (this.revokedOn === null || day < this.revokedOn);
  }

  covers(place: Pick<LotDepartment, 'frameworkId' | 'lotId' | 'wave' | 'departmentCode'>, day: Day): boolean {
    if (this.frameworkId !== place.frameworkId || !this.isValid(day)) return false;
    if (this.scope === 'framework') return true;
    if (this.scope === 'lot') return this.lotId === place.lotId;
    if (this.scope === 'wave') return this.wave === place.wave;
    return this.departmentCode === place.departmentCode;
  }

  correct(to: { givenOn: Day; reference: string; issuer: string; conditions: string }, now: Date) {
    if (this.source !== 'recorded-by-region') throw new Refused('signed', 'Ce feu vert est une lettre signée : retirez-le, puis donnez-en un autre.');
    if (this.revokedOn) throw new Refused('already-revoked', 'Ce feu vert est déjà retiré.');
    Object.assign(this, { givenOn: to.givenOn, reference: to.reference, issuer: to.issuer, conditions: to.conditions, correctedAt: now });
  }

  revoke(day: Day, reason: string) {
    if (this.revokedOn) throw new Refused('already-revoked', 'Ce feu vert est déjà retiré.');
    if (day < this.givenOn) throw Invalid.field('revokedOn', 'Le retrait vient après le feu vert.');
    this.revokedOn = day;
    this.revokedReason = reason;
  }
}
