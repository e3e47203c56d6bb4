import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, instant, int, ref, text } from './columns.js';

/** Alarms of the end of a framework that were mailed: once per contract, day of the end and threshold. */
export class FrameworkAlarms1700000000021 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.createTable(
      new Table({
        name: 'framework_alarm',
        columns: [id, ref('contractId'), text('endsOn'), int('days'), instant('sentAt')],
        indices: [{ name: 'framework_alarm_once', columnNames: ['contractId', 'endsOn', 'days'], isUnique: true }],
      }),
    );
  }

  async down(db: QueryRunner) {
    await db.dropTable('framework_alarm');
  }
}
