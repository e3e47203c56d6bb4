import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';
import { id, instant, int, money, ref, text } from './columns.js';

const ADDED = [new TableColumn(money('machineSinceMs', true)), new TableColumn(money('legalSinceMs', true))];

export class Evidence1700000000012 implements MigrationInterface {
  async up(db: QueryRunner) {
    await db.addColumns('heartbeat', ADDED);
    await db.createTable(
      new Table({
        name: 'incident',
        columns: [id, ref('consultationId'), text('kind'), instant('from'), instant('to'), instant('noticedAt')],
        indices: [{ name: 'incident_of', columnNames: ['consultationId', 'from'] }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'minute_record',
        columns: [
          id, instant('machineAt'), instant('legalAt'), money('freeBytes', true), int('queued'), int('databaseOffsetMs', true), int('driftMs'), text('selfTest'), text('selfTestFault', true), int('selfTestMs'),
          text('hash'),
        ],
        indices: [{ name: 'minute_record_legal', columnNames: ['legalAt'] }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'http_failure',
        columns: [id, instant('minute'), ref('consultationId', true), text('kind'), int('times')],
        indices: [{ name: 'http_failure_of', columnNames: ['consultationId', 'minute'] }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'attestation',
        columns: [id, ref('consultationId'), int('number'), text('stage'), instant('askedAt'), ref('askedById', true), text('statement', true), ref('fileId', true)],
        indices: [{ name: 'attestation_number', columnNames: ['consultationId', 'number'], isUnique: true }],
      }),
    );
  }

  async down(db: QueryRunner) {
    for (const table of ['attestation', 'http_failure', 'minute_record', 'incident']) await db.dropTable(table);
    await db.dropColumns('heartbeat', ADDED);
  }
}
