import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';
import { id, instant, int, ref, text } from './columns.js';

const TABLES = [
  new Table({
    name: 'opening_session',
    columns: [id, instant('startsAt'), text('place', true), text('link', true), int('version'), int('convenedVersion'), ref('plannedById'), instant('plannedAt'), ref('letterFileId', true), ref('calendarFileId', true), instant('closedAt', true), ref('closedById', true)],
  }),
  new Table({
    name: 'opening_member',
    columns: [
      id,
      ref('consultationId'),
      ref('personId'),
      text('role'),
      instant('namedAt'),
      instant('presentAt', true),
      ref('standsInForId', true),
      instant('declaredAt', true),
      text('conflict', true),
      instant('recusedAt', true),
      instant('replacedAt', true),
      ref('replacedById', true),
      text('replacedReason', true),
      ref('decidedById', true),
    ],
    indices: [{ name: 'opening_member_of', columnNames: ['consultationId', 'personId'], isUnique: true }],
  }),
  new Table({
    name: 'opening_observation',
    columns: [id, ref('consultationId'), ref('personId'), text('text'), instant('at')],
    indices: [{ name: 'opening_observation_of', columnNames: ['consultationId', 'at'] }],
  }),
];

/** Séances d’ouverture; why a bid cannot be read; the journal read by its subject, for what a file did before it had a call. */
export class OpeningSessions1700000000027 implements MigrationInterface {
  async up(db: QueryRunner) {
    for (const table of TABLES) await db.createTable(table);
    await db.addColumns('bid', [new TableColumn(instant('checkedAt', true)), new TableColumn(text('unreadableReason', true)), new TableColumn(text('unreadableNote', true))]);
    await db.createIndex('journal', new TableIndex({ name: 'journal_subject', columnNames: ['subject', 'chain'] }));
  }

  async down(db: QueryRunner) {
    await db.dropIndex('journal', 'journal_subject');
    await db.dropColumns('bid', ['checkedAt', 'unreadableReason', 'unreadableNote']);
    for (const table of TABLES.toReversed()) await db.dropTable(table);
  }
}
