import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { json } from './columns.js';

/** Durations of the retro-planning become data of the framework; none means those by default. */
export class RetroDurations1700000000022 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.addColumns('framework_agreement', [new TableColumn(json('durations', true))]);
  }

  async down(db: QueryRunner) {
    await db.dropColumns('framework_agreement', ['durations']);
  }
}
