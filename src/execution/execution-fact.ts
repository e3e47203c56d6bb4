import { Entity, Index } from 'typeorm';
import { Id, Instant, Int, Money, Ref, Text } from '../platform/columns.js';
import { Invalid, Refused } from '../platform/errors.js';
import type { Day } from '../platform/working-days.js';

export const FACT_KINDS = {
  'service-done': { label: 'Service fait constaté' },
  'formal-notice': { label: 'Mise en demeure' },
  penalty: { label: 'Pénalité' },
  'penalty-waived': { label: 'Pénalité remise' },
  renewal: { label: 'Reconduction' },
  'non-renewal': { label: 'Non-reconduction' },
  termination: { label: 'Résiliation' },
  completion: { label: 'Achèvement' },
} as const;
export type FactKind = keyof typeof FACT_KINDS;

export const TERMINATION_GROUNDS = {
  fault: { label: 'Faute du titulaire d’une gravité suffisante', article: 'L. 2195-3, 1°' },
  'general-interest': { label: 'Motif d’intérêt général', article: 'L. 2195-3, 2°' },
  'force-majeure': { label: 'Force majeure', article: 'L. 2195-2' },
  excluded: { label: 'Titulaire placé dans un cas d’exclusion', article: 'L. 2195-4' },
  agreement: { label: 'Accord des deux parties', article: 'L. 6, 5°' },
} as const;
export type TerminationGround = keyof typeof TERMINATION_GROUNDS;
export const isGround = (typed: string): typed is TerminationGround => Object.hasOwn(TERMINATION_GROUNDS, typed);

/** One dated thing of the execution. Rows are only ever added: what was wrong is answered by another row. */
@Entity('execution_fact')
@Index('execution_fact_number', ['contractId', 'number'], { unique: true })
export class ExecutionFact {
  @Id() id!: string;
  @Ref() contractId!: string;
  @Int() number!: number;
  @Text() kind!: FactKind;
  @Text() on!: Day;
  @Money(true) amountCents: number | null = null;
  @Text() reason!: string;
  /** The deliverable of a service, the penalty that is waived. */
  @Ref(true) aboutId: string | null = null;
  /** The new end of the contract, when it moves it. */
  @Text(true) endsOn: Day | null = null;
  @Text(true) ground: TerminationGround | null = null;
  @Ref() byId!: string;
  @Instant() at!: Date;
}

type Facts = readonly Pick<ExecutionFact, 'id' | 'kind' | 'amountCents' | 'aboutId' | 'on'>[];

export const servicesDone = (facts: Facts): number => facts.filter((one) => one.kind === 'service-done').reduce((sum, one) => sum + (one.amountCents ?? 0), 0);

/** Those that are still owed. */
export function penaltiesOf(facts: Facts): { cents: number; owed: Set<string> } {
  const waived = new Set(facts.filter((one) => one.kind === 'penalty-waived').map((one) => one.aboutId));
  const owed = facts.filter((one) => one.kind === 'penalty' && !waived.has(one.id));
  return { cents: owed.reduce((sum, one) => sum + (one.amountCents ?? 0), 0), owed: new Set(owed.map((one) => one.id)) };
}

/** Service fait: never above the contract. */
export function mustBeDoneWithin(amountCents: number, facts: Facts, contractCents: number) {
  if (servicesDone(facts) + amountCents > contractCents) throw Invalid.field('amount', 'Le service fait dépasserait le montant du marché : passez d’abord un avenant (art. R. 2194-1).');
}

/** CCAG, 14: the contractor is first asked for its observations, which the reason tells; a fault is first put on notice. */
export function mustBeTerminable(ground: TerminationGround, facts: Facts) {
  if (ground === 'fault' && !facts.some((one) => one.kind === 'formal-notice')) throw new Refused('no-notice', 'Une résiliation pour faute suit une mise en demeure restée sans effet : enregistrez-la d’abord (art. L. 2195-3 et CCAG).');
}

/** R2112-4: as many times as the contract says, before its end. */
export function mustBeRenewable(record: { renewals: number }, facts: Facts) {
  if (record.renewals === 0) throw new Refused('no-renewal', 'Le marché ne prévoit pas de reconduction (art. R. 2112-4).');
  if (facts.some((one) => one.kind === 'non-renewal')) throw new Refused('not-renewed', 'La non-reconduction est déjà décidée.');
  if (facts.filter((one) => one.kind === 'renewal').length >= record.renewals) throw new Refused('renewals-used', `Le marché a déjà été reconduit ${record.renewals} fois, le nombre qu’il prévoit (art. R. 2112-4).`);
}
