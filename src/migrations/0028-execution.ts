import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { flag, id, instant, int, json, money, ref, text } from './columns.js';

const numbered = (table: string) => [{ name: `${table}_number`, columnNames: ['contractId', 'number'], isUnique: true }];

const record = new Table({
  name: 'contract_record',
  columns: [
    id, text('number'), ref('organisationId', true), text('contractorName'), text('contractorSiret', true), text('priceForm'), money('amountCents'), int('minQuantity', true), int('estimatedQuantity', true), int('maxQuantity', true),
    int('durationMonths'), text('startsOn', true), int('renewals'), int('renewalMonths'), text('budgetLine', true), text('commitmentNumber', true), flag('visaRequired'), text('visaReference', true), text('visaOn', true),
    flag('sme'), flag('advanceRefused'), int('advancePercent', true), text('holderSignatory', true), text('holderSignedOn', true), json('holderCopy', true), text('signedOn', true), ref('signedById', true), json('signedCopy', true),
    text('notifiedOn', true), text('receivedOn', true), text('endsOn', true), text('terminatedOn', true), ref('createdById'), instant('createdAt'), instant('changedAt'),
  ],
  indices: [{ name: 'contract_record_number', columnNames: ['number'], isUnique: true }],
});

const subContractor = new Table({
  name: 'contract_sub_contractor',
  columns: [
    id, ref('contractId'), int('number'), text('name'), text('siret', true), text('services'), money('amountCents'), money('withVatCents'), text('receivedOn'), text('status'), text('reason', true), text('decidedOn', true),
    ref('decidedById', true), ref('createdById'), instant('createdAt'),
  ],
  indices: numbered('contract_sub_contractor'),
});

const order = new Table({
  name: 'contract_order',
  columns: [
    id, ref('contractId'), int('number'), text('object'), int('quantity', true), money('amountCents'), text('issuedOn'), text('dueOn', true), ref('issuedById'), instant('createdAt'), text('cancelReason', true), text('cancelledOn', true),
    ref('cancelledById', true),
  ],
  indices: numbered('contract_order'),
});

const deliverable = new Table({
  name: 'contract_deliverable',
  columns: [id, ref('contractId'), int('number'), ref('orderId', true), text('title'), text('dueOn', true), text('status'), json('history'), ref('createdById'), instant('createdAt')],
  indices: numbered('contract_deliverable'),
});

const amendment = new Table({
  name: 'contract_amendment',
  columns: [
    id, ref('contractId'), int('number'), text('status'), text('legalCase'), text('object'), text('justification'), money('deltaCents'), money('beforeCents'), money('cumulCents'), text('endsOn', true), text('frameworkAnalysis', true),
    text('newContractor', true), ref('createdById'), instant('createdAt'), text('signedOn', true), ref('signedById', true), json('copy', true), text('receivedOn', true), text('cancelReason', true),
  ],
  indices: numbered('contract_amendment'),
});

const fact = new Table({
  name: 'execution_fact',
  columns: [id, ref('contractId'), int('number'), text('kind'), text('on'), money('amountCents', true), text('reason'), ref('aboutId', true), text('endsOn', true), text('ground', true), ref('byId'), instant('at')],
  indices: numbered('execution_fact'),
});

/** The life of a contract after its award. */
export class Execution1700000000028 implements MigrationInterface {
  async up(db: QueryRunner) {
    for (const table of [record, subContractor, order, deliverable, amendment, fact]) await db.createTable(table);
  }

  async down(db: QueryRunner) {
    for (const table of [fact, amendment, deliverable, order, subContractor, record]) await db.dropTable(table);
  }
}
