import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { flag, id, instant, int, json, money, ref, text } from './columns.js';

export class Bids1700000000003 implements MigrationInterface {
  async up(db: QueryRunner) {
    const tables: Table[] = [
      new Table({
        name: 'bid_draft',
        columns: [id, ref('consultationId'), ref('organisationId'), text('state'), instant('createdAt')],
        indices: [{ name: 'bid_draft_of', columnNames: ['consultationId', 'organisationId', 'state'] }],
      }),
      new Table({
        name: 'bid_file',
        columns: [id, ref('draftId'), int('position'), text('sealedName'), money('size'), text('sha256', true), text('state')],
        indices: [{ name: 'bid_file_draft', columnNames: ['draftId', 'position'] }],
      }),
      new Table({
        name: 'bid_part',
        columns: [id, ref('fileId'), int('position'), text('blob'), money('plainSize'), text('sha256'), money('cipherSize'), text('cipherSha256')],
        indices: [{ name: 'bid_part_file', columnNames: ['fileId', 'position'], isUnique: true }],
      }),
      new Table({
        name: 'bid',
        columns: [
          id,
          ref('consultationId'),
          ref('organisationId'),
          ref('draftId'),
          text('status'),
          instant('receivedAt'),
          instant('deadline'),
          int('deadlineVersion'),
          text('sealHash'),
          json('envelope'),
          text('manifestBlob'),
          ref('idempotencyKey'),
          ref('depositedById'),
          ref('replacesId', true),
          instant('withdrawnAt', true),
          instant('openedAt', true),
        ],
        indices: [
          { name: 'bid_consultation', columnNames: ['consultationId', 'status'] },
          { name: 'bid_organisation', columnNames: ['organisationId', 'consultationId'] },
          { name: 'bid_idempotency', columnNames: ['organisationId', 'idempotencyKey'], isUnique: true },
        ],
      }),
      new Table({
        name: 'receipt',
        columns: [id, ref('bidId'), ref('consultationId'), ref('organisationId'), text('kind'), text('sealedJson'), text('sealedPdf', true), instant('createdAt')],
        indices: [{ name: 'receipt_bid', columnNames: ['bidId'] }],
      }),
      new Table({
        name: 'opened_file',
        columns: [id, ref('bidId'), int('position'), text('name'), text('mediaType'), money('size'), text('sha256'), flag('intact'), json('blobs')],
        indices: [{ name: 'opened_file_bid', columnNames: ['bidId', 'position'], isUnique: true }],
      }),
      new Table({
        name: 'opening',
        columns: [id, instant('openedAt'), json('openerIds'), instant('checkedAt', true), json('anomalies'), ref('minutesFileId', true), ref('registerFileId', true)],
      }),
    ];
    for (const table of tables) await db.createTable(table);
  }

  async down(db: QueryRunner) {
    for (const name of ['opening', 'opened_file', 'receipt', 'bid', 'bid_part', 'bid_file', 'bid_draft']) await db.dropTable(name);
  }
}
