import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { Spending, type Spent } from '../agreements/spending.js';
import type { Act } from '../platform/acts.js';
import { CONCLUDED, GONE, SubsequentContract } from './subsequent-contract.js';

/** Amounts and quantities of the contracts concluded, by lot: what counts against its maximum (R2162-4). */
@Injectable()
export class ContractSpending extends Spending {
  async byLot(act: Act, frameworkId: string): Promise<Map<string, Spent>> {
    const rows = await act.db
      .createQueryBuilder(SubsequentContract, 'c')
      .select(['c."lotId" AS "lotId"', 'sum(coalesce(c."amountCents", 0)) AS "cents"', 'sum(coalesce(c."maxQuantity", c."estimatedQuantity", 0)) AS "quantity"'])
      .where('c."frameworkId" = :frameworkId and c.status in (:...concluded)', { frameworkId, concluded: [...CONCLUDED, 'terminated'] })
      .groupBy('c."lotId"')
      .getRawMany<{ lotId: string; cents: string | number; quantity: string | number }>();
    return new Map(rows.map(({ lotId, cents, quantity }) => [lotId, { cents: Number(cents), quantity: Number(quantity) }]));
  }

  async livingIn(act: Act, frameworkId: string): Promise<ReadonlySet<string>> {
    const rows = await act.db.find(SubsequentContract, { where: { frameworkId, status: Not(In([...GONE])) }, select: { id: true, departmentCode: true } });
    return new Set(rows.map((one) => one.departmentCode));
  }
}
