import { type MigrationInterface, type QueryRunner, TableColumn, type TableColumnOptions } from 'typeorm';
import { instant, json, ref, text } from './columns.js';

const ADDED: Record<string, TableColumnOptions[]> = {
  framework_agreement: [text('callPublishedOn', true), text('renewableUntil', true), instant('correctedAt', true)],
  holder: [text('signedOn', true), text('notifiedOn', true), text('sourceReference', true), ref('sourceFileId', true), instant('correctedAt', true)],
  green_light: [instant('correctedAt', true)],
  subsequent_contract: [ref('signatoryId', true)],
  diagnostic: [json('authorMembers', true)],
  membership: [text('title', true)],
};

/** What the first tables of the agreements did not say: notifications, renewals, proofs of what a region records, who signs. */
export class AgreementsInFull1700000000013 implements MigrationInterface {
  async up(db: QueryRunner) {
    for (const [table, columns] of Object.entries(ADDED)) await db.addColumns(table, columns.map((one) => new TableColumn(one)));
  }

  async down(db: QueryRunner) {
    for (const [table, columns] of Object.entries(ADDED).toReversed()) await db.dropColumns(table, columns.map((one) => one.name));
  }
}
