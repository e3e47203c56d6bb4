import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { json } from './columns.js';

const ADDED: Record<string, TableColumn[]> = {
  organisation: [new TableColumn(json('depositorIds', true))],
};

export class BidsInFull1700000000010 implements MigrationInterface {
  async up(db: QueryRunner) {
    for (const [table, columns] of Object.entries(ADDED)) await db.addColumns(table, columns);
  }

  async down(db: QueryRunner) {
    for (const [table, columns] of Object.entries(ADDED)) await db.dropColumns(table, columns);
  }
}
