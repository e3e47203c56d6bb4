import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { Spending } from '../agreements/spending.js';
import type { Act } from '../platform/acts.js';
import { CONCLUDED, GONE, SubsequentContract } from './subsequent-contract.js';

/** Amounts of the contracts concluded, by lot: what counts against its maximum. */
@Injectable()
export class ContractSpending extends Spending {
  async byLot(act: Act, frameworkId: string): Promise<Map<string, number>> {
    const rows = await act.db
      .createQueryBuilder(SubsequentContract, 'c')
      .select(['c."lotId" AS "lotId"', 'sum(c."amountCents") AS "cents"'])
      .where('c."frameworkId" = :frameworkId and c.status in (:...concluded) and c."amountCents" is not null', { frameworkId, concluded: [...CONCLUDED, 'terminated'] })
      .groupBy('c."lotId"')
      .getRawMany<{ lotId: string; cents: string | number }>();
    return new Map(rows.map(({ lotId, cents }) => [lotId, Number(cents)]));
  }

  async livingIn(act: Act, frameworkId: string): Promise<ReadonlySet<string>> {
    const rows = await act.db.find(SubsequentContract, { where: { frameworkId, status: Not(In([...GONE])) }, select: { id: true, departmentCode: true } });
    return new Set(rows.map((one) => one.departmentCode));
  }
}
