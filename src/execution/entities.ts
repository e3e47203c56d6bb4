import { Amendment } from './amendment.js';
import { ContractRecord } from './contract-record.js';
import { ExecutionFact } from './execution-fact.js';
import { Deliverable, Order } from './order.js';
import { SubContractor } from './sub-contractor.js';

export const EXECUTION_ENTITIES = [ContractRecord, SubContractor, Order, Deliverable, Amendment, ExecutionFact];
