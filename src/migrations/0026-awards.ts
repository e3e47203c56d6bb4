import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, instant, int, json, money, ref, text } from './columns.js';

const TABLES = [
  new Table({
    name: 'award',
    columns: [
      id,
      ref('consultationId'),
      int('number'),
      text('status'),
      text('procedure'),
      ref('bidId'),
      ref('organisationId'),
      { ...int('rank'), isNullable: true },
      money('amountCents'),
      text('reasons'),
      int('participants'),
      json('passed'),
      ref('proposedById'),
      instant('proposedAt'),
      text('certificatesDue', true),
      instant('askedAt', true),
      instant('remindedAt', true),
      text('heldReason', true),
      instant('certifiedAt', true),
      instant('decidedAt', true),
      ref('decidedById', true),
      ref('decisionLetterId', true),
      ref('reportFileId', true),
      json('standstill', true),
      instant('lettersSentAt', true),
      text('signableFrom', true),
      instant('contractSignedAt', true),
      instant('endedAt', true),
      ref('endedById', true),
      text('endReason', true),
    ],
    indices: [
      { name: 'award_number', columnNames: ['consultationId', 'number'], isUnique: true },
      { name: 'award_status', columnNames: ['status', 'certificatesDue'] },
    ],
  }),
  new Table({
    name: 'award_certificate',
    columns: [
      id,
      ref('awardId'),
      ref('consultationId'),
      ref('organisationId'),
      text('kind'),
      text('status'),
      ref('fileId', true),
      text('fileName', true),
      money('fileSize', true),
      instant('receivedAt', true),
      ref('receivedById', true),
      text('expiresOn', true),
      text('note', true),
      ref('checkedById', true),
      instant('checkedAt', true),
    ],
    indices: [{ name: 'award_certificate_of', columnNames: ['awardId', 'organisationId'] }],
  }),
  new Table({
    name: 'remedy',
    columns: [
      id,
      ref('consultationId'),
      text('kind'),
      text('court'),
      text('number'),
      text('applicant'),
      text('filedOn'),
      ref('recordedById'),
      instant('recordedAt'),
      text('outcome', true),
      text('outcomeOn', true),
      text('ruling', true),
      text('sentBackTo', true),
      ref('closedById', true),
      instant('closedAt', true),
    ],
    indices: [{ name: 'remedy_consultation', columnNames: ['consultationId', 'filedOn'] }],
  }),
  new Table({
    name: 'reasons_request',
    columns: [id, ref('consultationId'), ref('organisationId'), text('text'), instant('receivedAt'), text('dueOn'), ref('recordedById'), ref('letterId', true), text('answer', true), instant('answeredAt', true), ref('answeredById', true)],
    indices: [
      { name: 'reasons_request_of', columnNames: ['consultationId', 'organisationId'] },
      { name: 'reasons_request_due', columnNames: ['answeredAt', 'dueOn'] },
    ],
  }),
];

export class Awards1700000000026 implements MigrationInterface {
  async up(db: QueryRunner) {
    for (const table of TABLES) await db.createTable(table);
  }

  async down(db: QueryRunner) {
    for (const table of TABLES.toReversed()) await db.dropTable(table);
  }
}
