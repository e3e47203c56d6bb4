import { Injectable } from '@nestjs/common';
import { Spending } from '../agreements/spending.js';
import type { Act } from '../platform/acts.js';
import { CONCLUDED, SubsequentContract } from './subsequent-contract.js';

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
}
