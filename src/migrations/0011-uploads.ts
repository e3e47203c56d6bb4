import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';
import { ref } from './columns.js';

export class Uploads1700000000011 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.addColumn('bid_file', new TableColumn(ref('clientKey', true)));
    await db.createIndex('bid_file', new TableIndex({ name: 'bid_file_key', columnNames: ['draftId', 'clientKey'], isUnique: true }));
  }

  async down(db: QueryRunner) {
    await db.dropIndex('bid_file', 'bid_file_key');
    await db.dropColumn('bid_file', 'clientKey');
  }
}
