import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, instant, int, money, ref, text } from './columns.js';

export class Support1700000000008 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.createTable(
      new Table({
        name: 'problem_report',
        columns: [
          id, text('number'), int('year'), int('sequence'), instant('at'), instant('recordedAt'), text('sealedText'), text('sealedContact', true), ref('consultationId', true), ref('personId', true),
          text('page', true), text('userAgent', true), money('lastUploadBytes', true),
        ],
        indices: [
          { name: 'problem_report_number', columnNames: ['year', 'sequence'], isUnique: true },
          { name: 'problem_report_at', columnNames: ['at', 'id'] },
          { name: 'problem_report_of', columnNames: ['consultationId'] },
        ],
      }),
    );
  }

  async down(db: QueryRunner) {
    await db.dropTable('problem_report');
  }
}
