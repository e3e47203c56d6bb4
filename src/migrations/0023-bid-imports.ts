import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { instant } from './columns.js';

/** When the bids were opened on the other platform. No import exists yet: the table came empty with 0014. */
export class BidImports1700000000023 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.addColumn('bid_import', new TableColumn(instant('openedThereAt')));
  }

  async down(db: QueryRunner) {
    await db.dropColumn('bid_import', 'openedThereAt');
  }
}
