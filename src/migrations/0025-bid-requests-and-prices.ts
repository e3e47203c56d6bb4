import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';
import { id, instant, int, json, money, ref, text } from './columns.js';

const schedule = new Table({ name: 'price_schedule', columns: [id, int('decimals'), json('lines'), text('fileName'), ref('byId'), instant('at')] });

const filled = new Table({
  name: 'filled_schedule',
  columns: [id, ref('consultationId'), money('totalCents', true), json('lines'), json('faults'), text('fileName'), ref('byId'), instant('at')],
  indices: [{ name: 'filled_schedule_consultation', columnNames: ['consultationId'] }],
});

/** Requests are prepared, then signed; unit prices have a blank form of the buyer and one filled form per bid. */
export class BidRequestsAndPrices1700000000025 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.addColumns('bid_request', [new TableColumn(text('reason', true)), new TableColumn(instant('sentAt', true))]);
    for (const table of [schedule, filled]) await db.createTable(table);
  }

  async down(db: QueryRunner) {
    for (const table of [filled, schedule]) await db.dropTable(table);
    await db.dropColumns('bid_request', ['reason', 'sentAt']);
  }
}
