import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';
import { flag, id, instant, int, json, ref, text } from './columns.js';

const ADDED: Record<string, TableColumn[]> = {
  consultation: [
    new TableColumn(text('questionsBefore', true)),
    new TableColumn({ ...int('documentsVersion'), default: 1 }),
    new TableColumn({ ...json('expected'), default: "'[]'" }),
    new TableColumn({ ...text('channel'), default: "'souspli'" }),
    new TableColumn(text('externalReference', true)),
    new TableColumn(text('externalLink', true)),
    new TableColumn(json('outageRule', true)),
    new TableColumn(text('abandonReason', true)),
  ],
  consultation_document: [new TableColumn(text('note', true)), new TableColumn(instant('supersededAt', true)), new TableColumn(ref('replacesId', true))],
  invitation: [new TableColumn(text('intent', true)), new TableColumn(instant('intentAt', true)), new TableColumn(instant('openedAt', true)), new TableColumn(ref('mailId', true))],
  mail: [new TableColumn(text('replyTo', true))],
  bid: [new TableColumn({ ...int('documentsVersion'), default: 1 })],
};

export class ConsultationLife1700000000006 implements MigrationInterface {
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
    await db.createTable(
      new Table({
        name: 'question',
        columns: [
          id, ref('consultationId'), int('number'), ref('organisationId', true), ref('personId', true), text('channel'), instant('askedAt'), flag('late'), text('text'), text('status'),
          text('answer', true), ref('answeredById', true), instant('publishedAt', true), ref('noticeId', true),
        ],
        indices: [{ name: 'question_of', columnNames: ['consultationId', 'number'], isUnique: true }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'notice',
        columns: [
          id, ref('consultationId'), int('number'), text('kind'), text('text'), flag('significant'), text('oldLocalDeadline', true), text('newLocalDeadline', true), text('body'), ref('fileId', true),
          ref('byId', true), instant('at'),
        ],
        indices: [{ name: 'notice_of', columnNames: ['consultationId', 'number'], isUnique: true }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'visa',
        columns: [id, ref('consultationId'), ref('personId'), int('position'), text('status'), text('comment', true), ref('askedById'), instant('askedAt'), instant('decidedAt', true)],
        indices: [
          { name: 'visa_once', columnNames: ['consultationId', 'personId'], isUnique: true },
          { name: 'visa_person', columnNames: ['personId', 'status'] },
        ],
      }),
    );
    await db.createTable(
      new Table({
        name: 'written_document',
        columns: [id, ref('consultationId'), text('kind'), text('text'), int('version'), ref('byId'), instant('updatedAt')],
        indices: [{ name: 'written_document_once', columnNames: ['consultationId', 'kind'], isUnique: true }],
      }),
    );
    await db.createTable(
      new Table({
        name: 'reminder',
        columns: [id, ref('consultationId'), int('deadlineVersion'), text('offset'), instant('at'), text('state'), instant('doneAt', true)],
        indices: [
          { name: 'reminder_of', columnNames: ['consultationId'] },
          { name: 'reminder_due', columnNames: ['state', 'at'] },
        ],
      }),
    );
    await db.createTable(new Table({ name: 'heartbeat', columns: [id, instant('machineAt'), instant('legalAt')], indices: [{ name: 'heartbeat_legal', columnNames: ['legalAt'] }, { name: 'heartbeat_machine', columnNames: ['machineAt'] }] }));
    await db.createTable(
      new Table({
        name: 'document_withdrawal',
        columns: [id, ref('consultationId'), ref('documentId'), ref('organisationId'), ref('personId'), instant('at')],
        indices: [
          { name: 'document_withdrawal_once', columnNames: ['documentId', 'personId'], isUnique: true },
          { name: 'document_withdrawal_of', columnNames: ['consultationId'] },
        ],
      }),
    );
  }

  async down(db: QueryRunner) {
    for (const table of ['document_withdrawal', 'heartbeat', 'reminder', 'visa', 'written_document', 'notice', 'question']) await db.dropTable(table);
    for (const [table, columns] of Object.entries(ADDED)) await db.dropColumns(table, columns);
  }
}
