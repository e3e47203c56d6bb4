import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';
import { id, instant, int, json, money, ref, text } from './columns.js';

const TABLES = [
  new Table({
    name: 'evaluation',
    columns: [
      id,
      text('status'),
      json('rule'),
      json('evaluatorIds'),
      json('declarations'),
      json('tie', true),
      ref('chosenBidId', true),
      text('reasons', true),
      instant('beganAt'),
      instant('lockedAt', true),
      ref('lockedById', true),
      ref('reportFileId', true),
    ],
  }),
  new Table({
    name: 'assessment',
    columns: [id, ref('consultationId'), json('documents'), money('priceCents', true), text('bidClass', true), text('reason', true), ref('classedById', true), instant('classedAt', true), text('advantages', true)],
    indices: [{ name: 'assessment_consultation', columnNames: ['consultationId'] }],
  }),
  new Table({
    name: 'score',
    columns: [id, ref('consultationId'), ref('bidId'), ref('leafId'), ref('personId'), text('note'), text('justification'), instant('updatedAt')],
    indices: [
      { name: 'score_consultation', columnNames: ['consultationId', 'personId'] },
      { name: 'score_of', columnNames: ['bidId', 'leafId', 'personId'], isUnique: true },
    ],
  }),
  new Table({
    name: 'bid_request',
    columns: [
      id,
      ref('batchId'),
      ref('consultationId'),
      ref('bidId'),
      ref('organisationId'),
      int('number'),
      text('kind'),
      text('status'),
      json('items'),
      text('localDeadline'),
      text('timeZone'),
      instant('deadline'),
      ref('letterId', true),
      text('answer', true),
      json('files'),
      instant('answeredAt', true),
      ref('answeredById', true),
      text('decision', true),
      ref('decidedById', true),
      instant('decidedAt', true),
      ref('createdById'),
      instant('createdAt'),
    ],
    indices: [
      { name: 'bid_request_consultation', columnNames: ['consultationId', 'createdAt', 'id'] },
      { name: 'bid_request_bid', columnNames: ['bidId'] },
    ],
  }),
];

export class Evaluations1700000000017 implements MigrationInterface {
  async up(db: QueryRunner) {
    for (const table of TABLES) await db.createTable(table);
    await db.addColumns('consultation', [new TableColumn(json('awardRule', true)), new TableColumn(money('budgetCents', true))]);
  }

  async down(db: QueryRunner) {
    await db.dropColumns('consultation', ['awardRule', 'budgetCents']);
    for (const table of TABLES.toReversed()) await db.dropTable(table);
  }
}
