import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';
import { id, instant, int, json, ref, text } from './columns.js';

const ADDED: Record<string, TableColumn[]> = {
  consultation: [new TableColumn(instant('frozenAt', true))],
  commission: [new TableColumn({ ...json('documents'), default: "'[]'" })],
  question: [new TableColumn(text('receivedOn', true)), new TableColumn(text('publicText', true))],
  notice: [new TableColumn(ref('documentId', true)), new TableColumn({ ...int('documentsVersion'), default: 1 })],
  invitation: [new TableColumn(instant('bouncedAt', true))],
  mail: [new TableColumn(ref('digestId', true))],
  person: [new TableColumn(text('timeZone', true)), new TableColumn({ ...text('mailPace'), default: "'at-once'" })],
  bid_draft: [new TableColumn(text('sealedChecklist', true))],
};

const MAIL_INDICES = [
  new TableIndex({ name: 'mail_consultation', columnNames: ['consultationId', 'kind', 'queuedAt'] }),
  new TableIndex({ name: 'mail_state', columnNames: ['state', 'queuedAt'] }),
];

export class CallsInFull1700000000014 implements MigrationInterface {
  async up(db: QueryRunner) {
    for (const [table, columns] of Object.entries(ADDED)) {
      await db.addColumns(table, columns);
      // A default serves the rows that are there; new ones say their own value.
      for (const column of columns.filter((one) => one.default !== undefined)) {
        const plain = column.clone();
        plain.default = undefined;
        await db.changeColumn(table, column.name, plain);
      }
    }
    await db.createIndices('mail', MAIL_INDICES);
    await db.createTable(
      new Table({
        name: 'bid_import',
        columns: [id, instant('at'), ref('byId'), ref('registerFileId'), text('archiveSha256', true), int('received')],
      }),
    );
  }

  async down(db: QueryRunner) {
    await db.dropTable('bid_import');
    await db.dropIndices('mail', MAIL_INDICES);
    for (const [table, columns] of Object.entries(ADDED)) await db.dropColumns(table, columns);
  }
}
