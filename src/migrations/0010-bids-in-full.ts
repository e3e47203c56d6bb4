import { type MigrationInterface, type QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';
import { flag, id, instant, int, json, ref, text } from './columns.js';

const ADDED: Record<string, TableColumn[]> = {
  organisation: [new TableColumn(json('depositorIds', true))],
  consultation: [new TableColumn(json('otherMeans', true)), new TableColumn({ ...flag('oneBidEach'), default: false })],
  bid_draft: [new TableColumn(text('sealedConsortium', true))],
  bid: [new TableColumn(instant('startedAt', true)), new TableColumn(int('session', true)), new TableColumn(ref('deliveryId', true)), new TableColumn(json('consortium', true))],
  receipt: [new TableColumn(ref('recordedById', true))],
  opening: [new TableColumn({ ...ref('consultationId'), default: "''" }), new TableColumn({ ...int('number'), default: 1 })],
  opened_file: [new TableColumn(ref('deliveryId', true)), new TableColumn(ref('scannedById', true)), new TableColumn(instant('scannedAt', true))],
};

/** An envelope handed over has neither draft nor manifest. */
const NULLABLE: [string, string][] = [
  ['bid', 'draftId'],
  ['bid', 'manifestBlob'],
];

const gate = [instant('notBefore'), int('quorum'), json('openers'), json('substitutes'), json('confirmations'), instant('releasedAt', true)];

const TABLES = [
  new Table({
    name: 'sealing_session',
    columns: [id, ref('consultationId'), int('number'), ...gate, json('subjects')],
    indices: [{ name: 'sealing_session_number', columnNames: ['consultationId', 'number'], isUnique: true }],
  }),
  new Table({
    name: 'sealing_release',
    columns: [id, ref('consultationId'), int('session'), instant('releasedAt')],
    indices: [{ name: 'sealing_release_of', columnNames: ['consultationId'] }],
  }),
  new Table({
    name: 'late_decision',
    columns: [
      id, ref('consultationId'), text('outcome'), text('ground', true), text('reasons'), text('reference', true), ref('decidedById'), instant('decidedAt'), ref('letterId', true), int('session', true),
      ref('deliveryId', true),
    ],
    indices: [{ name: 'late_decision_of', columnNames: ['consultationId'] }],
  }),
  new Table({
    name: 'delivery',
    columns: [
      id, ref('consultationId'), ref('organisationId'), text('kind'), text('status'), instant('receivedAt'), instant('deadline'), int('deadlineVersion'), instant('recordedAt'), ref('recordedById'),
      ref('idempotencyKey'), text('sealedFacts'), ref('recordHash'), ref('bidId', true), text('copyCase', true), text('copyReasons', true), ref('decidedById', true), instant('decidedAt', true),
      int('session', true), instant('openedAt', true), instant('scannedAt', true), text('scanNote', true), instant('destroyedAt', true), ref('destroyedById', true),
    ],
    indices: [
      { name: 'delivery_of', columnNames: ['consultationId', 'recordedById'] },
      { name: 'delivery_idempotency', columnNames: ['recordedById', 'idempotencyKey'], isUnique: true },
    ],
  }),
];

export class BidsInFull1700000000010 implements MigrationInterface {
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
    for (const [table, name] of NULLABLE) await this.setNullable(db, table, name, true);
    for (const table of TABLES) await db.createTable(table);
    // What was opened before stays readable; until now an opening had the id of its consultation.
    await db.query('UPDATE "opening" SET "consultationId" = "id"');
    await db.query(`UPDATE "bid" SET "session" = 1 WHERE "openedAt" IS NOT NULL`);
    await db.query('INSERT INTO "sealing_release" ("id", "consultationId", "session", "releasedAt") SELECT "id", "consultationId", 1, "openedAt" FROM "bid" WHERE "openedAt" IS NOT NULL');
    await db.createIndex('opening', new TableIndex({ name: 'opening_number', columnNames: ['consultationId', 'number'], isUnique: true }));
  }

  async down(db: QueryRunner) {
    await db.dropIndex('opening', 'opening_number');
    for (const table of TABLES.toReversed()) await db.dropTable(table);
    for (const [table, name] of NULLABLE) await this.setNullable(db, table, name, false);
    for (const [table, columns] of Object.entries(ADDED)) await db.dropColumns(table, columns);
  }

  private async setNullable(db: QueryRunner, table: string, name: string, isNullable: boolean) {
    const known = (await db.getTable(table))?.findColumnByName(name);
    if (!known) throw new Error(`No column ${table}.${name}`);
    const changed = known.clone();
    changed.isNullable = isNullable;
    await db.changeColumn(table, known, changed);
  }
}
