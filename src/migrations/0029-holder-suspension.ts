import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { text } from './columns.js';

/** A holder whose exit is announced may be suspended until then: what the end of the suspension brings back. */
export class HolderSuspension1700000000029 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.addColumns('holder', [new TableColumn(text('beforeSuspension', true))]);
  }

  async down(db: QueryRunner) {
    await db.dropColumns('holder', ['beforeSuspension']);
  }
}
