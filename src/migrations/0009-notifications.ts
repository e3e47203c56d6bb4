import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { ref } from './columns.js';

const ADDED: Record<string, TableColumn[]> = {
  session: [new TableColumn(ref('organisationId', true))],
  sign_in_link: [new TableColumn(ref('organisationId', true))],
};

export class Notifications1700000000009 implements MigrationInterface {
  async up(db: QueryRunner) {
    for (const [table, columns] of Object.entries(ADDED)) await db.addColumns(table, columns);
  }

  async down(db: QueryRunner) {
    for (const [table, columns] of Object.entries(ADDED)) await db.dropColumns(table, columns);
  }
}
