import { Injectable } from '@nestjs/common';
import { In, Not, type SelectQueryBuilder } from 'typeorm';
import { Spending, type Spent } from '../agreements/spending.js';
import type { Act } from '../platform/acts.js';
import { CONCLUDED, type ContractStatus, GONE, SubsequentContract } from './subsequent-contract.js';

const CENTS = 'sum(coalesce(c."amountCents", 0))';
const QUANTITY = 'sum(coalesce(c."maxQuantity", c."estimatedQuantity", 0))';
const COUNTED: ContractStatus[] = [...CONCLUDED, 'terminated'];

/** The same for one lot, read with a contract of it: two sub-queries of a select on `c`. */
export function withSpentOfLot<T extends SubsequentContract>(query: SelectQueryBuilder<T>): SelectQueryBuilder<T> {
  const of = (sum: string) => (sub: SelectQueryBuilder<T>) => sub.select(sum.replaceAll('c.', 'x.')).from(SubsequentContract, 'x').where('x."lotId" = c."lotId" and x.status in (:...counted)');
  return query.addSelect(of(CENTS), 'spentCents').addSelect(of(QUANTITY), 'spentQuantity').setParameter('counted', COUNTED);
}
export const spentFrom = (raw: { spentCents?: string | number | null; spentQuantity?: string | number | null } | undefined): Spent => ({ cents: Number(raw?.spentCents ?? 0), quantity: Number(raw?.spentQuantity ?? 0) });

/** Amounts and quantities of the contracts concluded, by lot: what counts against its maximum (R2162-4). */
@Injectable()
export class ContractSpending extends Spending {
  async byLot(act: Act, frameworkId: string): Promise<Map<string, Spent>> {
    const rows = await act.db
      .createQueryBuilder(SubsequentContract, 'c')
      .select(['c."lotId" AS "lotId"', `${CENTS} AS "cents"`, `${QUANTITY} AS "quantity"`])
      .where('c."frameworkId" = :frameworkId and c.status in (:...concluded)', { frameworkId, concluded: COUNTED })
      .groupBy('c."lotId"')
      .getRawMany<{ lotId: string; cents: string | number; quantity: string | number }>();
    return new Map(rows.map(({ lotId, cents, quantity }) => [lotId, { cents: Number(cents), quantity: Number(quantity) }]));
  }

  async livingIn(act: Act, frameworkId: string): Promise<ReadonlySet<string>> {
    const rows = await act.db.find(SubsequentContract, { where: { frameworkId, status: Not(In([...GONE])) }, select: { id: true, departmentCode: true } });
    return new Set(rows.map((one) => one.departmentCode));
  }
}
